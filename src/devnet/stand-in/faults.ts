/**
 * What a stand-in does wrong on purpose: for rehearsing an operator's worst day, and for this tool's own tests
 * (docs/dev/stand-ins.md, "Faults on purpose").
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeKeypair } from '../../base/keys/node-keypair.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import type { QuicStream } from '../../peer/quic/load-addon.js'
import type { Served } from './quic-server.js'

/** An empty one does nothing wrong. */
export interface Faults {
  /** Of its ports, from the next connection on. */
  readonly primary?: PortFault
  readonly secondary?: PortFault
  /** Each of its servers is at the other's port. */
  readonly swapped?: boolean
  /** Its servers prove to be whoever has this key. */
  readonly keypair?: NodeKeypair
  /** What its provider shows, instead of what is on chain; null: an error. */
  readonly shown?: (view: ClusterView) => ClusterView | null
  /** What it works with, instead of where the contract's events have led it. */
  readonly followed?: (view: ClusterView) => ClusterView
  /** It never has all data of a migration, and so completes none. */
  readonly neverPulls?: boolean
}

export type PortFault =
  /** Nothing listens there. */
  | 'off'
  /** What comes is dropped, as by a firewall. */
  | 'mute'
  /** Another program listens there, which repeats what it is told. */
  | 'not-quic'
  /** Takes connections, and never answers an opening. */
  | 'silent'
  /** Closes connections before the status, as real nodes refuse. */
  | 'closed'
  /** Answers everything, half a second late. */
  | 'slow'
  | Interference

/** Done in the place of what a server does. Resolves with true where nothing is left to do. */
export interface Interference {
  /** An opening has come. */
  opening?(connection: Served, stream: QuicStream): Promise<boolean>
  /** An RPC's request has come. */
  request?(connection: Served, stream: QuicStream): Promise<boolean>
  /** What is answered instead. */
  says?(usual: unknown, request: unknown): unknown
}

/** Nothing of it answers in QUIC. */
export type Absence = 'off' | 'mute' | 'not-quic'

export function isAbsence(fault: PortFault | undefined): fault is Absence {
  return fault === 'off' || fault === 'mute' || fault === 'not-quic'
}

export function interferenceOf(fault: PortFault | undefined): Interference {
  if (fault === undefined || isAbsence(fault)) return {}
  return typeof fault === 'string' ? NAMED[fault] : fault
}

const SLOW_MS = 500

async function late(): Promise<false> {
  await sleep(SLOW_MS)
  return false
}

const NAMED: Readonly<Record<Exclude<PortFault, Absence | Interference>, Interference>> = {
  silent: { opening: hold },
  closed: {
    async opening(connection) {
      connection.abort()
      return true
    },
  },
  slow: { opening: late, request: late },
}

/** Says nothing until the peer has gone. The addon ends a stream that nobody refers to any more. */
export async function hold(connection: Served, stream: QuicStream): Promise<true> {
  await connection.closed()
  await stream.finishWrite()
  return true
}
