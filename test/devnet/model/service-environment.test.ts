/** What a stand-in starts with, and what it refuses: row by row what docs/dev/network/node-protocol.md says of the real ones. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { optionalNames, SERVICE_VARIABLES } from '../../../src/deploy/model/service-variables.js'
import { parseServiceEnvironment } from '../../../src/devnet/model/service-environment.js'
import { peerId } from '../../support/nodes.js'
import { thrownBy } from '../../support/thrown.js'

const KEY = `${'A'.repeat(42)}E=`
const LISTENING = {
  SECRET_KEY: KEY,
  PRIMARY_RPC_SERVER_PORT: '3010',
  SECONDARY_RPC_SERVER_PORT: '3011',
  METRICS_SERVER_PORT: '3012',
}
const NODE: Readonly<Record<string, string>> = {
  ...LISTENING,
  DATABASE_RPC_SERVER_ADDRESS: '127.0.0.1',
  DATABASE_PEER_ID: peerId(1),
  DATABASE_PRIMARY_RPC_SERVER_PORT: '3000',
  DATABASE_SECONDARY_RPC_SERVER_PORT: '3001',
  SMART_CONTRACT_ADDRESS: `0x${'Ab'.repeat(20)}`.toLowerCase(),
  SMART_CONTRACT_ENCRYPTION_KEY: `0x${'1F'.repeat(32)}`,
  RPC_PROVIDER_URL: 'ws://127.0.0.1:8545',
}
const DATABASE: Readonly<Record<string, string>> = { ...LISTENING, ROCKSDB_DIR: '/wcn/rocksdb' }

const listed = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }))
const node = (changes: Readonly<Record<string, string>>) =>
  parseServiceEnvironment('node', listed({ ...NODE, ...changes }), 'node.env')
const database = (changes: Readonly<Record<string, string>>) =>
  parseServiceEnvironment('database', listed({ ...DATABASE, ...changes }), 'db.env')

describe('a stand-in starts with', () => {
  it('what it needs and nothing else', () => {
    expect(node({})).toMatchObject({ kind: 'node', primaryPort: 3010, metricsPort: 3012, signingKey: null })
    expect(database({})).toMatchObject({ kind: 'database', secondaryPort: 3011, directory: '/wcn/rocksdb' })
  })

  it.each([
    ['names in lower case', () => parseServiceEnvironment('node', listed(lowerCase(NODE)), 'node.env')],
    ['names of others', () => node({ PATH: '/bin', ROCKSDB_DIR: '' })],
    ['an encryption key without 0x, in any case', () => node({ SMART_CONTRACT_ENCRYPTION_KEY: 'aB'.repeat(32) })],
    ['a contract address without 0x', () => node({ SMART_CONTRACT_ADDRESS: 'ab'.repeat(20) })],
    ['a signing key without 0x', () => node({ SMART_CONTRACT_SIGNER_PRIVATE_KEY: '1F'.repeat(32) })],
    ['a database peer ID that is nobody’s key here', () => node({ DATABASE_PEER_ID: peerId(2) })],
  ])('%s', (_, parse) => {
    expect(parse).not.toThrow()
  })
})

describe('a stand-in heeds', () => {
  it('timeouts and limits, which are those of real databases where they are not set', () => {
    const limits = { atATime: 50, perSecond: 50, idleTimeoutMs: 5_000 }
    expect(database({})).toMatchObject({ openingMs: 10_000, limits })
    const set = { DB_CONNECTION_TIMEOUT_MS: '7', DB_MAX_CONNECTIONS: '3', DB_MAX_CONNECTION_RATE_PER_IP: '4' }
    expect(database({ ...set, DB_MAX_IDLE_CONNECTION_TIMEOUT_MS: '200' })).toMatchObject({
      openingMs: 7,
      limits: { atATime: 3, perSecond: 4, idleTimeoutMs: 200 },
    })
    expect(database({ DB_MAX_CONNECTIONS_PER_IP: '600' })).toMatchObject({ limits: { ...limits, atATime: 500 } })
    expect(node({})).toMatchObject({ idleTimeoutMs: 5_000, publicAddress: null })
    const changed = { MAX_IDLE_CONNECTION_TIMEOUT_MS: '500', PUBLIC_ADDRESS: '203.0.113.9' }
    expect(node(changed)).toMatchObject({ idleTimeoutMs: 500, publicAddress: '203.0.113.9' })
  })
})

describe('a stand-in refuses, and names the variable', () => {
  it.each(['http', 'https'])('an %s:// provider', (scheme) => {
    const error = thrownBy(() => node({ RPC_PROVIDER_URL: `${scheme}://127.0.0.1:8545` }))
    expect(error).toMatchObject({ code: 'SETTING_INVALID', message: expect.stringContaining('RPC_PROVIDER_URL') })
  })

  it.each([
    ['DATABASE_RPC_SERVER_ADDRESS', 'localhost'],
    ['PUBLIC_ADDRESS', 'node.example'],
    ['PRIMARY_RPC_SERVER_PORT', "'3010'"],
    ['SECONDARY_RPC_SERVER_PORT', ' 3011'],
    ['METRICS_SERVER_PORT', '3012 '],
    ['SMART_CONTRACT_SIGNER_PRIVATE_KEY', ''],
    ['PUBLIC_ADDRESS', ''],
    ['LOG_LEVEL', ''],
    ['SECRET_KEY', KEY.slice(0, -1)],
    ['SMART_CONTRACT_ADDRESS', `0X${'ab'.repeat(20)}`],
    ['DATABASE_PEER_ID', 'not-a-peer-id'],
  ])('%s=%j', (name, value) => {
    const { message } = thrownBy(() => node({ [name]: value }))
    expect(message).toContain(`node.env: ${name}`)
  })

  const optional = (['node', 'database'] as const).flatMap((kind) =>
    optionalNames(kind).map((name) => [kind, name, SERVICE_VARIABLES[name].grammar] as const),
  )
  it.each(optional)('a %s with an empty %s, or a wrong one', (kind, name, grammar) => {
    const parse = kind === 'node' ? node : database
    // Of text only the empty one is wrong.
    for (const value of grammar === 'text' ? [''] : ['', ' ', "'1'", '1 ', '-1', '1.5', 'yes', 'localhost'])
      expect(thrownBy(() => parse({ [name]: value })).message).toMatch(new RegExp(`^(node|db)\\.env: ${name}\\b`))
    const right = { count: '5', size: '5000000000', flag: 'false', text: 'info', ipv4: '203.0.113.9' }[
      grammar as string
    ]
    expect(() => parse({ [name]: right ?? 'none' })).not.toThrow()
  })

  it('none of those that the documents list is unknown', () => {
    const documents = readFileSync(new URL('../../../docs/dev/network/node-protocol.md', import.meta.url), 'utf8')
    const listed = documents.slice(documents.indexOf('## Environment that')).split('\n## ')[0] ?? ''
    const named = [...listed.matchAll(/`([A-Z][A-Z_]{5,})`/g)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'ROCKSDB_')
    const known = optional.map(([, name]) => name as string)
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((name) => !known.includes(name) && !known.includes(`ROCKSDB_${name}`))).toEqual([])
  })

  it.each(Object.keys(NODE))('a node without %s', (name) => {
    const { [name]: _, ...rest } = NODE
    const error = thrownBy(() => parseServiceEnvironment('node', listed(rest), 'node.env'))
    expect(error).toMatchObject({ code: 'SETTING_MISSING', message: expect.stringContaining(`${name} is missing`) })
  })

  it.each(Object.keys(DATABASE))('a database without %s', (name) => {
    const { [name]: _, ...rest } = DATABASE
    const error = thrownBy(() => parseServiceEnvironment('database', listed(rest), 'db.env'))
    expect(error).toMatchObject({ code: 'SETTING_MISSING', message: expect.stringContaining(`${name} is missing`) })
  })

  it('one name in two cases', () => {
    const { message } = thrownBy(() => node({ metrics_server_port: '3012' }))
    expect(message).toContain('duplicate field METRICS_SERVER_PORT')
  })

  it('a provider that is not on loopback, which the real one takes', () => {
    for (const url of ['wss://provider.example', 'ws://192.0.2.1:8545', 'ws://127.0.0.1.example:8545']) {
      const { message } = thrownBy(() => node({ RPC_PROVIDER_URL: url }))
      expect(message).toContain('RPC_PROVIDER_URL leads away from this machine')
      expect(message).not.toContain(url)
    }
    for (const host of ['127.0.0.2', 'localhost', '[::1]'])
      expect(() => node({ RPC_PROVIDER_URL: `ws://${host}:8545` })).not.toThrow()
  })

  it('without showing a secret', () => {
    const secret = `${'5e'.repeat(31)}5`
    for (const name of ['SMART_CONTRACT_ENCRYPTION_KEY', 'SMART_CONTRACT_SIGNER_PRIVATE_KEY', 'SECRET_KEY'])
      expect(thrownBy(() => node({ [name]: secret })).message).not.toContain(secret)
  })
})

function lowerCase(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]))
}
