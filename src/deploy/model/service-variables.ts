/**
 * Every variable that wcn_node and wcn_db read, and the grammar of its value: the one place that knows them (the onboarding
 * document, "Deploy Database", "Deploy Nodes"; docs/dev/network/node-protocol.md, "Environment that wcn_db and wcn_node read").
 * Names are in capitals; to the services case makes no difference.
 */
export type ServiceKind = 'node' | 'database'

interface Row {
  readonly of: readonly ServiceKind[]
  readonly required: boolean
  /** The parser of its values: model/variable-grammars. */
  readonly grammar: string
}

const row = (of: readonly ServiceKind[], required: boolean) => {
  return <const G extends string>(grammar: G) => ({ of, required, grammar }) as const
}
const OF_BOTH = row(['node', 'database'], true)
const OF_NODE = row(['node'], true)
const OF_DATABASE = row(['database'], true)
const NODE_MAY = row(['node'], false)
const DATABASE_MAY = row(['database'], false)

export const SIGNING_KEY_VARIABLE = 'SMART_CONTRACT_SIGNER_PRIVATE_KEY'

/** In the order in which they are written. */
export const SERVICE_VARIABLES = {
  SECRET_KEY: OF_BOTH('node-key'),
  PRIMARY_RPC_SERVER_PORT: OF_BOTH('port'),
  SECONDARY_RPC_SERVER_PORT: OF_BOTH('port'),
  METRICS_SERVER_PORT: OF_BOTH('port'),
  ROCKSDB_DIR: OF_DATABASE('absolute-path'),
  DATABASE_RPC_SERVER_ADDRESS: OF_NODE('ipv4'),
  DATABASE_PEER_ID: OF_NODE('peer-id'),
  DATABASE_PRIMARY_RPC_SERVER_PORT: OF_NODE('port'),
  DATABASE_SECONDARY_RPC_SERVER_PORT: OF_NODE('port'),
  SMART_CONTRACT_ADDRESS: OF_NODE('address'),
  SMART_CONTRACT_ENCRYPTION_KEY: OF_NODE('encryption-key'),
  RPC_PROVIDER_URL: OF_NODE('websocket-url'),
  // Of one node only, which a rule of `config check` looks after.
  [SIGNING_KEY_VARIABLE]: NODE_MAY('signing-key'),
  PUBLIC_ADDRESS: NODE_MAY('ipv4'),
  MAX_IDLE_CONNECTION_TIMEOUT_MS: NODE_MAY('count'),
  DB_CONNECTION_TIMEOUT_MS: DATABASE_MAY('count'),
  DB_MAX_CONNECTIONS: DATABASE_MAY('count'),
  DB_MAX_CONNECTIONS_PER_IP: DATABASE_MAY('count'),
  DB_MAX_CONNECTION_RATE_PER_IP: DATABASE_MAY('count'),
  DB_MAX_CONCURRENT_RPCS: DATABASE_MAY('count'),
  DB_MAX_IDLE_CONNECTION_TIMEOUT_MS: DATABASE_MAY('count'),
  ROCKSDB_NUM_BATCH_THREADS: DATABASE_MAY('count'),
  ROCKSDB_NUM_CALLBACK_THREADS: DATABASE_MAY('count'),
  ROCKSDB_MAX_SUBCOMPACTIONS: DATABASE_MAY('count'),
  ROCKSDB_MAX_BACKGROUND_JOBS: DATABASE_MAY('count'),
  ROCKSDB_RATELIMITER: DATABASE_MAY('size'),
  ROCKSDB_INCREASE_PARALLELISM: DATABASE_MAY('count'),
  ROCKSDB_WRITE_BUFFER_SIZE: DATABASE_MAY('size'),
  ROCKSDB_MAX_WRITE_BUFFER_NUMBER: DATABASE_MAY('count'),
  ROCKSDB_MIN_WRITE_BUFFER_NUMBER_TO_MERGE: DATABASE_MAY('count'),
  ROCKSDB_BLOCK_CACHE_SIZE: DATABASE_MAY('size'),
  ROCKSDB_BLOCK_SIZE: DATABASE_MAY('size'),
  ROCKSDB_ROW_CACHE_SIZE: DATABASE_MAY('size'),
  ROCKSDB_ENABLE_METRICS: DATABASE_MAY('flag'),
  LOG_LEVEL: row(['node', 'database'], false)('text'),
} as const satisfies Readonly<Record<string, Row>>

export type ServiceVariable = keyof typeof SERVICE_VARIABLES
export type Grammar = (typeof SERVICE_VARIABLES)[ServiceVariable]['grammar']

/** As services compare names. */
export function canonicalName(name: string): string {
  return name.toUpperCase()
}

export function knownNames(kind: ServiceKind): readonly string[] {
  return namesOf(kind, () => true)
}

export function requiredNames(kind: ServiceKind): readonly string[] {
  return namesOf(kind, (_, required) => required)
}

/** What a description may set under `env`: the rest follows from its other fields. */
export function optionalNames(kind: ServiceKind): readonly ServiceVariable[] {
  return namesOf(kind, (name, required) => !required && name !== SIGNING_KEY_VARIABLE)
}

function namesOf(kind: ServiceKind, test: (name: string, required: boolean) => boolean): readonly ServiceVariable[] {
  const rows = Object.entries(SERVICE_VARIABLES) as [ServiceVariable, Row][]
  return rows.flatMap(([name, { of, required }]) => (of.includes(kind) && test(name, required) ? name : []))
}

/** What the C library, Rust, TLS, the allocator, containers and this tool read: in a service's environment with good reason. */
const RUNTIME =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|HOSTNAME|TERM|TMPDIR|TZ|LANG|LANGUAGE|LC_\w+|NO_COLOR|RUST_\w+|TOKIO_\w+|OTEL_\w+|SSL_CERT_(?:FILE|DIR)|_?(?:RJEM_)?MALLOC_\w+|LD_(?:PRELOAD|LIBRARY_PATH)|(?:HTTPS?|ALL|NO)_PROXY|WCN_\w+|COMPOSE_\w+|DOCKER_\w+|KUBERNETES_\w+)$/

export function isRuntimeName(name: string): boolean {
  return RUNTIME.test(canonicalName(name))
}
