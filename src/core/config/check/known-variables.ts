/**
 * Names that wcn_node and wcn_db read (the onboarding document, "Deploy Database", "Deploy Nodes"; spec/node-protocol.md,
 * "Environment that wcn_db and wcn_node read"), in capitals: to the services case makes no difference.
 */
import { SIGNING_KEY_VARIABLE } from '../node-env.js'
import { optionalNames } from '../optional-variables.js'

export type ServiceKind = 'node' | 'database'

const OF_BOTH = ['SECRET_KEY', 'PRIMARY_RPC_SERVER_PORT', 'SECONDARY_RPC_SERVER_PORT', 'METRICS_SERVER_PORT'] as const

const REQUIRED: Readonly<Record<ServiceKind, readonly string[]>> = {
  database: [...OF_BOTH, 'ROCKSDB_DIR'],
  node: [
    ...OF_BOTH,
    'DATABASE_RPC_SERVER_ADDRESS',
    'DATABASE_PEER_ID',
    'DATABASE_PRIMARY_RPC_SERVER_PORT',
    'DATABASE_SECONDARY_RPC_SERVER_PORT',
    'SMART_CONTRACT_ADDRESS',
    'SMART_CONTRACT_ENCRYPTION_KEY',
    'RPC_PROVIDER_URL',
  ],
}

const KNOWN: Readonly<Record<ServiceKind, readonly string[]>> = {
  database: [...REQUIRED.database, ...optionalNames('database')],
  node: [...REQUIRED.node, SIGNING_KEY_VARIABLE, ...optionalNames('node')],
}

/** What the C library, Rust, TLS, the allocator, containers and this tool read: in a service's environment with good reason. */
const RUNTIME =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|HOSTNAME|TERM|TMPDIR|TZ|LANG|LANGUAGE|LC_\w+|NO_COLOR|RUST_\w+|TOKIO_\w+|OTEL_\w+|SSL_CERT_(?:FILE|DIR)|_?(?:RJEM_)?MALLOC_\w+|LD_(?:PRELOAD|LIBRARY_PATH)|(?:HTTPS?|ALL|NO)_PROXY|WCN_\w+|COMPOSE_\w+|DOCKER_\w+|KUBERNETES_\w+)$/

/** As services compare them. */
export function canonicalName(name: string): string {
  return name.toUpperCase()
}

export function requiredNames(kind: ServiceKind): readonly string[] {
  return REQUIRED[kind]
}

export function knownNames(kind: ServiceKind): readonly string[] {
  return KNOWN[kind]
}

export function isRuntimeName(name: string): boolean {
  return RUNTIME.test(canonicalName(name))
}
