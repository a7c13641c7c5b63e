/** `doctor` of the built tool: on a machine with nothing, and for an operator whose nodes are all there. */
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { encodeNodeSecretKey } from '../../src/base/keys/node-keypair.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { storeNode } from '../../src/cluster/plain-node.js'
import { DOCTOR_GROUPS } from '../../src/doctor/model/doctor-check.js'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { useDevnet } from '../support/devnet.js'
import {
  plainOf,
  quicAvailable,
  startTestDatabase,
  startTestNode,
  type TestStandIn,
  WITHOUT_ADDON,
} from '../support/stand-ins.js'

const box = sandbox()
const nodes: TestStandIn[] = []
const databases: TestStandIn[] = []
afterAll(async () => {
  await Promise.all([...nodes, ...databases].map((node) => node.stop()))
  box.remove()
})

interface Line {
  readonly group: string
  readonly id: string
  readonly status: string
  readonly summary: string
  readonly hint: string | null
}

/** How long a provider takes to answer says something about this machine, which may be busy. */
const wrong = ({ data }: { readonly data: { readonly checks: readonly Line[] } }) =>
  data.checks.filter(
    ({ status, summary }) => status === 'fail' || (status === 'warn' && !/ is slow: an answer took /.test(summary)),
  )

describe('with nothing set', () => {
  it('says what to set, and ends with 8', async () => {
    const { code, stdout, stderr } = await wcn(['doctor'])
    expect(code).toBe(8)
    expect(stdout).toContain('FAIL  settings')
    expect(stdout).toContain('SMART_CONTRACT_ADDRESS')
    expect(stderr).toBe('')
    expect((await wcn(['doctor', '--only', 'nonsense'])).code).toBe(2)
  })
})

describe.skipIf(!quicAvailable)('with ten nodes', () => {
  const net = useDevnet()
  let keyFile: string
  const env = () => ({ ...net.cluster, RPC_PROVIDER_URL: net.rpcUrl.replace('http:', 'ws:') })

  beforeAll(async () => {
    const [mine] = net.operators
    if (!mine) throw new Error('the development chain has no operator')
    const database = await startTestDatabase()
    databases.push(database)
    for (let count = 0; count < 10; count++) nodes.push(await startTestNode(net, { database }))
    const key = parseEncryptionKey(net.encryptionKey, 'the devnet')
    const stored = nodes.map((node) => storeNode(plainOf(node), key))
    await net.putData(mine, encodeOperatorData({ name: 'acme', nodes: stored, clients: [] }))
    const [first] = nodes
    if (!first) throw new Error('no node was started')
    keyFile = box.path('node.key')
    writeFileSync(keyFile, `${encodeNodeSecretKey(first.keypair.secretKey)}\n`, { mode: 0o600 })
  })

  const doctor = (args: readonly string[] = [], extra: Readonly<Record<string, string>> = {}) => {
    const [mine] = net.operators
    return wcnJson(['doctor', '--node-key-file', keyFile, ...args], {
      env: { ...env(), SMART_CONTRACT_SIGNER_PRIVATE_KEY: mine?.privateKey, ...extra },
    })
  }

  it('finds nothing wrong, and shows no key', async () => {
    const found = await doctor()
    expect(wrong(found)).toEqual([])
    // Progress is told of what takes longer than a second.
    expect(found).toMatchObject({ code: 0, ok: true, stderr: expect.stringMatching(/^(?:examining, .*\n)*$/) })
    const groups = new Set((found.data.checks as Line[]).map(({ group }) => group))
    expect([...groups]).toEqual([...DOCTOR_GROUPS])
    expect(found.data.checks).toContainEqual(
      expect.objectContaining({ id: 'nodes', summary: '10 of 10 nodes are operational' }),
    )
    const nodeKey = readFileSync(keyFile, 'utf8').trim()
    for (const secret of [net.encryptionKey, net.operators[0]?.privateKey ?? '', nodeKey])
      expect(found.stdout).not.toContain(secret.replace(/^0x/, ''))
  })

  it('proves nothing without the addon, and says so', async () => {
    const found = await doctor(['--only', 'nodes'], WITHOUT_ADDON)
    expect(found.code).toBe(0)
    expect(found.data.checks[0]).toMatchObject({
      id: 'nodes',
      status: 'skip',
      hint: expect.stringContaining('npm install'),
    })
    expect(new Set(wrong(found).map(({ status }) => status))).toEqual(new Set(['warn']))
  })

  it('finds the one that is down, and no other fault', async () => {
    await nodes[9]?.misbehave({ primary: 'off', secondary: 'off' })
    const found = await doctor(['--only', 'nodes', '--probe-timeout', '2s'])
    expect(found.code).toBe(8)
    // The other nine find it out as well, sooner or later.
    const other = wrong(found).filter(({ id }) => !id.endsWith('.peers'))
    expect(other.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'nodes fail',
      'nodes[9].primary-port fail',
      'nodes[9].secondary-port fail',
    ])
    for (const { hint } of wrong(found)) expect(hint).toMatch(/`[^`]+`/)
  })
})
