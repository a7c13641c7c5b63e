/** The variables each service gets: names and order of the onboarding document, secrets only where they belong. */
import { describe, expect, it } from 'vitest'
import type { NodeKeypair } from '../../../src/base/keys/node-keypair.js'
import { Secret } from '../../../src/base/secret.js'
import { parseDeployment, type Service } from '../../../src/deploy/model/deployment.js'
import { type ClusterValues, serviceValues } from '../../../src/deploy/model/service-values.js'
import { requireNodeRpcUrl } from '../../../src/deploy/model/variable-grammars.js'
import {
  CONTRACT,
  DESCRIPTION,
  databaseKey,
  ENCRYPTION_KEY,
  nodeKeys,
  OPERATOR_KEY,
  RPC_URL,
  secretOf,
} from '../../support/deployment.js'
import { sentenceOf, thrownBy } from '../../support/thrown.js'

const deployment = parseDeployment(
  { ...DESCRIPTION, database: { ...DESCRIPTION.database, env: { LOG_LEVEL: 'info' } } },
  (path) => path.join('.'),
  { allowPrivateAddresses: false, allowPublicDatabase: false },
)
const [n0, n1] = deployment.nodes
const from = (value: string) => ({ value, origin: 'test' })
const around: ClusterValues = {
  DATABASE_PEER_ID: from(databaseKey.peerId),
  SMART_CONTRACT_ADDRESS: from(CONTRACT),
  SMART_CONTRACT_ENCRYPTION_KEY: from(ENCRYPTION_KEY),
  RPC_PROVIDER_URL: from(RPC_URL),
  SMART_CONTRACT_SIGNER_PRIVATE_KEY: from(OPERATOR_KEY),
}
const valuesOf = (service: Service, keypair: NodeKeypair, cluster: ClusterValues | null) =>
  serviceValues(service, keypair, deployment.database, cluster, (path) => path.join('.'))
const envOf = (...args: Parameters<typeof valuesOf>) =>
  new Map(valuesOf(...args).map(({ name, value }) => [name, value]))
const databaseEnv = () => envOf(deployment.database, databaseKey, null)

describe('a database', () => {
  it('holds what the document requires, then what was added', () => {
    expect([...databaseEnv()]).toEqual([
      ['SECRET_KEY', secretOf(databaseKey)],
      ['PRIMARY_RPC_SERVER_PORT', '3000'],
      ['SECONDARY_RPC_SERVER_PORT', '3001'],
      ['METRICS_SERVER_PORT', '3002'],
      ['ROCKSDB_DIR', '/wcn/rocksdb'],
      ['LOG_LEVEL', 'info'],
    ])
  })
})

describe('a node', () => {
  const common = [
    ['PRIMARY_RPC_SERVER_PORT', '3010'],
    ['SECONDARY_RPC_SERVER_PORT', '3011'],
    ['METRICS_SERVER_PORT', '3012'],
    ['DATABASE_RPC_SERVER_ADDRESS', '10.0.10.5'],
    ['DATABASE_PEER_ID', databaseKey.peerId],
    ['DATABASE_PRIMARY_RPC_SERVER_PORT', '3000'],
    ['DATABASE_SECONDARY_RPC_SERVER_PORT', '3001'],
    ['SMART_CONTRACT_ADDRESS', CONTRACT],
    ['SMART_CONTRACT_ENCRYPTION_KEY', ENCRYPTION_KEY],
    ['RPC_PROVIDER_URL', RPC_URL],
  ]

  it('gives the signing key to the primary only', () => {
    if (!n0 || !n1) throw new Error('two nodes')
    expect([...envOf(n0, nodeKeys[0], around)]).toEqual([
      ['SECRET_KEY', secretOf(nodeKeys[0])],
      ...common,
      ['SMART_CONTRACT_SIGNER_PRIVATE_KEY', OPERATOR_KEY],
    ])
    expect([...envOf(n1, nodeKeys[1], around)]).toEqual([['SECRET_KEY', secretOf(nodeKeys[1])], ...common])
    expect(thrownBy(() => envOf(n0, nodeKeys[0], { ...around, SMART_CONTRACT_SIGNER_PRIVATE_KEY: null })).code).toBe(
      'SETTING_MISSING',
    )
  })

  it('is told with each value where it came from', () => {
    if (!n0) throw new Error('a node')
    const origins = new Map(valuesOf(n0, nodeKeys[0], around).map(({ name, origin }) => [name, origin]))
    expect(origins.get('SECRET_KEY')).toBe('the key that nodes.0.secret_key_file names')
    expect(origins.get('METRICS_SERVER_PORT')).toBe('nodes.0.metrics_port')
    expect(origins.get('DATABASE_PRIMARY_RPC_SERVER_PORT')).toBe('database.primary_port')
    expect(origins.get('RPC_PROVIDER_URL')).toBe('test')
    const own = valuesOf(deployment.database, databaseKey, null)
    expect(own.at(-1)).toMatchObject({ name: 'LOG_LEVEL', origin: 'database.env.LOG_LEVEL' })
  })

  it("knows every name that the database's file needs to agree with", () => {
    if (!n0) throw new Error('a node')
    const env = envOf(n0, nodeKeys[0], around)
    const own = databaseEnv()
    expect(env.get('DATABASE_PRIMARY_RPC_SERVER_PORT')).toBe(own.get('PRIMARY_RPC_SERVER_PORT'))
    expect(env.get('DATABASE_SECONDARY_RPC_SERVER_PORT')).toBe(own.get('SECONDARY_RPC_SERVER_PORT'))
  })
})

describe('requireNodeRpcUrl', () => {
  it.each(['wss://a.example.com', 'ws://127.0.0.1:8545', 'WSS://a.example.com/v2/token?x=1'])('takes %s', (url) => {
    expect(requireNodeRpcUrl(new Secret(url), 'rpc_url').reveal()).toBe(url)
  })

  it.each([
    ['https://a.example.com/canary', /https:\/\/ URL, with which a node refuses to start/],
    ['http://a.example.com/canary', /http:\/\/ URL, with which a node refuses to start/],
    ['a.example.com/canary', /not a ws:\/\/ or wss:\/\/ URL/],
    ['wss://', /not a URL/],
    ['<wss:// URL canary>', /not a ws/],
    [' wss://a.example.com/canary', /white space/],
    ['', /not a ws/],
  ])('refuses %j without showing it', (url, why) => {
    const sentence = sentenceOf(() => requireNodeRpcUrl(new Secret(url), 'rpc_url'))
    expect(sentence).toMatch(/^SETTING_INVALID: rpc_url/)
    expect(sentence).toMatch(why)
    expect(sentence).not.toContain('canary')
  })
})
