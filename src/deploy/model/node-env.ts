/** The environment of wcn_node (the onboarding document, "Deploy Nodes"). */

import { type Address, checksumAddress } from '../../base/address.js'
import { bytesToHex } from '../../base/hex.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { NodeKeypair } from '../../base/keys/node-keypair.js'
import type { OperatorPrivateKey } from '../../base/keys/operator-key.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { Secret } from '../../base/secret.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { Database, DeploymentNode } from './deployment.js'
import { type EnvMap, serviceVariables } from './service-env.js'
import { SIGNING_KEY_VARIABLE } from './service-variables.js'

/** What all nodes of a deployment are told. */
export interface NodeSurroundings {
  readonly database: Database
  readonly databasePeerId: PeerId
  readonly contractAddress: Address
  readonly encryptionKey: EncryptionKey
  /** Holds a token, as a rule. */
  readonly rpcUrl: Secret<string>
  /** Null where the primary node's share isn't made. */
  readonly operatorKey: OperatorPrivateKey | null
}

/**
 * The signing key is in the result if and only if the node is the primary: the others would not start with an empty
 * one, and must not have it. Throws SETTING_MISSING when the primary's is not there, SETTING_INVALID for an RPC URL
 * with which a node does not start.
 */
export function nodeEnv(node: DeploymentNode, keypair: NodeKeypair, around: NodeSurroundings): EnvMap {
  const { database, databasePeerId, contractAddress, encryptionKey, rpcUrl } = around
  return new Map([
    ...serviceVariables(node, keypair),
    ['DATABASE_RPC_SERVER_ADDRESS', database.address],
    ['DATABASE_PEER_ID', databasePeerId],
    ['DATABASE_PRIMARY_RPC_SERVER_PORT', String(database.primaryPort)],
    ['DATABASE_SECONDARY_RPC_SERVER_PORT', String(database.secondaryPort)],
    ['SMART_CONTRACT_ADDRESS', checksumAddress(contractAddress)],
    ['SMART_CONTRACT_ENCRYPTION_KEY', bytesToHex(encryptionKey.reveal()).slice(2)],
    ['RPC_PROVIDER_URL', rpcUrl.reveal()],
    ...signingKey(node, around.operatorKey),
    ...node.extra,
  ])
}

function signingKey(node: DeploymentNode, key: OperatorPrivateKey | null): readonly (readonly [string, string])[] {
  if (!node.primary) return []
  if (key !== null) return [[SIGNING_KEY_VARIABLE, key.reveal()]]
  throw new WcnError(
    'SETTING_MISSING',
    `node ${node.name} is the primary, but the operator's private key is not given`,
    {
      hint: 'set operator_key_file in the description, or give --private-key-file',
    },
  )
}
