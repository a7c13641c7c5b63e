/** `nodes update -f FILE`: makes the on-chain list equal the file's, in one transaction or none. */

import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { Services } from '../cli/services.js'
import type { OperatorData, StoredClient } from '../cluster/codec/operator-data.js'
import type { NodesFile } from '../cluster/nodes-file.js'
import { reconcileNodes } from '../cluster/pair-up.js'
import { plainNode, storeNode } from '../cluster/plain-node.js'
import { readNodesFile } from '../deploy/read-nodes-file.js'
import { WcnError } from '../errors/wcn-error.js'
import { openVerification, type VerifyInput } from '../health/require-answering.js'
import { type Author, type EditInput, editOperator } from '../write/edit-operator.js'

/** Throws DOCUMENT_INVALID, and what verifying and editOperator throw. */
export async function applyNodesFile(
  services: Services,
  input: EditInput & VerifyInput & { readonly file: string },
  author?: Author,
) {
  const wanted = await readNodesFile(services, input.file)
  return editOperator(services, input, {
    title: `make the node list ${author ? `of operator ${author.operator} ` : ''}equal ${input.file}`,
    author,
    encrypts: true,
    own: wanted.nodes,
    verify: await openVerification(services, input),
    apply: ({ data, key }) => editFromFile(wanted, data, key),
    replace: input.replaceUndecodable ? (key) => editFromFile(wanted, null, key) : undefined,
  })
}

/** The operator's data as the file wants it; `current` null: replace everything. Throws DATA_UNDECODABLE. */
export function editFromFile(wanted: NodesFile, current: OperatorData | null, key: EncryptionKey): OperatorData {
  if (current === null) requireCompleteReplacement(wanted)
  const before = (current?.nodes ?? []).map((stored) => plainNode(stored, key))
  const list = reconcileNodes(before, wanted.nodes)
  return {
    name: wanted.name ?? current?.name ?? '',
    nodes: list.nodes.map(({ node }) => storeNode(node, key)),
    clients: wantedClients(wanted, current?.clients ?? []),
  }
}

/** Clients of the file, those already there in their old place; absent leaves them alone. */
function wantedClients({ clients }: NodesFile, known: readonly StoredClient[]): readonly StoredClient[] {
  if (clients === undefined) return known
  const rank = new Map(known.map(({ peerId }, index) => [peerId, index]))
  return clients
    .map((client) => known.find((there) => isSameClient(there, client)) ?? client)
    .sort((a, b) => (rank.get(a.peerId) ?? known.length) - (rank.get(b.peerId) ?? known.length))
}

/** Namespaces are a set: their order is no change. */
function isSameClient(a: StoredClient, b: StoredClient): boolean {
  const [ours, theirs] = [new Set(a.namespaces), new Set(b.namespaces)]
  return a.peerId === b.peerId && ours.size === theirs.size && [...ours].every((id) => theirs.has(id))
}

function requireCompleteReplacement({ name, clients }: NodesFile): void {
  if (name !== undefined && clients !== undefined) return
  throw new WcnError('DATA_UNDECODABLE', "data that doesn't decode can only be replaced as a whole", {
    hint: 'the file must say `name`, `nodes` and `clients` (an empty list if there are none)',
  })
}
