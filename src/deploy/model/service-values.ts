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

/** What all nodes of a deployment are told, by the names of the variables. */
export interface ClusterValues {
  readonly SMART_CONTRACT_ADDRESS: Value
  readonly RPC_PROVIDER_URL: Value
  readonly DATABASE_PEER_ID: Value
  readonly SMART_CONTRACT_ENCRYPTION_KEY: Value
  /** Null where the primary node's share isn't made. */
  readonly [SIGNING_KEY_VARIABLE]: Value | null
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
  const from = (value: string | number, ...path: Parameters<Where>[0]) => ({ value: `${value}`, origin: origin(path) })
  const own = (value: string | number, ...field: readonly string[]) => from(value, ...service.path, ...field)
  const values: Readonly<Record<string, Value | null>> = {
    SECRET_KEY: {
      value: encodeNodeSecretKey(secretKey),
      origin: `the key that ${origin([...service.path, 'secret_key_file'])} names`,
    },
    PRIMARY_RPC_SERVER_PORT: own(service.primaryPort, 'primary_port'),
    SECONDARY_RPC_SERVER_PORT: own(service.secondaryPort, 'secondary_port'),
    METRICS_SERVER_PORT: own(service.metricsPort, 'metrics_port'),
    ROCKSDB_DIR: from(database.rocksdbDir, 'database', 'rocksdb_dir'),
    DATABASE_RPC_SERVER_ADDRESS: from(database.address, 'database', 'address'),
    DATABASE_PRIMARY_RPC_SERVER_PORT: from(database.primaryPort, 'database', 'primary_port'),
    DATABASE_SECONDARY_RPC_SERVER_PORT: from(database.secondaryPort, 'database', 'secondary_port'),
    ...cluster,
    ...Object.fromEntries([...service.extra].map(([name, value]) => [name, own(value, 'env', name)])),
  }
  const isPrimary = service.kind === 'node' && service.primary
  if (isPrimary && cluster?.[SIGNING_KEY_VARIABLE] === null) {
    throw new WcnError(
      'SETTING_MISSING',
      `${service.title} is the primary, but the operator's private key is not given`,
      { hint: 'set operator_key_file in the description, or give --private-key-file' },
    )
  }
  return knownNames(service.kind)
    .filter((name) => name !== SIGNING_KEY_VARIABLE || isPrimary)
    .flatMap((name) => {
      const value = values[name]
      return value ? [{ name, ...value }] : []
    })
}
