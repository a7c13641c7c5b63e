import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { parseAddress } from '../../../src/base/address.js'
import { parseEncryptionKey } from '../../../src/base/keys/encryption-key.js'
import { parseOperatorPrivateKey } from '../../../src/base/keys/operator-key.js'
import { formatDevelopmentEnv, parseDevelopmentEnv } from '../../../src/devnet/model/development-env-file.js'
import { thrownBy } from '../../support/thrown.js'

const account = (digit: string) => ({
  id: parseAddress(digit.repeat(40), 'test'),
  key: parseOperatorPrivateKey(digit.repeat(64), 'test'),
})
const environment = {
  rpcUrl: 'http://127.0.0.1:40123',
  pid: 4711,
  contract: parseAddress('c'.repeat(40), 'test'),
  encryptionKey: parseEncryptionKey('e'.repeat(64), 'test'),
  owner: account('9'),
  operators: ['1', '2', '3', '4', '5'].map((digit) => ({ ...account(digit), name: `Operator ${digit}` })),
  stateDirectory: '/home/some body/devnet.env.state',
  standInsPid: null,
}
const text = formatDevelopmentEnv(environment)
const expected = {
  SMART_CONTRACT_ADDRESS: `0x${'c'.repeat(40)}`,
  SMART_CONTRACT_ENCRYPTION_KEY: `0x${'e'.repeat(64)}`,
  RPC_PROVIDER_URL: 'http://127.0.0.1:40123',
  WCN_CHAIN_ID: '31337',
  WCN_ALLOW_PRIVATE_ADDRESSES: '1',
  WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: `0x${'9'.repeat(64)}`,
  SMART_CONTRACT_SIGNER_PRIVATE_KEY: `0x${'1'.repeat(64)}`,
  WCN_DEVNET_OPERATOR_0_ADDRESS: `0x${'1'.repeat(40)}`,
  WCN_DEVNET_OPERATOR_4_PRIVATE_KEY: `0x${'5'.repeat(64)}`,
  WCN_DEVNET_PID: '4711',
}
const bare = Object.entries(expected).map(([name, value]) => `${name}=${value}`)
const all = { ...expected, WCN_DEVNET_STATE_DIR: '/home/some body/devnet.env.state' }
const folder = mkdtempSync(join(tmpdir(), 'wcn-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('formatDevelopmentEnv', () => {
  it('is read alike by Node, by sh and as literal lines', () => {
    expect(parseEnv(text)).toMatchObject(all)
    writeFileSync(join(folder, 'env'), text)
    const printed = execFileSync('sh', ['-c', `set -a; . ./env; env`], { cwd: folder, encoding: 'utf8', env: {} })
    expect(parseEnv(printed)).toMatchObject(all)
    const literal = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(literal).toEqual(expect.arrayContaining(bare))
    expect(literal).toHaveLength(19)
  })
})

describe('parseDevelopmentEnv', () => {
  it('finds the chain that was written down', () => {
    const { rpcUrl, pid, contract } = environment
    expect(parseDevelopmentEnv(text, 'f')).toEqual({ rpcUrl, pid, contract, standInsPid: null })
    const both = formatDevelopmentEnv({ ...environment, standInsPid: 4712 })
    expect(parseDevelopmentEnv(both, 'f')).toEqual({ rpcUrl, pid, contract, standInsPid: 4712 })
  })

  it.each([
    ['nothing', ''],
    ['somebody else', 'RPC_PROVIDER_URL=http://127.0.0.1:1\nSMART_CONTRACT_ADDRESS=0x00\nWCN_DEVNET_PID=1\n'],
    ['no process', text.replace(/WCN_DEVNET_PID=.*/, 'WCN_DEVNET_PID=')],
    ['every process', text.replace(/WCN_DEVNET_PID=.*/, 'WCN_DEVNET_PID=-1')],
    ['process 0', text.replace(/WCN_DEVNET_PID=.*/, 'WCN_DEVNET_PID=0')],
    ['another host', text.replace('RPC_PROVIDER_URL=http://127.0.0.1', 'RPC_PROVIDER_URL=http://192.0.2.1')],
    [
      'another host in disguise',
      text.replace('RPC_PROVIDER_URL=http://127.0.0.1', 'RPC_PROVIDER_URL=http://127.0.0.1:1@192.0.2.1'),
    ],
    ['no contract', text.replace(/SMART_CONTRACT_ADDRESS=.*/, 'SMART_CONTRACT_ADDRESS=0x12')],
    ['a cut file', text.slice(0, 700)],
  ])('refuses a file of %s without showing it', (_, damaged) => {
    const error = thrownBy(() => parseDevelopmentEnv(damaged, './a.env'))
    expect(error).toMatchObject({ code: 'DOCUMENT_INVALID' })
    expect(error.message).toBe('./a.env is not an env file written by `wcn devnet up`')
  })
})
