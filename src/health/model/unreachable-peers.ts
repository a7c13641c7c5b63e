/**
 * Which peers a node can't reach. It counts its failed attempts since it started, so only what has grown between two
 * readings is true now.
 */
import type { UnreachablePeer } from './node-health.js'

/** One counter, by the node's own labels: untrusted text. */
export interface PeerErrors {
  readonly peerId: string
  readonly address: string
  readonly kind: string
  readonly count: number
}

const SHOWN_AT_MOST = 1000

/** The most failures first. A counter that went back began anew meanwhile, with the node. */
export function unreachablePeers(
  before: readonly PeerErrors[],
  after: readonly PeerErrors[],
): readonly UnreachablePeer[] {
  const earlier = new Map(before.map((errors) => [keyOf(errors), errors.count]))
  const grown = new Map<string, UnreachablePeer>()
  for (const errors of after) {
    const was = earlier.get(keyOf(errors)) ?? 0
    const failures = errors.count >= was ? errors.count - was : errors.count
    const { peerId, address, kind } = errors
    if (failures > 0) grown.set(keyOf(errors), { peerId, address, kind, failures })
  }
  return [...grown.values()]
    .sort((a, b) => b.failures - a.failures || (keyOf(a) < keyOf(b) ? -1 : 1))
    .slice(0, SHOWN_AT_MOST)
}

function keyOf({ peerId, address, kind }: Omit<PeerErrors, 'count'>): string {
  return JSON.stringify([address, peerId, kind])
}
