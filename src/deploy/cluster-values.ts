/**
 * What all nodes of a deployment are told, secrets among it, each with where it came from. Only what is going to be
 * emitted is read: a host that runs one node holds that node's key only. Flags win over the description, the
 * description over the environment.
 */

import { checksumAddress, parseAddress } from '../base/address.js'
import { bytesToHex } from '../base/hex.js'
import { ifSet } from '../base/if-set.js'
import { parseEncryptionKey } from '../base/keys/encryption-key.js'
import type { NodeKeypair } from '../base/keys/node-keypair.js'
import { parseOperatorPrivateKey } from '../base/keys/operator-key.js'
import { requireUnpublishedKey } from '../base/keys/published-key.js'
import { Secret } from '../base/secret.js'
import { sourceName } from '../base/source-name.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readNodeKeypair } from '../key/node-secret.js'
import { addressOfKey } from '../signers/address-of-key.js'
import type { DeploymentInput } from './deployment-input.js'
import type { Service } from './model/deployment.js'
import type { ClusterValues, Value } from './model/service-values.js'
import { SIGNING_KEY_VARIABLE } from './model/service-variables.js'
import { requireNodeRpcUrl } from './model/variable-grammars.js'

export interface SecretFlags {
  readonly rpcUrl?: readonly string[]
  readonly rpcProviderUrl?: string
  readonly operator?: string
  readonly encryptionKey?: string
  readonly encryptionKeyFile?: string
  readonly privateKey?: string
  readonly keystore?: string
  readonly privateKeyFile?: string
}

const SETTINGS = 'your settings (wcn config show)'

/** `withSigningKey`: the primary is among what is emitted. Throws SETTING_*, SETTINGS_CONFLICT, KEY_INVALID, WRONG_SIGNER, FILE_*. */
export async function clusterValues(
  services: Services,
  input: DeploymentInput,
  flags: SecretFlags,
  withSigningKey: boolean,
): Promise<ClusterValues> {
  return {
    SMART_CONTRACT_ADDRESS: await contractAddress(services, input),
    RPC_PROVIDER_URL: await rpcUrl(services, input, flags),
    DATABASE_PEER_ID: await databasePeerId(services, input),
    SMART_CONTRACT_ENCRYPTION_KEY: await encryptionKey(services, input, flags),
    [SIGNING_KEY_VARIABLE]: withSigningKey ? await signingKey(services, input, flags) : null,
  }
}

/** Throws SETTING_MISSING, KEY_INVALID when it isn't the one of its peer_id, FILE_* errors. */
export async function serviceKeypair(
  services: Pick<Services, 'files'>,
  { base }: DeploymentInput,
  { title, secretKeyFile, peerId }: Service,
): Promise<NodeKeypair> {
  if (secretKeyFile === null) {
    throw new WcnError('SETTING_MISSING', `${title} has no secret_key_file, so its env file can't be made here`, {
      hint: 'name the file with its key; or emit only what runs on this host, with --node NAME or --database',
    })
  }
  const path = services.files.resolveFrom(base, secretKeyFile)
  const keypair = await readNodeKeypair(services, path)
  requireUnpublishedKey(keypair.peerId, path)
  if (peerId === null || peerId === keypair.peerId) return keypair
  throw new WcnError(
    'KEY_INVALID',
    `${path} holds the key of ${keypair.peerId}, but the peer_id of ${title} is ${peerId}`,
    {
      hint: 'correct the peer_id, or name the file with the right key',
      details: { expected: peerId, actual: keypair.peerId },
    },
  )
}

/** A description for one cluster and a setting for another: neither may win silently. */
export async function contractAddress(
  { settings }: Pick<Services, 'settings'>,
  { deployment, origin }: DeploymentInput,
): Promise<Value> {
  const described = deployment.contractAddress
  if (described === null) return { value: checksumAddress(settings.contractAddress()), origin: SETTINGS }
  const configured = await ifSet(() => settings.contractAddress())
  if (configured === null || configured === described)
    return { value: checksumAddress(described), origin: origin(['contract_address']) }
  throw new WcnError(
    'SETTINGS_CONFLICT',
    `the description is for the cluster at ${described}, but ${configured} is configured`,
    {
      hint: 'use the context of that cluster (--context), unset SMART_CONTRACT_ADDRESS or leave out --contract-address; or correct contract_address',
    },
  )
}

async function rpcUrl(services: Services, input: DeploymentInput, flags: SecretFlags): Promise<Value> {
  const { rpc_url, rpc_url_file } = input.description
  const valid = (url: string, source: string) => requireNodeRpcUrl(new Secret(url), source).reveal()
  const configured = () => services.settings.rpcUrl()
  if ((flags.rpcUrl ?? flags.rpcProviderUrl) !== undefined)
    return { value: valid(configured(), '--rpc-url'), origin: '--rpc-url' }
  if (rpc_url !== undefined && rpc_url_file !== undefined) {
    throw new WcnError('SETTINGS_CONFLICT', 'the description has both rpc_url and rpc_url_file', {
      hint: 'keep one of them',
    })
  }
  if (rpc_url !== undefined) return { value: valid(rpc_url, 'rpc_url'), origin: input.origin(['rpc_url']) }
  const named = await fileNamed(services, input, null, 'rpc_url_file')
  if (named) return { value: valid(named.text, named.path), origin: named.origin }
  return { value: valid(configured(), 'the configured RPC provider URL'), origin: SETTINGS }
}

async function databasePeerId(services: Services, input: DeploymentInput): Promise<Value> {
  const { database } = input.deployment
  if (database.peerId !== null) return { value: database.peerId, origin: input.origin(['database', 'peer_id']) }
  if (database.secretKeyFile === null) {
    throw new WcnError(
      'SETTING_MISSING',
      'the database has neither peer_id nor secret_key_file, and its nodes must know who it is',
      { hint: "give the database's peer_id; `wcn key inspect` on the host with its key prints it" },
    )
  }
  const { peerId } = await serviceKeypair(services, input, database)
  return { value: peerId, origin: `the key that ${input.origin(['database', 'secret_key_file'])} names` }
}

async function encryptionKey(services: Services, input: DeploymentInput, flags: SecretFlags): Promise<Value> {
  const flag = (flags.encryptionKeyFile ?? flags.encryptionKey) === undefined ? null : '--encryption-key-file'
  const named = await fileNamed(services, input, flag, 'encryption_key_file')
  if (named) await unlessOtherwiseWrong(() => services.settings.encryptionKey())
  const key = named ? parseEncryptionKey(named.text, named.path) : await services.settings.requireEncryptionKey()
  return { value: bytesToHex(key.reveal()).slice(2), origin: named?.origin ?? flag ?? SETTINGS }
}

/** Throws WRONG_SIGNER when the key isn't the operator's. */
async function signingKey(services: Services, input: DeploymentInput, flags: SecretFlags): Promise<Value> {
  const given = flags.privateKeyFile ?? flags.privateKey ?? flags.keystore
  const flag = given === undefined ? null : 'the signing key given as a flag'
  const named = await fileNamed(services, input, flag, 'operator_key_file')
  // A keystore's password is not asked for what is not wanted of it.
  if (named && !services.settings.describe().some(({ name, value }) => name === 'keystore' && value !== null))
    await unlessOtherwiseWrong(() => services.settings.privateKey())
  const key = named ? parseOperatorPrivateKey(named.text, sourceName(named.path)) : await services.settings.privateKey()
  const expected = flags.operator === undefined ? input.deployment.operator : parseAddress(flags.operator, '--operator')
  const actual = await addressOfKey(key)
  if (expected === null || expected === actual)
    return { value: key.reveal(), origin: named?.origin ?? flag ?? SETTINGS }
  throw new WcnError(
    'WRONG_SIGNER',
    `${named?.path ?? 'the private key'} belongs to ${actual}, but the operator is ${expected}`,
    { hint: 'name the file with the right key, or correct operator', details: { expected, actual } },
  )
}

/** Settings that contradict the description are refused; those that can't be read here are not needed. */
async function unlessOtherwiseWrong(read: () => Promise<unknown>): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!(error instanceof WcnError) || error.code === 'SETTINGS_CONFLICT') throw error
  }
}

/** The file that a field of the description names. Null where it names none, or a flag wins over it. */
async function fileNamed(
  { files }: Services,
  { description, base, origin }: DeploymentInput,
  flag: string | null,
  field: 'rpc_url_file' | 'encryption_key_file' | 'operator_key_file',
) {
  const named = description[field]
  if (flag !== null || named === undefined) return null
  const path = files.resolveFrom(base, named)
  const what = field === 'rpc_url_file' ? 'file' : 'key'
  return { path, text: await files.readSecret(path), origin: `the ${what} that ${origin([field])} names` }
}
