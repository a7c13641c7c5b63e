/**
 * What wcn_db and wcn_node run with (the onboarding document, "Deploy Database", "Deploy Nodes"), each value with where
 * it came from. Which variables there are, and their order, says the table in service-variables.ts.
 */

import { encodeNodeSecretKey, type NodeKeypair } from '../../base/keys/node-keypair.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { Where } from '../deployment-file.js'
import type { Database, Service } from './deployment.js'
import { knownNames, SIGNING_KEY_VARIABLE } from './service-variables.js'

export interface Value {
  /** May be secret: it goes into files only, never into output. */
  readonly value: string
  /** Where it came from, in words: `deployment.yaml nodes[0].primary_port`, `the key that … names`, `default`. */
  readonly origin: string
}

export interface EnvVariable extends Value {
  readonly name: string
}

/** What all nodes of a deployment are told. */
export interface ClusterValues {
  readonly contractAddress: Value
  readonly rpcUrl: Value
  readonly databasePeerId: Value
  readonly encryptionKey: Value
  /** Null where the primary node's share isn't made. */
  readonly signingKey: Value | null
}

/**
 * The signing key is in the result if and only if the node is the primary: the others would not start with an empty
 * one, and must not have it. `cluster`: null for a database. Throws SETTING_MISSING when the primary's is not there.
 */
export function serviceValues(
  service: Service,
  { secretKey }: NodeKeypair,
  database: Database,
  cluster: ClusterValues | null,
  origin: Where,
): readonly EnvVariable[] {
  const own = (field: string, value: string | number) => ({
    value: `${value}`,
    origin: origin([...service.path, field]),
  })
  const keyFile = origin([...service.path, 'secret_key_file'])
  const values: Readonly<Record<string, Value | null>> = {
    SECRET_KEY: { value: encodeNodeSecretKey(secretKey), origin: `the key that ${keyFile} names` },
    PRIMARY_RPC_SERVER_PORT: own('primary_port', service.primaryPort),
    SECONDARY_RPC_SERVER_PORT: own('secondary_port', service.secondaryPort),
    METRICS_SERVER_PORT: own('metrics_port', service.metricsPort),
    ...(service.kind === 'database'
      ? { ROCKSDB_DIR: own('rocksdb_dir', service.rocksdbDir) }
      : cluster && nodeValues(database, cluster, service.primary, origin)),
    ...Object.fromEntries(
      [...service.extra].map(([name, value]) => [name, { value, origin: origin([...service.path, 'env', name]) }]),
    ),
  }
  if (service.kind === 'node' && service.primary && cluster?.signingKey === null) {
    throw new WcnError(
      'SETTING_MISSING',
      `${service.title} is the primary, but the operator's private key is not given`,
      {
        hint: 'set operator_key_file in the description, or give --private-key-file',
      },
    )
  }
  return knownNames(service.kind).flatMap((name) => {
    const value = values[name]
    return value ? [{ name, ...value }] : []
  })
}

function nodeValues(database: Database, cluster: ClusterValues, primary: boolean, origin: Where) {
  const ofDatabase = (field: string, value: string | number) => ({
    value: `${value}`,
    origin: origin(['database', field]),
  })
  return {
    DATABASE_RPC_SERVER_ADDRESS: ofDatabase('address', database.address),
    DATABASE_PEER_ID: cluster.databasePeerId,
    DATABASE_PRIMARY_RPC_SERVER_PORT: ofDatabase('primary_port', database.primaryPort),
    DATABASE_SECONDARY_RPC_SERVER_PORT: ofDatabase('secondary_port', database.secondaryPort),
    SMART_CONTRACT_ADDRESS: cluster.contractAddress,
    SMART_CONTRACT_ENCRYPTION_KEY: cluster.encryptionKey,
    RPC_PROVIDER_URL: cluster.rpcUrl,
    [SIGNING_KEY_VARIABLE]: primary ? cluster.signingKey : null,
  }
}
