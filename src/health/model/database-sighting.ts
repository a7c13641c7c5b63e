/** What was met where a database is looked for (docs/dev/network/node-protocol.md: every API of a database is open to everybody). */
import type { PeerId } from '../../base/keys/peer-id.js'
import type { ApiReport, PortReport } from '../../peer/node-probe.js'
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

/** Null where the text is not that of a database. */
export function figuresIn(text: string): DatabaseMetrics | null {
  const read = readDatabaseMetrics(text)
  return 'problem' in read ? null : read
}

/** Who was proven to answer. */
export function peerAt({ report }: DatabasePortSighting): PeerId | null {
  return report.kind === 'answers' ? report.peerId : null
}

export function apiAt({ report }: DatabasePortSighting): ApiReport['kind'] | null {
  return report.kind === 'answers' ? report.api.kind : null
}
