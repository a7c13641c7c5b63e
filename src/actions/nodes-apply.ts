/**
 * `nodes update -f FILE`: makes the on-chain list equal the file's, in one transaction or none. A file is often
 * generated, so what it would take away is bounded where nobody watches (design/cli.md).
 */

import type { NodesFile } from '../config/nodes-file.js'
import { clientIdentity } from '../core/cluster/operator-changes.js'
import { plainNode, storeNode } from '../core/cluster/plain-node.js'
import { requireDistinctEndpoints, requireName, requireUsableNode } from '../core/cluster/preconditions.js'
import { realRemovals, reconcileNodes } from '../core/cluster/reconcile-nodes.js'
import type { EncryptionKey } from '../core/keys/encryption-key.js'
import { requireNodePeerId } from '../core/keys/parse-peer-id.js'
import type { OperatorData, StoredClient } from '../core/onchain/operator-data.js'
import type { Services } from '../core/ports/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { type EditInput, editOperator } from './edit-operator.js'
import { openVerification, type VerifyInput } from './health/require-answering.js'
import { readNodesFile } from './read-nodes-file.js'

export interface NodesFileInput {
  readonly file?: string
  readonly maxRemovals?: string
  readonly revokeAll?: boolean
  readonly replaceUndecodable?: boolean
}

export interface NodesApplyInput extends EditInput, NodesFileInput, VerifyInput {}

const MAX_REMOVALS_UNWATCHED = 1

/** Throws DOCUMENT_INVALID, TOO_MANY_REMOVALS, REVOKES_EVERYTHING, and what verifying and editOperator throw. */
export async function applyNodesFile(services: Services, input: NodesApplyInput & { readonly file: string }) {
  const wanted = await readNodesFile(services, input.file)
  return editOperator(services, input, {
    title: `make the node list equal ${input.file}`,
    encrypts: true,
    own: wanted.nodes,
    verify: await openVerification(services, input),
    apply: ({ data, key }) => editFromFile(services, input, wanted, data, key),
    replace: input.replaceUndecodable ? (key) => editFromFile(services, input, wanted, null, key) : undefined,
  })
}

/** The operator's data as the file wants it; pure but for the bounds it checks. `current` null: replace everything. */
export function editFromFile(
  { settings, talk }: Pick<Services, 'settings' | 'talk'>,
  input: NodesFileInput,
  wanted: NodesFile,
  current: OperatorData | null,
  key: EncryptionKey,
): OperatorData {
  const allowPrivate = settings.allowPrivateAddresses()
  if (current === null) requireCompleteReplacement(wanted)
  const before = (current?.nodes ?? []).map((stored) => plainNode(stored, key))
  const list = reconcileNodes(before, wanted.nodes)
  requireFewRemovals(realRemovals(list), input.maxRemovals, talk.interactive)
  const fresh = list.nodes.filter(({ changed }) => changed).map(({ node }) => node)
  for (const node of fresh) requireUsableNode(node, allowPrivate, `node ${node.peerId} of the file`)
  requireDistinctEndpoints(
    list.nodes.map(({ node }) => node),
    new Set(fresh),
  )
  const nodes = list.nodes.map(({ from, node, changed }) => {
    const stored = from === null || changed ? undefined : current?.nodes[from]
    return stored ?? storeNode(node, key)
  })
  return {
    name: wanted.name === undefined ? (current?.name ?? '') : requireName(wanted.name),
    nodes,
    clients: wantedClients(wanted, current, input.revokeAll === true),
  }
}

/** Clients of the file, those already there in their old place; absent leaves them alone. */
function wantedClients(wanted: NodesFile, current: OperatorData | null, revokeAll: boolean): readonly StoredClient[] {
  const known = current?.clients ?? []
  if (wanted.clients === undefined) return known
  if (wanted.clients.length === 0 && known.length > 0 && !revokeAll)
    throw new WcnError(
      'REVOKES_EVERYTHING',
      `the file's empty list of clients would revoke all ${known.length} of them`,
      {
        hint: 'leave `clients` out of the file to keep them, or add --revoke-all',
      },
    )
  for (const { peerId } of wanted.clients)
    if (!known.some((client) => client.peerId === peerId)) requireNodePeerId(peerId, `client ${peerId} of the file`)
  const clients = wanted.clients.map((client) => known.find((there) => isSameClient(there, client)) ?? client)
  requireOneEntryEach(clients, known)
  const rank = new Map(known.map(({ peerId }, index) => [peerId, index]))
  return clients.sort((a, b) => (rank.get(a.peerId) ?? known.length) - (rank.get(b.peerId) ?? known.length))
}

/** Namespaces are a set: their order is no change. */
function isSameClient(a: StoredClient, b: StoredClient): boolean {
  const [ours, theirs] = [new Set(a.namespaces), new Set(b.namespaces)]
  return a.peerId === b.peerId && ours.size === theirs.size && [...ours].every((id) => theirs.has(id))
}

/** Two entries of one client contradict each other; where the chain holds them already they are left alone. */
function requireOneEntryEach(wanted: readonly StoredClient[], known: readonly StoredClient[]): void {
  const there = new Set(known.map(clientIdentity))
  const twice = wanted.find(
    (client, index) =>
      wanted.findIndex(({ peerId }) => peerId === client.peerId) !== index &&
      wanted.some((other) => other.peerId === client.peerId && !there.has(clientIdentity(other))),
  )
  if (!twice) return
  throw new WcnError('DOCUMENT_INVALID', `client ${twice.peerId} is in the file twice`, {
    hint: 'write all its namespaces into one entry',
  })
}

function requireFewRemovals(removals: number, limitText: string | undefined, watched: boolean): void {
  if (limitText !== undefined && !/^\d{1,5}$/.test(limitText))
    throw new WcnError('USAGE', '--max-removals is not a whole number', { hint: 'for example --max-removals 2' })
  const limit = limitText === undefined ? (watched ? Infinity : MAX_REMOVALS_UNWATCHED) : Number(limitText)
  if (removals <= limit) return
  throw new WcnError(
    'TOO_MANY_REMOVALS',
    `the file would remove ${removals} nodes, and ${limit} may be removed at once`,
    {
      hint: `if the file is right, add --max-removals ${removals}`,
      details: { removals, max_removals: limit },
    },
  )
}

function requireCompleteReplacement({ name, clients }: NodesFile): void {
  if (name !== undefined && clients !== undefined) return
  throw new WcnError('DATA_UNDECODABLE', "data that doesn't decode can only be replaced as a whole", {
    hint: 'the file must say `name`, `nodes` and `clients` (an empty list if there are none)',
  })
}
