/** What was met at a node's port, told apart. */
import type { PeerId } from '../../base/keys/peer-id.js'
import type { ApiReport, PortReport } from '../../peer/node-probe.js'
import type { WhosePeerId } from './whose-peer-id.js'

/** Each, as a column shows it. */
export const PORT_DIAGNOSES = {
  ok: 'ok',
  /** Something speaks QUIC; the addon that proves who is missing here. */
  unproven: 'QUIC, unproven',
  closed: 'closed',
  silent: 'no answer',
  'tcp-only': 'TCP only',
  unreachable: 'unreachable',
  'not-quic': 'not QUIC',
  'not-libp2p': 'not libp2p',
  'handshake-unfinished': 'no handshake',
  'other-own-node': 'another of yours',
  'other-operator': "another operator's",
  /** A peer ID that is on nobody's list. */
  stranger: 'a stranger',
  /** The node's other RPC server answers here. */
  swapped: 'swapped',
  /** The right peer ID; its RPC server says nothing, or what none would. */
  'rpc-silent': 'RPC silent',
  'rpc-garbage': 'RPC garbage',
} as const
export type PortDiagnosis = keyof typeof PORT_DIAGNOSES

/** One look at one port. */
export interface PortSighting {
  readonly report: PortReport
  /** Of the connection, in milliseconds; null where none was opened for use. */
  readonly rttMs: number | null
  /** The node's other RPC server was found here. */
  readonly swapped: boolean
  /** Whoever answers gives the API of databases, which no node does. */
  readonly isDatabase: boolean
  /** What to do about a port that was not even asked. */
  readonly hint: string | null
}

export interface PortHealth {
  readonly port: number
  readonly diagnosis: PortDiagnosis
  /** Who answered; null where that is not proven. */
  readonly peerId: PeerId | null
  readonly handshakeMs: number | null
  readonly rttMs: number | null
}

export function portHealth(
  { report, rttMs, swapped }: PortSighting,
  port: number,
  expected: PeerId,
  whose: WhosePeerId,
): PortHealth {
  const diagnosis = diagnosisOf(report, expected, whose)
  if (report.kind !== 'answers')
    return {
      port,
      diagnosis,
      peerId: null,
      handshakeMs: null,
      rttMs: 'roundTripMs' in report ? report.roundTripMs : null,
    }
  const { peerId, handshakeMs } = report
  return { port, diagnosis: diagnosis === 'ok' && swapped ? 'swapped' : diagnosis, peerId, handshakeMs, rttMs }
}

function diagnosisOf(report: PortReport, peerId: PeerId, whose: WhosePeerId): PortDiagnosis {
  switch (report.kind) {
    case 'answers':
      return report.peerId === peerId ? SERVERS[report.api.kind] : IMPOSTORS[whose(report.peerId).kind]
    case 'quic':
      return HANDSHAKES[report.handshake.kind]
    case 'silent':
      return report.tcpOpen ? 'tcp-only' : 'silent'
    default:
      return report.kind
  }
}

/** A refusal after a handshake is a sign of life as good as any (docs/dev/network/node-protocol.md). */
const SERVERS = {
  accepted: 'ok',
  refused: 'ok',
  silent: 'rpc-silent',
  garbage: 'rpc-garbage',
} as const satisfies Record<ApiReport['kind'], PortDiagnosis>
const IMPOSTORS = { own: 'other-own-node', other: 'other-operator', nobody: 'stranger' } as const
const HANDSHAKES = {
  'not-tried': 'unproven',
  timeout: 'handshake-unfinished',
  refused: 'handshake-unfinished',
  failed: 'not-libp2p',
} as const
