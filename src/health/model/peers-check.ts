/**
 * Which peers a node can't reach, and whose they are: that decides what it means. A node counts its failed attempts
 * since it started, so only what has grown between two readings is true now.
 */
import type { Verdict } from '../../base/check.js'
import { describePeerId, type PeerId } from '../../base/keys/peer-id.js'
import { quote } from '../../base/quote.js'
import type { PeerErrors } from './node-metrics.js'
import type { WhosePeerId } from './whose-peer-id.js'

const SHOWN_AT_MOST = 1000
const NAMED_AT_MOST = 3

/** `failures`: between the two readings. */
export type UnreachablePeer = ReturnType<typeof unreachablePeers>[number]

/** The most failures first. A counter that went back began anew meanwhile, with the node. */
export function unreachablePeers(before: readonly PeerErrors[], after: readonly PeerErrors[]) {
  const keyOf = ({ peerId, address, kind }: Omit<PeerErrors, 'count'>) => JSON.stringify([address, peerId, kind])
  const earlier = new Map(before.map((errors) => [keyOf(errors), errors.count]))
  const grown = after.map(({ count, ...peer }) => {
    const was = earlier.get(keyOf(peer)) ?? 0
    return { ...peer, failures: count >= was ? count - was : count }
  })
  return [...new Map(grown.filter(({ failures }) => failures > 0).map((peer) => [keyOf(peer), peer])).values()]
    .sort((a, b) => b.failures - a.failures || (keyOf(a) < keyOf(b) ? -1 : 1))
    .slice(0, SHOWN_AT_MOST)
}

/** `known`: the counters of all the node's peers. */
export function peersVerdict(
  unreachable: readonly UnreachablePeer[],
  known: readonly PeerErrors[],
  whose: WhosePeerId,
): Verdict {
  const dialled = ({ peerId }: { readonly peerId: string }) => isDialled(peerId, whose)
  const lost = byPeer(unreachable.filter(dialled))
  if (lost.length === 0) return ['pass', 'reaches its peers']
  const all = byPeer(known.filter(dialled)).length
  const named = lost.slice(0, NAMED_AT_MOST).map((peer) => inWords(peer, whose))
  const who = `${named.join(', ')}${lost.length > named.length ? ` and ${lost.length - named.length} more` : ''}`
  if (lost.length !== all || all < 2)
    return ['warn', `can't reach ${lost.length} of ${all} peers: ${who}`, hintFor(lost, whose)]
  const hint = 'is outgoing UDP closed on that machine, or its clock or network down? Its log names each attempt'
  return ['fail', `reaches none of its ${all} peers: ${who}`, hint]
}

/** A database is on nobody's list, and a placeholder of a new deployment can be reached by nobody. */
function isDialled(peerId: string, whose: WhosePeerId): boolean {
  return whose(peerId).kind !== 'nobody' && describePeerId(peerId as PeerId) !== 'no-key'
}

/** The first of each. */
function byPeer<T extends { readonly peerId: string }>(counters: readonly T[]): readonly T[] {
  const peers = new Map<string, T>()
  for (const counter of counters) if (!peers.has(counter.peerId)) peers.set(counter.peerId, counter)
  return [...peers.values()]
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
