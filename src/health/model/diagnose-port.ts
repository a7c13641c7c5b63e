/** What was met at a node's port, told apart. */
import type { PeerId } from '../../base/keys/peer-id.js'
import type { ApiReport, PortReport } from '../../peer/node-probe.js'
import type { PortDiagnosis, PortHealth } from './node-health.js'
import type { WhosePeerId } from './whose-peer-id.js'

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

export function diagnosePort(
  { report, rttMs, swapped }: PortSighting,
  expected: { readonly port: number; readonly peerId: PeerId },
  whose: WhosePeerId,
): PortHealth {
  const { port } = expected
  const diagnosis = diagnosisOf(report, expected.peerId, whose)
  if (report.kind === 'answers')
    return {
      port,
      diagnosis: diagnosis === 'ok' && swapped ? 'swapped' : diagnosis,
      peerId: report.peerId,
      handshakeMs: report.handshakeMs,
      rttMs,
    }
  const answered = report.kind === 'quic' || report.kind === 'not-quic'
  return { port, diagnosis, peerId: null, handshakeMs: null, rttMs: answered ? report.roundTripMs : null }
}

function diagnosisOf(report: PortReport, peerId: PeerId, whose: WhosePeerId): PortDiagnosis {
  switch (report.kind) {
    case 'answers':
      return report.peerId === peerId ? SERVERS[report.api.kind] : IMPOSTORS[whose(report.peerId).kind]
    case 'quic':
      return HANDSHAKES[report.handshake.kind]
    case 'silent':
      return report.tcpOpen ? 'tcp-only' : 'silent'
    case 'not-quic':
    case 'closed':
    case 'unreachable':
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
