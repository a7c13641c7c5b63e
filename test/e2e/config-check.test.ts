/** `wcn config check` as people and CI run it: exit codes, both outputs, and a cluster on a development chain. */
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { storeNode } from '../../src/cluster/plain-node.js'
import { sandbox } from '../support/cli.js'
import { DESCRIPTION, keypairOf, nodeKeys, putDeployment, putSecret, secretOf } from '../support/deployment.js'
import { useDevnet } from '../support/devnet.js'
import { inShort } from '../support/found.js'
import { wcnInProcess as wcn, wcnJsonInProcess as wcnJson } from '../support/in-process.js'
import { ip } from '../support/nodes.js'

const net = useDevnet()
const box = sandbox()
afterAll(() => box.remove())

const N0 = () => box.path('out/wcn_node_n0.env')
const N1 = () => box.path('out/wcn_node_n1.env')
const CHAIN = { WCN_CHAIN_ID: '31337' }

/** The development chain's first operator, with nodes whose keys are known here. */
const operator = () => {
  const [first] = net.operators
  if (!first) throw new Error('the development chain has no operators')
  return first
}
let listed: Promise<void> | undefined
function putOnChain(): Promise<void> {
  const key = parseEncryptionKey(net.encryptionKey, 'test')
  const ports = { primaryPort: 3010, secondaryPort: 3011, privateIpv4Addr: null }
  const nodes = nodeKeys.map(({ peerId }, i) => storeNode({ peerId, ipv4Addr: ip(`52.1.2.${3 + i}`), ...ports }, key))
  listed ??= net.putData(operator(), encodeOperatorData({ name: 'acme', nodes, clients: [] }))
  return listed
}

beforeAll(async () => {
  const file = putDeployment(box, {
    ...DESCRIPTION,
    contract_address: net.contract,
    operator: operator().address,
    rpc_url: net.rpcUrl.replace('http:', 'ws:'),
  })
  putSecret(box, 'keys/encryption.key', net.encryptionKey)
  putSecret(box, 'keys/operator.key', operator().privateKey)
  const emitted = await wcn(['config', 'emit', '-f', file, '--format', 'shell', '--out', box.path('out')])
  expect(emitted).toMatchObject({ code: 0 })
})

/** Runs with the file edited, and puts it back. */
async function edited<T>(path: string, before: string | RegExp, after: string, work: () => Promise<T>): Promise<T> {
  const text = readFileSync(path, 'utf8')
  expect(text).toMatch(before)
  writeFileSync(path, text.replace(before, after))
  try {
    return await work()
  } finally {
    writeFileSync(path, text)
  }
}

describe('wcn config check', () => {
  it('ends with 0 where nothing is wrong', async () => {
    const { code, stdout } = await wcn(['config', 'check', box.path('out')])
    expect(code).toBe(0)
    expect(stdout).toContain('Nothing failed')
    const { code: json, data, ok } = await wcnJson(['config', 'check', box.path('out')])
    expect({ json, ok }).toEqual({ json: 0, ok: true })
    expect(data.checks.filter(({ status }: { status: string }) => status !== 'pass')).toEqual([
      expect.objectContaining({ id: 'operator-id', status: 'skip', file: null, line: null }),
    ])
  })

  it('ends with 8 and names file and line where something is', async () => {
    await edited(N1(), 'ws://', 'http://', async () => {
      const { code, stdout } = await wcn(['config', 'check', box.path('out')])
      expect(code).toBe(8)
      expect(stdout).toMatch(/FAIL {2}\S+wcn_node_n1\.env:\d+ {2}rpc-url/)
      const json = await wcnJson(['config', 'check', box.path('out')])
      expect(json).toMatchObject({ code: 8, ok: false })
      const line =
        readFileSync(N1(), 'utf8')
          .split('\n')
          .findIndex((text) => text.startsWith('RPC_PROVIDER_URL')) + 1
      expect(json.data.checks).toContainEqual({
        id: 'rpc-url',
        status: 'fail',
        summary: expect.stringContaining('http:// URL'),
        hint: expect.stringContaining('wss://'),
        file: N1(),
        line,
      })
    })
  })

  it('suggests the name that was meant', async () => {
    const { stdout } = await edited(N0(), 'DATABASE_PEER_ID', 'DATABSE_PEER_ID', () =>
      wcn(['config', 'check', box.path('out')]),
    )
    expect(stdout).toContain('did you mean DATABASE_PEER_ID?')
  })

  it('reads standard input, as it is told', async () => {
    const text = readFileSync(N0(), 'utf8').replace(/^#.*\n/gm, '')
    const { code, data } = await wcnJson(['config', 'check', '-', '--read-by', 'literal'], { input: text })
    expect(code).toBe(8)
    expect(data.checks).toContainEqual(
      expect.objectContaining({ status: 'fail', file: expect.stringMatching(/^-$|standard input/) }),
    )
  })

  it('names what it can not read', async () => {
    expect(await wcnJson(['config', 'check', '-', '--read-by', 'vim'], { input: '' })).toMatchObject({
      code: 2,
      ok: false,
      error: { code: 'USAGE' },
    })
    expect(await wcnJson(['config', 'check', box.path('nowhere')])).toMatchObject({
      code: 2,
      ok: false,
      error: { code: 'FILE_UNREADABLE' },
    })
  })
})

describe('wcn config check --online', () => {
  const online = async () => {
    await putOnChain()
    return wcnJson(['config', 'check', box.path('out'), '--online', '--env-file', N0()], { env: CHAIN })
  }
  const faults = async () => {
    const { code, data } = await online()
    return {
      code,
      found: data.checks
        .filter(({ status }: { status: string }) => status === 'fail' || status === 'warn')
        .map(inShort),
    }
  }

  it('says that it has to know the cluster', async () => {
    expect(await wcnJson(['config', 'check', box.path('out'), '--online'])).toMatchObject({
      code: 2,
      error: { code: 'SETTING_MISSING', hint: expect.stringContaining('--env-file') },
    })
  })

  it('finds that files and chain agree', async () => {
    const { code, data } = await online()
    expect(data.checks.filter(({ status }: { status: string }) => status !== 'pass')).toEqual([])
    expect(code).toBe(0)
  })

  it('finds ports and keys that are not on chain', async () => {
    await edited(N1(), "'3010'", "'3050'", async () =>
      expect(await faults()).toEqual({
        code: 8,
        found: [expect.stringMatching(/^fail ports-on-chain \S+wcn_node_n1.env:\d+$/)],
      }),
    )
    const stranger = secretOf(await keypairOf(77))
    await edited(N1(), /(?<=^SECRET_KEY=').*(?=')/m, stranger, async () =>
      expect(await faults()).toEqual({
        code: 8,
        found: [expect.stringMatching(/^fail node-on-chain \S+wcn_node_n1.env:\d+$/)],
      }),
    )
  })
})
