/** A stand-in that runs: what both kinds have in common. */
import type { PeerId } from '../../base/keys/peer-id.js'
import type { Faults } from './faults.js'
import type { Log } from './log.js'
import type { Connections } from './rpc-server.js'

export interface StandInOptions {
  readonly log: Log
  /** Where its environment is from. */
  readonly source: string
  /** An address of loopback; 127.0.0.1 unless given. */
  readonly host?: string
}

export interface StandIn {
  readonly kind: 'node' | 'database'
  readonly peerId: PeerId
  readonly primaryPort: number
  readonly secondaryPort: number
  readonly metricsPort: number
  /** Rejects when it can't go on, as a node whose provider is gone. Never resolves. */
  readonly ended: Promise<never>
  /** Does wrong what these say from now on, and nothing else: `{}` mends it. Throws PORT_INVALID. */
  misbehave(faults: Faults): Promise<void>
  /** Of both its servers. */
  connections(): Connections
  stop(): Promise<void>
}
