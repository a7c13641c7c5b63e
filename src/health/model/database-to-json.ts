/** What was met where a database is looked for, in JSON. Field names are a promise to scripts: add, never rename. */
import type { Check } from '../../base/check.js'
import type { Ipv4 } from '../../base/ipv4.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { ApiReport, PortReport } from '../../peer/node-probe.js'
import { apiAt, type DatabaseSighting, figuresIn, peerAt } from './database-sighting.js'
import type { DatabasePort } from './database-target.js'

export interface DatabaseSightingJson {
  readonly ipv4_addr: Ipv4
  /** Whether it was looked at from its private network, where it must answer. */
  readonly inside: boolean
  readonly ports: readonly {
    readonly port: number
    readonly met: PortReport['kind']
    /** Who answered; null where that is not proven. */
    readonly peer_id: PeerId | null
    readonly handshake_ms: number | null
    /** The API that was asked for, and what became of that; null where it did not come so far. */
    readonly api: DatabasePort['api']
    readonly api_answer: ApiReport['kind'] | null
  }[]
  /** What it says of itself, by whatever way; null where it says nothing. */
  readonly metrics: {
    readonly source: 'quic' | 'http'
    readonly software_version: number | null
    readonly available_disk_bytes: number | null
    readonly total_memory_bytes: number | null
    readonly available_memory_bytes: number | null
  } | null
  readonly metrics_port: number
  readonly checks: readonly Check[]
}

export function databaseSightingJson(
  sighting: DatabaseSighting,
  inside: boolean,
  checks: readonly Check[],
): DatabaseSightingJson {
  const { target, ports } = sighting
  return {
    ipv4_addr: target.host,
    inside,
    ports: ports.map((at) => ({
      port: at.port,
      met: at.report.kind,
      peer_id: peerAt(at),
      handshake_ms: at.report.kind === 'answers' ? at.report.handshakeMs : null,
      api: at.api,
      api_answer: apiAt(at),
    })),
    metrics: metricsJson(sighting),
    metrics_port: target.metricsPort,
    checks,
  }
}

function metricsJson({ ports, page }: DatabaseSighting): DatabaseSightingJson['metrics'] {
  const told = ports.find(({ metrics }) => metrics !== null)?.metrics ?? null
  const text = told ?? page
  const figures = text === null ? null : figuresIn(text)
  return (
    figures && {
      source: told === null ? 'http' : 'quic',
      software_version: figures.softwareVersion,
      available_disk_bytes: figures.availableDiskBytes,
      total_memory_bytes: figures.totalMemoryBytes,
      available_memory_bytes: figures.availableMemoryBytes,
    }
  )
}
