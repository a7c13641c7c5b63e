/**
 * Variables that the services read besides those of the onboarding document (spec/node-protocol.md, "Environment that
 * wcn_db and wcn_node read"). Both refuse to start over an empty one or a number they can't read, so each is checked.
 */
import { WcnError } from '../../errors/wcn-error.js'
import { parseIpv4 } from '../ipv4.js'
import { quote } from '../quote.js'

type Kind = 'count' | 'size' | 'flag' | 'ipv4' | 'text'

const NODE: Readonly<Record<string, Kind>> = {
  PUBLIC_ADDRESS: 'ipv4',
  MAX_IDLE_CONNECTION_TIMEOUT_MS: 'count',
  LOG_LEVEL: 'text',
}

const DATABASE: Readonly<Record<string, Kind>> = {
  DB_CONNECTION_TIMEOUT_MS: 'count',
  DB_MAX_CONNECTIONS: 'count',
  DB_MAX_CONNECTIONS_PER_IP: 'count',
  DB_MAX_CONNECTION_RATE_PER_IP: 'count',
  DB_MAX_CONCURRENT_RPCS: 'count',
  DB_MAX_IDLE_CONNECTION_TIMEOUT_MS: 'count',
  ROCKSDB_NUM_BATCH_THREADS: 'count',
  ROCKSDB_NUM_CALLBACK_THREADS: 'count',
  ROCKSDB_MAX_SUBCOMPACTIONS: 'count',
  ROCKSDB_MAX_BACKGROUND_JOBS: 'count',
  ROCKSDB_RATELIMITER: 'size',
  ROCKSDB_INCREASE_PARALLELISM: 'count',
  ROCKSDB_WRITE_BUFFER_SIZE: 'size',
  ROCKSDB_MAX_WRITE_BUFFER_NUMBER: 'count',
  ROCKSDB_MIN_WRITE_BUFFER_NUMBER_TO_MERGE: 'count',
  ROCKSDB_BLOCK_CACHE_SIZE: 'size',
  ROCKSDB_BLOCK_SIZE: 'size',
  ROCKSDB_ROW_CACHE_SIZE: 'size',
  ROCKSDB_ENABLE_METRICS: 'flag',
  LOG_LEVEL: 'text',
}

const MAX: Readonly<Record<'count' | 'size', number>> = { count: 2 ** 31 - 1, size: Number.MAX_SAFE_INTEGER }

export function optionalNames(service: 'node' | 'database'): readonly string[] {
  return Object.keys(service === 'node' ? NODE : DATABASE)
}

/** Gives the value back. Throws SETTING_INVALID, IP_ADDRESS_INVALID; a name that is not known takes any text. */
export function checkOptional(service: 'node' | 'database', name: string, value: string, source: string): string {
  const known = service === 'node' ? NODE : DATABASE
  return check(value, (Object.hasOwn(known, name) ? known[name] : undefined) ?? 'text', source)
}

/** In a fixed order, whatever the order given. Throws SETTING_INVALID, IP_ADDRESS_INVALID; `source` says where from. */
export function optionalVariables(
  given: Readonly<Record<string, string | number | boolean>>,
  service: 'node' | 'database',
  source: string,
): ReadonlyMap<string, string> {
  const known = service === 'node' ? NODE : DATABASE
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue
    throw new WcnError('SETTING_INVALID', `${source}: ${quote(name)} is no optional variable of a ${service}`, {
      hint: `known ones: ${Object.keys(known).join(', ')}; the required ones are made from the other fields`,
    })
  }
  return new Map(
    Object.entries(known).flatMap(([name, kind]) => {
      const value = Object.hasOwn(given, name) ? given[name] : undefined
      return value === undefined ? [] : [[name, check(String(value), kind, `${source}: ${name}`)] as const]
    }),
  )
}

function check(value: string, kind: Kind, source: string): string {
  if (kind === 'ipv4') return parseIpv4(value, source)
  if (value === '')
    throw invalid(source, 'is empty: leave it out instead', 'the service does not start with an empty variable')
  if (kind === 'flag' && value !== 'true' && value !== 'false') throw invalid(source, 'is neither true nor false')
  if (
    (kind === 'count' || kind === 'size') &&
    !(/^(?:0|[1-9][0-9]{0,15})$/.test(value) && Number(value) <= MAX[kind])
  ) {
    throw invalid(source, `is ${quote(value)}, not a whole number from 0 to ${MAX[kind]}`, 'write decimal digits only')
  }
  return value
}

function invalid(source: string, why: string, hint?: string): WcnError {
  return new WcnError('SETTING_INVALID', `${source} ${why}`, { hint })
}
