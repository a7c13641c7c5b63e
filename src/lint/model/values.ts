/**
 * The values of a service's variables, each read once: what can't be read is said here, and is null to every other
 * rule, so that one mistake is reported once (docs/dev/network/node-protocol.md, "Refuses to start", "Starts without a word").
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
import type { ParsedVariable, VariableReader } from './variable-reader.js'

/** Null: not there, not known from the files, or not readable. */
export interface ServiceValues {
  readonly peerId: ParsedVariable<PeerId> | null
  readonly primaryPort: ParsedVariable<number> | null
  readonly secondaryPort: ParsedVariable<number> | null
  readonly metricsPort: ParsedVariable<number> | null
}

export interface NodeValues extends ServiceValues {
  readonly databaseAddress: ParsedVariable<Ipv4> | null
  readonly databasePeerId: ParsedVariable<PeerId> | null
  readonly databasePrimaryPort: ParsedVariable<number> | null
  readonly databaseSecondaryPort: ParsedVariable<number> | null
  readonly contract: ParsedVariable<Address> | null
  readonly encryptionKey: ParsedVariable<EncryptionKey> | null
  /** The account of the signing key. */
  readonly signer: ParsedVariable<Address> | null
  readonly publicAddress: ParsedVariable<Ipv4> | null
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

export function judgeValues(readers: readonly VariableReader[]): readonly Finding[] {
  const findings = readers.flatMap((reader) => reader.findings)
  return Object.entries(PASSED).flatMap(([id, passed]) =>
    concluded(
      id,
      findings.filter((one) => one.id === id),
      readers.some(({ judged }) => judged.has(id)) ? passed : null,
    ),
  )
}

export async function readDatabase(reader: VariableReader): Promise<ServiceValues> {
  await taken(reader, 'ROCKSDB_DIR')
  return readService('database', reader)
}

export async function readNode(reader: VariableReader, addressOf: AddressOf): Promise<NodeValues> {
  await taken(reader, 'RPC_PROVIDER_URL')
  return {
    ...(await readService('node', reader)),
    databaseAddress: await taken(reader, 'DATABASE_RPC_SERVER_ADDRESS'),
    databasePeerId: await taken(reader, 'DATABASE_PEER_ID'),
    databasePrimaryPort: await taken(reader, 'DATABASE_PRIMARY_RPC_SERVER_PORT'),
    databaseSecondaryPort: await taken(reader, 'DATABASE_SECONDARY_RPC_SERVER_PORT'),
    contract: await taken(reader, 'SMART_CONTRACT_ADDRESS'),
    encryptionKey: await taken(reader, 'SMART_CONTRACT_ENCRYPTION_KEY'),
    signer: await taken(reader, SIGNING_KEY_VARIABLE, addressOf),
    publicAddress: await taken(reader, 'PUBLIC_ADDRESS'),
  }
}

/** Settings of this tool, under both vocabularies' names (docs/dev/command-line.md, "Settings"); each may be left out. */
export async function readSettings(reader: VariableReader): Promise<void> {
  for (const name of ['SMART_CONTRACT_ADDRESS', 'WCN_CLUSTER_SMART_CONTRACT_ADDRESS'])
    await reader.read(name, 'contract-address', parseAddress)
  for (const name of ['SMART_CONTRACT_ENCRYPTION_KEY', 'WCN_CLUSTER_SMART_CONTRACT_ENCRYPTION_KEY'])
    await reader.read(name, 'encryption-key', parseEncryptionKey)
  for (const name of [
    SIGNING_KEY_VARIABLE,
    'WCN_NODE_OPERATOR_PRIVATE_KEY',
    'WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY',
  ])
    await reader.read(name, 'signing-key', parseOperatorPrivateKey)
}

async function readService(kind: ServiceKind, reader: VariableReader): Promise<ServiceValues> {
  // PUBLIC_ADDRESS is what other rules want to see.
  for (const name of optionalNames(kind)) if (name !== 'PUBLIC_ADDRESS') await taken(reader, name)
  return {
    peerId: await taken(reader, 'SECRET_KEY', async (key, source) =>
      requireUnpublishedKey((await keypairFromSecret(key)).peerId, source),
    ),
    primaryPort: await taken(reader, 'PRIMARY_RPC_SERVER_PORT'),
    secondaryPort: await taken(reader, 'SECONDARY_RPC_SERVER_PORT'),
    metricsPort: await taken(reader, 'METRICS_SERVER_PORT'),
  }
}

type Value<Name extends ServiceVariable> = ReturnType<(typeof GRAMMARS)[(typeof SERVICE_VARIABLES)[Name]['grammar']]>

/** By its grammar; `further` makes something else of it. */
function taken<Name extends ServiceVariable>(
  reader: VariableReader,
  name: Name,
): Promise<ParsedVariable<Value<Name>> | null>
function taken<Name extends ServiceVariable, T>(
  reader: VariableReader,
  name: Name,
  further: (value: Value<Name>, source: string) => Promise<T>,
): Promise<ParsedVariable<T> | null>
function taken(
  reader: VariableReader,
  name: ServiceVariable,
  further: (value: never, source: string) => Promise<unknown> = async (value) => value,
): Promise<ParsedVariable<unknown> | null> {
  const { grammar, required } = SERVICE_VARIABLES[name]
  const rule = required || name === SIGNING_KEY_VARIABLE ? RULES[grammar] : undefined
  const parse = GRAMMARS[grammar]
  return reader.read(name, rule ?? 'optional-variable', (text, source) => further(parse(text, source) as never, source))
}
