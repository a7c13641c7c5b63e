/** The stand-ins of a development chain: where each one listens, and the env file that it starts with. */
import type { Address } from '../../base/address.js'
import { bytesToHex } from '../../base/hex.js'
import { type Ipv4, parseIpv4 } from '../../base/ipv4.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import { encodeNodeSecretKey, type NodeKeypair } from '../../base/keys/node-keypair.js'
import type { OperatorPrivateKey } from '../../base/keys/operator-key.js'

export interface StandInPlace {
  readonly keypair: NodeKeypair
  readonly primaryPort: number
  readonly secondaryPort: number
  readonly metricsPort: number
}

export interface OperatorPlaces {
  readonly nodes: readonly StandInPlace[]
  readonly database: StandInPlace
}

export const STAND_IN_HOST: Ipv4 = parseIpv4('127.0.0.1', 'the stand-ins')
export const PORTS_OF_ONE = 3

/** Beside the env file of the chain, by a name that is nobody else's. */
export function standInFolderFor(envFile: string): string {
  return `${envFile}.services`
}

export function standInName(slot: number, index: number | null): string {
  return index === null ? `operator-${slot}-database` : `operator-${slot}-node-${index}`
}

interface Cluster {
  readonly rpcUrl: string
  readonly contract: Address
  readonly encryptionKey: EncryptionKey
  readonly operators: readonly { readonly key: OperatorPrivateKey }[]
}

/** An env file for each service, and for each node a file with its key, by their names. */
export function standInFiles(cluster: Cluster, places: readonly OperatorPlaces[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const [slot, { nodes, database }] of places.entries()) {
    files.set(`${standInName(slot, null)}.env`, envText({ ...listening(database), ROCKSDB_DIR: '/wcn/rocksdb' }))
    for (const [index, node] of nodes.entries()) {
      const name = standInName(slot, index)
      const key = index === 0 ? cluster.operators[slot]?.key.reveal() : undefined
      files.set(
        `${name}.env`,
        envText({
          ...listening(node),
          DATABASE_RPC_SERVER_ADDRESS: STAND_IN_HOST,
          DATABASE_PEER_ID: database.keypair.peerId,
          DATABASE_PRIMARY_RPC_SERVER_PORT: database.primaryPort,
          DATABASE_SECONDARY_RPC_SERVER_PORT: database.secondaryPort,
          SMART_CONTRACT_ADDRESS: cluster.contract,
          SMART_CONTRACT_ENCRYPTION_KEY: bytesToHex(cluster.encryptionKey.reveal()),
          RPC_PROVIDER_URL: cluster.rpcUrl.replace(/^http/, 'ws'),
          // The primary node signs; the others start without the variable.
          ...(key === undefined ? {} : { SMART_CONTRACT_SIGNER_PRIVATE_KEY: key }),
        }),
      )
      files.set(`${name}.key`, `${encodeNodeSecretKey(node.keypair.secretKey)}\n`)
    }
  }
  return files
}

function listening({ keypair, primaryPort, secondaryPort, metricsPort }: StandInPlace) {
  return {
    SECRET_KEY: encodeNodeSecretKey(keypair.secretKey),
    PRIMARY_RPC_SERVER_PORT: primaryPort,
    SECONDARY_RPC_SERVER_PORT: secondaryPort,
    METRICS_SERVER_PORT: metricsPort,
  }
}

function envText(variables: Readonly<Record<string, string | number>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
