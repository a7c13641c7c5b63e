/** What an applicant wants on chain: from a nodes file or from flags, checked as far as that goes without a chain. */
import { type PlainNode, storeNode } from '../core/cluster/plain-node.js'
import { requireDistinctEndpoints, requireName, requireUsableNode } from '../core/cluster/preconditions.js'
import { requireNodePeerId } from '../core/keys/parse-peer-id.js'
import { MIN_NODES, type OperatorData, type StoredClient } from '../core/onchain/operator-data.js'
import type { Services } from '../core/ports/services.js'
import { sourceName } from '../core/source-name.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseNodeArgument } from './node-argument.js'
import { readNodesFile } from './read-nodes-file.js'

export interface RegisterDataInput {
  readonly file?: string
  readonly name?: string
  readonly node?: readonly string[]
}

interface Wanted {
  readonly name: string | undefined
  readonly nodes: readonly (readonly [node: PlainNode, source: string])[]
  readonly clients: readonly StoredClient[]
}

/**
 * Null where no nodes are given. Throws USAGE, the parsers' errors, NAME_TOO_LONG, TOO_FEW_NODES, PEER_ID_NOT_A_KEY,
 * ADDRESS_NOT_ROUTABLE, PORTS_COLLIDE, DUPLICATE_NODE, SETTING_MISSING without an encryption key. The size limit is
 * the chain's to tell.
 */
export async function registerData(services: Services, input: RegisterDataInput): Promise<OperatorData | null> {
  const { settings } = services
  const wanted = await wantedData(services, input)
  if (!wanted) return null
  const { name, nodes, clients } = wanted
  if (name === undefined || name === '')
    throw new WcnError('USAGE', 'the operator has no name', { hint: 'give --name NAME, or `name` in the nodes file' })
  requireName(name)
  if (nodes.length < MIN_NODES)
    throw new WcnError(
      'TOO_FEW_NODES',
      `an operator needs at least ${MIN_NODES} nodes, and ${nodes.length} is all that is given`,
      {
        hint: 'with fewer the network could not read its data, and one node must stay up while another is restarted',
      },
    )
  const allowPrivate = settings.allowPrivateAddresses()
  for (const [node, source] of nodes) requireUsableNode(node, allowPrivate, source)
  requireDistinctEndpoints(nodes.map(([node]) => node))
  for (const { peerId } of clients) requireNodePeerId(peerId, `client ${peerId}`)
  const key = await settings.requireEncryptionKey()
  return { name, nodes: nodes.map(([node]) => storeNode(node, key)), clients }
}

async function wantedData(services: Services, { file, name, node: flags }: RegisterDataInput): Promise<Wanted | null> {
  if (file !== undefined && flags !== undefined)
    throw new WcnError('USAGE', 'the nodes are given twice, with --file and with --node', { hint: 'use one of them' })
  if (flags !== undefined) {
    const nodes = flags.map((text, index) => {
      const source = `--node number ${index + 1}`
      return [parseNodeArgument(text, source), source] as const
    })
    return { name, nodes, clients: [] }
  }
  if (file === undefined) return null
  const wanted = await readNodesFile(services, file)
  const place = sourceName(file)
  return {
    name: name ?? wanted.name,
    nodes: wanted.nodes.map((node, index) => [node, `${place}: nodes[${index}]`] as const),
    clients: wanted.clients ?? [],
  }
}
