/** The nodes file of `nodes update -f`, `nodes export` and `operator register -f` (docs/dev/command-line.md, "JSON shapes"). */
import { stringify } from 'yaml'
import { z } from 'zod'
import { parseIpv4 } from '../base/ipv4.js'
import { parsePeerId } from '../base/keys/parse-peer-id.js'
import { parseNamespace } from '../base/namespace.js'
import { parsePort } from '../base/port.js'
import { openDocument } from '../documents/document.js'
import type { StoredClient } from './codec/operator-data.js'
import type { PlainNode } from './plain-node.js'
import type { NodeJson } from './to-json.js'

export type NodesFile = ReturnType<typeof parseNodesFile>

// Numbers that are not written in plain digits arrive as text, and the parsers of core refuse them.
const number = z.union([z.number(), z.string()])

const schema = z.strictObject({
  name: z.string().optional(),
  nodes: z.array(
    z.strictObject({
      peer_id: z.string(),
      ipv4_addr: z.string(),
      private_ipv4_addr: z.string().nullish(),
      primary_port: number,
      secondary_port: number,
    }),
  ),
  clients: z.array(z.strictObject({ peer_id: z.string(), authorized_namespaces: z.array(number) })).optional(),
})

/**
 * YAML or JSON; `source` is the file's name. Says nothing about whether the nodes may be written. Throws
 * DOCUMENT_INVALID, PEER_ID_INVALID, IP_ADDRESS_INVALID, PORT_INVALID, NAMESPACE_INVALID; each names the line.
 */
export function parseNodesFile(text: string, source: string) {
  const { value, where } = openDocument(text, source, schema)
  const nodes = value.nodes.map((node, index): PlainNode => {
    const at = (field: keyof typeof node) => where(['nodes', index, field])
    return {
      peerId: parsePeerId(node.peer_id, at('peer_id')),
      ipv4Addr: parseIpv4(node.ipv4_addr, at('ipv4_addr')),
      privateIpv4Addr:
        node.private_ipv4_addr == null ? null : parseIpv4(node.private_ipv4_addr, at('private_ipv4_addr')),
      primaryPort: parsePort(node.primary_port, at('primary_port')),
      secondaryPort: parsePort(node.secondary_port, at('secondary_port')),
    }
  })
  const clients = value.clients?.map((client, index): StoredClient => {
    const path = ['clients', index] as const
    return {
      peerId: parsePeerId(client.peer_id, where([...path, 'peer_id'])),
      namespaces: client.authorized_namespaces.map((id, place) =>
        parseNamespace(id, where([...path, 'authorized_namespaces', place])),
      ),
    }
  })
  // Clients that aren't named are left alone: absent is not the same as empty.
  return { nodes, ...(value.name === undefined ? {} : { name: value.name }), ...(clients ? { clients } : {}) }
}

/** Leaves out private addresses that aren't there. */
export function nodesFileText(
  nodes: readonly Readonly<Record<keyof NodeJson, unknown>>[],
  others: Readonly<Record<string, unknown>> = {},
): string {
  const listed = nodes.map(({ private_ipv4_addr, ...node }) =>
    private_ipv4_addr === null ? node : { ...node, private_ipv4_addr },
  )
  return stringify({ nodes: listed, ...others })
}
