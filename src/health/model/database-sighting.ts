/** What was met where a database is looked for (docs/dev/network/node-protocol.md: every API of a database is open to everybody). */
import type { Check } from '../../base/check.js'
import type { PortReport } from '../../peer/node-probe.js'
import type { DatabasePort, DatabaseTarget } from './database-target.js'
import { type DatabaseMetrics, readDatabaseMetrics } from './node-metrics.js'

export interface DatabaseSighting {
  readonly target: DatabaseTarget
  readonly ports: readonly DatabasePortSighting[]
  /** What its metrics server says by plain HTTP; null where none answers. Untrusted. */
  readonly page: string | null
}

export interface DatabasePortSighting extends DatabasePort {
  /** Its session, if there was one, is closed. */
  readonly report: PortReport
  /** Its metrics by QUIC; null where they were not asked for or not told. Untrusted. */
  readonly metrics: string | null
}

/** What words for it are made of; `met` is all of it in one. */
export function toldOf({ port, api, report, metrics }: DatabasePortSighting, host: string) {
  const told = { where: `${host}:${port}`, port, api, metrics, who: null, reason: '' }
  if (report.kind === 'answers') return { ...told, met: `api-${report.api.kind}` as const, who: report.peerId }
  if (report.kind === 'silent') return { ...told, met: report.tcpOpen ? ('tcp-only' as const) : report.kind }
  if (report.kind !== 'quic') return { ...told, met: report.kind, reason: 'reason' in report ? report.reason : '' }
  const { handshake } = report
  return { ...told, met: `quic-${handshake.kind}` as const, reason: 'reason' in handshake ? handshake.reason : '' }
}

/** Null where the text is not that of a database. */
export function figuresIn(text: string | null): DatabaseMetrics | null {
  const read = readDatabaseMetrics(text ?? '')
  return 'problem' in read ? null : read
}

/** Field names are a promise to scripts: add, never rename. */
export function databaseSightingJson(
  { target, ports, page }: DatabaseSighting,
  inside: boolean,
  checks: readonly Check[],
) {
  const told = ports.find(({ metrics }) => metrics !== null)?.metrics ?? null
  const figures = figuresIn(told ?? page)
  return {
    ipv4_addr: target.host,
    /** Whether it was looked at from its private network, where it must answer. */
    inside,
    ports: ports.map(({ port, api, report }) => {
      const answered = report.kind === 'answers' ? report : null
      return {
        port,
        met: report.kind,
        /** Who answered; null where that is not proven. */
        peer_id: answered?.peerId ?? null,
        handshake_ms: answered?.handshakeMs ?? null,
        /** The API that was asked for, and what became of that; null where it did not come so far. */
        api,
        api_answer: answered?.api.kind ?? null,
      }
    }),
    /** What it says of itself, by whatever way; null where it says nothing. */
    metrics: figures && {
      source: told === null ? ('http' as const) : ('quic' as const),
      software_version: figures.softwareVersion,
      available_disk_bytes: figures.availableDiskBytes,
      total_memory_bytes: figures.totalMemoryBytes,
      available_memory_bytes: figures.availableMemoryBytes,
    },
    metrics_port: target.metricsPort,
    checks,
  }
}
