/** A deployment as tests of `config` describe it: one database, two nodes, keys in files next to the description. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { checksumAddress } from '../../src/base/address.js'
import { encodeNodeSecretKey, keypairFromSecret, type NodeKeypair } from '../../src/base/keys/node-keypair.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { Secret } from '../../src/base/secret.js'
import type { Description } from '../../src/deploy/deployment-file.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import type { Sandbox } from './cli.js'

export const CONTRACT = '0x95222290DD7278Aa3Ddd389Cc1E1d165CC4BAfe5'
export const RPC_URL = 'wss://rpc.example.com/v2/canary-token-in-the-url'
export const ENCRYPTION_KEY = 'e1'.repeat(32)
export const OPERATOR_KEY = `0x${'a7'.repeat(32)}`
export const OPERATOR = checksumAddress(privateKeySigner(parseOperatorPrivateKey(OPERATOR_KEY, 'test')).address)

export const keypairOf = (seed: number): Promise<NodeKeypair> =>
  keypairFromSecret(new Secret(new Uint8Array(32).fill(seed)))
export const databaseKey = await keypairOf(1)
export const nodeKeys = [await keypairOf(2), await keypairOf(3)] as const
export const secretOf = (pair: NodeKeypair): string => encodeNodeSecretKey(pair.secretKey)

/** Every secret of the deployment: none may turn up where it doesn't belong. */
export const SECRETS = [RPC_URL, ENCRYPTION_KEY, OPERATOR_KEY.slice(2), ...[databaseKey, ...nodeKeys].map(secretOf)]

export const DESCRIPTION = {
  contract_address: CONTRACT,
  rpc_url: RPC_URL,
  operator: OPERATOR,
  encryption_key_file: 'keys/encryption.key',
  operator_key_file: 'keys/operator.key',
  database: { address: '10.0.10.5', secret_key_file: 'keys/wcn_db.key' },
  nodes: [
    { name: 'n0', primary: true, ipv4_addr: '52.1.2.3', secret_key_file: 'keys/n0.key' },
    { name: 'n1', ipv4_addr: '52.1.2.4', secret_key_file: 'keys/n1.key' },
  ],
} as const satisfies Description

/** Writes description and keys; gives back the description's path. */
export function putDeployment(box: Sandbox, description: unknown = DESCRIPTION): string {
  mkdirSync(box.path('keys'), { recursive: true })
  putSecret(box, 'keys/encryption.key', ENCRYPTION_KEY)
  putSecret(box, 'keys/operator.key', OPERATOR_KEY)
  putSecret(box, 'keys/wcn_db.key', secretOf(databaseKey))
  for (const [i, pair] of nodeKeys.entries()) putSecret(box, `keys/n${i}.key`, secretOf(pair))
  writeFileSync(box.path('deployment.yaml'), typeof description === 'string' ? description : stringify(description))
  return box.path('deployment.yaml')
}

export function putSecret(box: Sandbox, name: string, text: string): string {
  writeFileSync(box.path(name), `${text}\n`)
  chmodSync(box.path(name), 0o600)
  return box.path(name)
}
