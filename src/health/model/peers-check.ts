/** Which peers a node can't reach, in a sentence: whose they are decides what that means. */
import { type Check, check } from '../../base/check.js'
import { describePeerId, type PeerId } from '../../base/keys/peer-id.js'
import { quote } from '../../base/quote.js'
import type { MetricsHealth, UnreachablePeer } from './node-health.js'
import type { NodeMetrics } from './node-metrics.js'
import type { WhosePeerId } from './whose-peer-id.js'

const NAMED_AT_MOST = 3

/** `known`: the counters of all the node's peers. Null where the counters were read only once. */
export function peersCheck(
  label: string,
  { unreachablePeers }: MetricsHealth,
  known: NodeMetrics['peerErrors'],
  whose: WhosePeerId,
): Check | null {
  if (unreachablePeers === null) return null
  const id = `${label}.peers`
  const dialled = ({ peerId }: { readonly peerId: string }) => isDialled(peerId, whose)
  const lost = byPeer(unreachablePeers.filter(dialled))
  if (lost.size === 0) return check(id, 'pass', `${label}: reaches its peers`)
  const all = byPeer(known.filter(dialled))
  const named = [...lost.values()].slice(0, NAMED_AT_MOST).map((peer) => inWords(peer, whose))
  const more = lost.size > named.length ? ` and ${lost.size - named.length} more` : ''
  if (lost.size === all.size && all.size > 1)
    return check(
      id,
      'fail',
      `${label}: reaches none of its ${all.size} peers: ${named.join(', ')}${more}`,
      'is outgoing UDP closed on that machine, or its clock or network down? Its log names each attempt',
    )
  return check(
    id,
    'warn',
    `${label}: can't reach ${lost.size} of ${all.size} peers: ${named.join(', ')}${more}`,
    hintFor([...lost.values()], whose),
  )
}

/** A database is on nobody's list, and a placeholder of a new deployment can be reached by nobody. */
function isDialled(peerId: string, whose: WhosePeerId): boolean {
  return whose(peerId).kind !== 'nobody' && describePeerId(peerId as PeerId) !== 'no-key'
}

/** The first of each. */
function byPeer<T extends { readonly peerId: string }>(counters: readonly T[]): ReadonlyMap<string, T> {
  const peers = new Map<string, T>()
  for (const counter of counters) if (!peers.has(counter.peerId)) peers.set(counter.peerId, counter)
  return peers
}

function inWords({ peerId, address, kind }: UnreachablePeer, whose: WhosePeerId): string {
  const owner = whose(peerId)
  const who = owner.kind === 'own' ? `nodes[${owner.index}]` : owner.kind === 'other' ? quote(owner.name) : 'unlisted'
  return `${who} at ${quote(address)} (${quote(kind)})`
}

function hintFor(lost: readonly UnreachablePeer[], whose: WhosePeerId): string {
  if (lost.some(({ peerId }) => whose(peerId).kind === 'own')) return '`wcn nodes check` looks at your own nodes'
  if (lost.some(({ kind }) => kind === 'WrongPeerId'))
    return 'WrongPeerId: another key answers there than the one on chain, which is for that operator to put right'
  return "other operators' nodes may be down; if it is most of them, look at outgoing UDP on that machine"
}
