/**
 * The values of a service's variables, each read once: what can't be read is said here, and is null to every other
 * rule, so that one mistake is reported once (spec/node-protocol.md, "Refuses to start", "Starts without a word").
 */
import { WcnError } from '../../../errors/wcn-error.js'
import { type Address, parseAddress } from '../../address.js'
import { type Ipv4, parseIpv4 } from '../../ipv4.js'
import { type EncryptionKey, parseEncryptionKey } from '../../keys/encryption-key.js'
import { keypairFromSecret, parseNodeSecretKey } from '../../keys/node-keypair.js'
import { type OperatorPrivateKey, parseOperatorPrivateKey } from '../../keys/operator-key.js'
import { parsePeerId, requireNodePeerId } from '../../keys/parse-peer-id.js'
import type { PeerId } from '../../keys/peer-id.js'
import { requireUnpublishedKey } from '../../keys/published-key.js'
import { parsePort } from '../../port.js'
import { quote } from '../../quote.js'
import { Secret } from '../../secret.js'
import { requireNodeRpcUrl, SIGNING_KEY_VARIABLE } from '../node-env.js'
import { checkOptional, optionalNames } from '../optional-variables.js'
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
  await taker.take('ROCKSDB_DIR', 'rocksdb-dir', requireAbsolute)
  await readOptional('database', taker)
  return readService(taker)
}

export async function readNode(taker: ValueTaker, addressOf: AddressOf): Promise<NodeValues> {
  await taker.take('RPC_PROVIDER_URL', 'rpc-url', (text, source) => requireNodeRpcUrl(new Secret(text), source))
  await readOptional('node', taker)
  return {
    ...(await readService(taker)),
    databaseAddress: await taker.take('DATABASE_RPC_SERVER_ADDRESS', 'database-address', parseIpv4),
    databasePeerId: await taker.take('DATABASE_PEER_ID', 'database-peer-id', (text, source) =>
      requireNodePeerId(parsePeerId(text, source), source),
    ),
    databasePrimaryPort: await taker.take('DATABASE_PRIMARY_RPC_SERVER_PORT', 'port', parsePort),
    databaseSecondaryPort: await taker.take('DATABASE_SECONDARY_RPC_SERVER_PORT', 'port', parsePort),
    contract: await taker.take('SMART_CONTRACT_ADDRESS', 'contract-address', parseAddress),
    encryptionKey: await taker.take('SMART_CONTRACT_ENCRYPTION_KEY', 'encryption-key', parseEncryptionKey),
    signer: await taker.take(SIGNING_KEY_VARIABLE, 'signing-key', (text, source) =>
      addressOf(parseOperatorPrivateKey(text, source)),
    ),
    publicAddress: await taker.take('PUBLIC_ADDRESS', 'optional-variable', parseIpv4),
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

async function readService(taker: ValueTaker): Promise<ServiceValues> {
  return {
    peerId: await taker.take('SECRET_KEY', 'secret-key', async (text, source) =>
      requireUnpublishedKey((await keypairFromSecret(parseNodeSecretKey(text, source))).peerId, source),
    ),
    primaryPort: await taker.take('PRIMARY_RPC_SERVER_PORT', 'port', parsePort),
    secondaryPort: await taker.take('SECONDARY_RPC_SERVER_PORT', 'port', parsePort),
    metricsPort: await taker.take('METRICS_SERVER_PORT', 'port', parsePort),
  }
}

/** All but PUBLIC_ADDRESS, which other rules want to see. */
async function readOptional(kind: 'node' | 'database', taker: ValueTaker): Promise<void> {
  for (const name of optionalNames(kind))
    if (name !== 'PUBLIC_ADDRESS')
      await taker.take(name, 'optional-variable', (text, source) => checkOptional(kind, name, text, source))
}

/** Throws SETTING_INVALID. */
function requireAbsolute(text: string, source: string): string {
  if (text.startsWith('/')) return text
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, which is not an absolute path`, {
    hint: 'give the directory as the database sees it, such as /wcn/rocksdb',
  })
}
