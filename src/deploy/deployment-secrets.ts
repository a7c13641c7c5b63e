/**
 * The secrets and cluster settings that the targets of `config emit` need, and no others: a host that runs one node
 * holds that node's key only. Flags win over the description, the description over the environment.
 */
import type { Address } from '../base/address.js'
import { parseAddress } from '../base/address.js'
import { ifSet } from '../base/if-set.js'
import { type EncryptionKey, parseEncryptionKey } from '../base/keys/encryption-key.js'
import type { NodeKeypair } from '../base/keys/node-keypair.js'
import { type OperatorPrivateKey, parseOperatorPrivateKey } from '../base/keys/operator-key.js'
import type { PeerId } from '../base/keys/peer-id.js'
import { requireUnpublishedKey } from '../base/keys/published-key.js'
import { Secret } from '../base/secret.js'
import { sourceName } from '../base/source-name.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readNodeKeypair } from '../key/node-secret.js'
import type { DeploymentInput } from './deployment-input.js'
import type { Deployment, Service } from './model/deployment.js'
import type { NodeSurroundings } from './model/node-env.js'
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

/** The keypair of a target. Throws SETTING_MISSING, KEY_INVALID when it isn't the one of its peer_id, FILE_* errors. */
export async function serviceKeypair(
  services: Services,
  input: DeploymentInput,
  service: Service,
  name: string,
): Promise<NodeKeypair> {
  if (service.secretKeyFile === null) {
    throw new WcnError('SETTING_MISSING', `${name} has no secret_key_file, so its env file can't be made here`, {
      hint: 'name the file with its key; or emit only what runs on this host, with --node NAME or --database',
    })
  }
  const path = services.files.resolveFrom(input.base, service.secretKeyFile)
  const keypair = await readNodeKeypair(services, path)
  requireUnpublishedKey(keypair.peerId, path)
  if (service.peerId !== null && service.peerId !== keypair.peerId) {
    throw new WcnError(
      'KEY_INVALID',
      `${path} holds the key of ${keypair.peerId}, but the peer_id of ${name} is ${service.peerId}`,
      {
        hint: 'correct the peer_id, or name the file with the right key',
        details: { expected: service.peerId, actual: keypair.peerId },
      },
    )
  }
  return keypair
}

/** Everything that node files hold besides the node's own. `withOperatorKey`: the primary is among the targets. */
export async function surroundings(
  services: Services,
  input: DeploymentInput,
  flags: SecretFlags,
  withOperatorKey: boolean,
): Promise<NodeSurroundings> {
  const { database } = input.deployment
  return {
    database,
    contractAddress: await contractAddress(services, input.deployment),
    rpcUrl: await rpcUrl(services, input, flags),
    databasePeerId: await databasePeerId(services, input),
    encryptionKey: await encryptionKey(services, input, flags),
    operatorKey: withOperatorKey ? await operatorKey(services, input, flags) : null,
  }
}

/** A description for one cluster and a setting for another: neither may win silently. */
async function contractAddress({ settings }: Services, { contractAddress: described }: Deployment): Promise<Address> {
  if (described === null) return settings.contractAddress()
  const configured = await ifSet(() => settings.contractAddress())
  if (configured === null || configured === described) return described
  throw new WcnError(
    'SETTINGS_CONFLICT',
    `the description is for the cluster at ${described}, but ${configured} is configured`,
    {
      hint: 'use the context of that cluster (--context), unset SMART_CONTRACT_ADDRESS or leave out --contract-address; or correct contract_address',
    },
  )
}

async function rpcUrl(
  { files, settings }: Services,
  { description, base }: DeploymentInput,
  flags: SecretFlags,
): Promise<Secret<string>> {
  const { rpc_url, rpc_url_file } = description
  const flag = flags.rpcUrl ?? flags.rpcProviderUrl
  if (flag !== undefined) return requireNodeRpcUrl(new Secret(settings.rpcUrl()), '--rpc-url')
  if (rpc_url !== undefined && rpc_url_file !== undefined) {
    throw new WcnError('SETTINGS_CONFLICT', 'the description has both rpc_url and rpc_url_file', {
      hint: 'keep one of them',
    })
  }
  if (rpc_url !== undefined) return requireNodeRpcUrl(new Secret(rpc_url), 'rpc_url')
  if (rpc_url_file === undefined)
    return requireNodeRpcUrl(new Secret(settings.rpcUrl()), 'the configured RPC provider URL')
  const path = files.resolveFrom(base, rpc_url_file)
  return requireNodeRpcUrl(new Secret(await files.readSecret(path)), path)
}

async function databasePeerId(services: Services, input: DeploymentInput): Promise<PeerId> {
  const { database } = input.deployment
  if (database.peerId !== null) return database.peerId
  if (database.secretKeyFile !== null) return (await serviceKeypair(services, input, database, 'the database')).peerId
  throw new WcnError(
    'SETTING_MISSING',
    'the database has neither peer_id nor secret_key_file, and its nodes must know who it is',
    {
      hint: "give the database's peer_id; `wcn key inspect` on the host with its key prints it",
    },
  )
}

async function encryptionKey(
  services: Services,
  { description, base }: DeploymentInput,
  flags: SecretFlags,
): Promise<EncryptionKey> {
  const { files, settings } = services
  const { encryption_key_file } = description
  const flagged = flags.encryptionKeyFile !== undefined || flags.encryptionKey !== undefined
  if (flagged || encryption_key_file === undefined) return settings.requireEncryptionKey()
  const path = files.resolveFrom(base, encryption_key_file)
  return parseEncryptionKey(await files.readSecret(path), path)
}

/** Throws WRONG_SIGNER when the key isn't the operator's. */
async function operatorKey(
  services: Services,
  { deployment, description, base }: DeploymentInput,
  flags: SecretFlags,
): Promise<OperatorPrivateKey> {
  const described = description.operator_key_file
  const flagged = [flags.privateKeyFile, flags.privateKey, flags.keystore].some((flag) => flag !== undefined)
  const path = flagged || described === undefined ? null : services.files.resolveFrom(base, described)
  const key = path === null ? await services.settings.privateKey() : await readOperatorKey(services, path)
  const wanted = flags.operator === undefined ? deployment.operator : parseAddress(flags.operator, '--operator')
  const actual = await services.addressOf(key)
  if (wanted === null || wanted === actual) return key
  throw new WcnError(
    'WRONG_SIGNER',
    `${path ?? 'the private key'} belongs to ${actual}, but the operator is ${wanted}`,
    {
      hint: 'name the file with the right key, or correct operator',
      details: { expected: wanted, actual },
    },
  )
}

async function readOperatorKey({ files }: Services, path: string): Promise<OperatorPrivateKey> {
  return parseOperatorPrivateKey(await files.readSecret(path), sourceName(path))
}
