/**
 * The values of a service's variables, each read once: what can't be read is said here, and is null to every other
 * rule, so that one mistake is reported once (spec/node-protocol.md, "Refuses to start", "Starts without a word").
 */
import { type Address, parseAddress } from '../../base/address.js'
import type { Ipv4 } from '../../base/ipv4.js'
import { type EncryptionKey, parseEncryptionKey } from '../../base/keys/encryption-key.js'
import { keypairFromSecret } from '../../base/keys/node-keypair.js'
import { type OperatorPrivateKey, parseOperatorPrivateKey } from '../../base/keys/operator-key.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import { requireUnpublishedKey } from '../../base/keys/published-key.js'
import {
  type Grammar,
  optionalNames,
  SERVICE_VARIABLES,
  type ServiceKind,
  type ServiceVariable,
  SIGNING_KEY_VARIABLE,
} from '../../deploy/model/service-variables.js'
import { GRAMMARS } from '../../deploy/model/variable-grammars.js'
import { concluded, type Finding } from './finding.js'
import type { Held, ValueTaker } from './take-value.js'

/** Null: not there, not known from the files, or not readable. */
export interface ServiceValues {
  readonly peerId: Held<PeerId> | null
  readonly primaryPort: Held<number> | null
  readonly secondaryPort: Held<number> | null
  readonly metricsPort: Held<number> | null
}

export interface NodeValues extends ServiceValues {
  readonly databaseAddress: Held<Ipv4> | null
  readonly databasePeerId: Held<PeerId> | null
  readonly databasePrimaryPort: Held<number> | null
  readonly databaseSecondaryPort: Held<number> | null
  readonly contract: Held<Address> | null
  readonly encryptionKey: Held<EncryptionKey> | null
  /** The account of the signing key. */
  readonly signer: Held<Address> | null
  readonly publicAddress: Held<Ipv4> | null
}

export type AddressOf = (key: OperatorPrivateKey) => Promise<Address>

/** The rule that judges values of a grammar. */
const RULES: Readonly<Partial<Record<Grammar, string>>> = {
  'node-key': 'secret-key',
  port: 'port',
  ipv4: 'database-address',
  'peer-id': 'database-peer-id',
  address: 'contract-address',
  'encryption-key': 'encryption-key',
  'signing-key': 'signing-key',
  'websocket-url': 'rpc-url',
  'absolute-path': 'rocksdb-dir',
}

/** What passes say, in the order of the rules. */
const PASSED = {
  'quoted-value': 'no value has quotes around it',
  port: 'every port is a plain number from 1 to 65535',
  'secret-key': 'every SECRET_KEY is one of 32 bytes, and none is the published example',
  'database-address': 'the database is reached at an IPv4 address',
  'database-peer-id': 'DATABASE_PEER_ID is one that a database can have',
  'contract-address': 'the contract address is one',
  'encryption-key': 'the encryption key is 64 hex digits',
  'rpc-url': 'RPC_PROVIDER_URL is a WebSocket URL',
  'signing-key': 'the signing key is the key of an account',
  'rocksdb-dir': 'ROCKSDB_DIR is an absolute path',
  'optional-variable': 'every optional variable has a value of its kind',
} as const

export function judgeValues(takers: readonly ValueTaker[]): readonly Finding[] {
  const findings = takers.flatMap((taker) => taker.findings)
  return Object.entries(PASSED).flatMap(([id, passed]) =>
    concluded(
      id,
      findings.filter((one) => one.id === id),
      takers.some(({ judged }) => judged.has(id)) ? passed : null,
    ),
  )
}

export async function readDatabase(taker: ValueTaker): Promise<ServiceValues> {
  await taken(taker, 'ROCKSDB_DIR')
  return readService('database', taker)
}

export async function readNode(taker: ValueTaker, addressOf: AddressOf): Promise<NodeValues> {
  await taken(taker, 'RPC_PROVIDER_URL')
  return {
    ...(await readService('node', taker)),
    databaseAddress: await taken(taker, 'DATABASE_RPC_SERVER_ADDRESS'),
    databasePeerId: await taken(taker, 'DATABASE_PEER_ID'),
    databasePrimaryPort: await taken(taker, 'DATABASE_PRIMARY_RPC_SERVER_PORT'),
    databaseSecondaryPort: await taken(taker, 'DATABASE_SECONDARY_RPC_SERVER_PORT'),
    contract: await taken(taker, 'SMART_CONTRACT_ADDRESS'),
    encryptionKey: await taken(taker, 'SMART_CONTRACT_ENCRYPTION_KEY'),
    signer: await taken(taker, SIGNING_KEY_VARIABLE, addressOf),
    publicAddress: await taken(taker, 'PUBLIC_ADDRESS'),
  }
}

/** Settings of this tool, under both vocabularies' names (design/cli.md, "Settings"); each may be left out. */
export async function readSettings(taker: ValueTaker): Promise<void> {
  for (const name of ['SMART_CONTRACT_ADDRESS', 'WCN_CLUSTER_SMART_CONTRACT_ADDRESS'])
    await taker.take(name, 'contract-address', parseAddress)
  for (const name of ['SMART_CONTRACT_ENCRYPTION_KEY', 'WCN_CLUSTER_SMART_CONTRACT_ENCRYPTION_KEY'])
    await taker.take(name, 'encryption-key', parseEncryptionKey)
  for (const name of [
    SIGNING_KEY_VARIABLE,
    'WCN_NODE_OPERATOR_PRIVATE_KEY',
    'WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY',
  ])
    await taker.take(name, 'signing-key', parseOperatorPrivateKey)
}

async function readService(kind: ServiceKind, taker: ValueTaker): Promise<ServiceValues> {
  // PUBLIC_ADDRESS is what other rules want to see.
  for (const name of optionalNames(kind)) if (name !== 'PUBLIC_ADDRESS') await taken(taker, name)
  return {
    peerId: await taken(taker, 'SECRET_KEY', async (key, source) =>
      requireUnpublishedKey((await keypairFromSecret(key)).peerId, source),
    ),
    primaryPort: await taken(taker, 'PRIMARY_RPC_SERVER_PORT'),
    secondaryPort: await taken(taker, 'SECONDARY_RPC_SERVER_PORT'),
    metricsPort: await taken(taker, 'METRICS_SERVER_PORT'),
  }
}

type Value<Name extends ServiceVariable> = ReturnType<(typeof GRAMMARS)[(typeof SERVICE_VARIABLES)[Name]['grammar']]>

/** By its grammar; `further` makes something else of it. */
function taken<Name extends ServiceVariable>(taker: ValueTaker, name: Name): Promise<Held<Value<Name>> | null>
function taken<Name extends ServiceVariable, T>(
  taker: ValueTaker,
  name: Name,
  further: (value: Value<Name>, source: string) => Promise<T>,
): Promise<Held<T> | null>
function taken(
  taker: ValueTaker,
  name: ServiceVariable,
  further: (value: never, source: string) => Promise<unknown> = async (value) => value,
): Promise<Held<unknown> | null> {
  const { grammar, required } = SERVICE_VARIABLES[name]
  const rule = required || name === SIGNING_KEY_VARIABLE ? RULES[grammar] : undefined
  const parse = GRAMMARS[grammar]
  return taker.take(name, rule ?? 'optional-variable', (text, source) => further(parse(text, source) as never, source))
}
