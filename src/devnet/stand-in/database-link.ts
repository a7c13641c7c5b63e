/** A stand-in node's way to its database: looks at it again and again, asks for its metrics, counts what fails. */
import type { Ipv4 } from '../../base/ipv4.js'
import { reservedRange } from '../../base/ipv4.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { ApiSession, NodeProbe, PortReport } from '../../peer/node-probe.js'
import type { Log } from './log.js'
import type { Peer } from './metrics-text.js'

const LOOK_EVERY_MS = 5_000
const TIMEOUT_MS = 2_000

interface Database {
  readonly host: Ipv4
  readonly peerId: PeerId
  readonly primaryPort: number
  readonly secondaryPort: number
}

/** Its host is looked at only where that is on loopback: elsewhere it is never connected. */
export function databaseLink({ host, peerId, primaryPort, secondaryPort }: Database, probe: NodeProbe, log: Log) {
  const failures = new Map<string, number>()
  const address = `${host}:${secondaryPort}`
  let connected: boolean | null = null
  const open = async (): Promise<ApiSession | null> => {
    const report = isLoopback(host)
      ? await probe.reach({ host, port: secondaryPort, api: 'Metrics' }, TIMEOUT_MS)
      : ({ kind: 'silent', tcpOpen: false } as const)
    const kind = whyFailed(report, peerId)
    if (connected !== (kind === null))
      if (kind === null) log('INFO', 'Connection established', { api: 'Database', addr: address, peer_id: peerId })
      else log('WARN', 'Connection failed', { api: 'Database', addr: address, peer_id: peerId, kind })
    connected = kind === null
    const session = report.kind === 'answers' && report.api.kind === 'accepted' ? report.api.session : null
    if (kind === null) return session
    session?.close()
    const counter = `${address} ${peerId} ${kind}`
    failures.set(counter, (failures.get(counter) ?? 0) + 1)
    return null
  }
  const look = () => void open().then((session) => session?.close())
  const timer = setInterval(look, LOOK_EVERY_MS)
  look()
  const servers: Peer['servers'] = [
    { address: `${host}:${primaryPort}`, apis: ['Database'] },
    { address, apis: ['Database', 'Metrics'] },
  ]
  return {
    peer: { peerId, servers },
    failures,
    /** Null where it is not connected. */
    async metrics(): Promise<string | null> {
      const session = await open()
      const answer = await session?.call(0, 'db', TIMEOUT_MS)
      session?.close()
      return answer?.kind === 'ok' && typeof answer.value === 'string' ? answer.value : null
    },
    close: () => clearInterval(timer),
  }
}

/** As the node counts it; null where nothing failed. */
function whyFailed(report: PortReport, peerId: PeerId): string | null {
  if (report.kind !== 'answers') return report.kind === 'closed' ? 'Connection' : 'Timeout'
  if (report.peerId !== peerId) return 'WrongPeerId'
  return report.api.kind === 'accepted' ? null : 'ConnectionRejected'
}

export function isLoopback(host: Ipv4): boolean {
  return reservedRange(host)?.startsWith('loopback') ?? false
}
