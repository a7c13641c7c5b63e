/** A stand-in that runs: what both kinds have in common. */
import type { PeerId } from '../../base/keys/peer-id.js'

export interface StandIn {
  readonly kind: 'node' | 'database'
  readonly peerId: PeerId
  /** Rejects when it can't go on, as a node whose provider is gone. Never resolves. */
  readonly ended: Promise<never>
  stop(): Promise<void>
}
