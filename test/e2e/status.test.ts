/** `wcn status`, the built tool against a real chain: with and without keys, contexts, open transactions and a provider. */
import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { type Account, useDevnet } from '../support/devnet.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

const operator = (slot: number) => net.operators[slot] as Account
const fields = (text: string) =>
  Object.fromEntries([...text.matchAll(/^(\w+) +(.+)$/gm)].map(([, name, say]) => [name, say]))

describe('wcn status', () => {
  it('tells all there is to know with the keys at hand, and what to do next', async () => {
    const env = { ...net.cluster, ...net.signedBy(operator(0)) }
    const { code, data } = await wcnJson(['status'], { env })
    expect(code).toBe(0)
    expect(data).toMatchObject({
      operator: operator(0).address,
      slot: 0,
      in_keyspace: true,
      nodes: {
        total: 2,
        list: [
          { index: 0, up: false },
          { index: 1, up: false },
        ],
      },
      funds: { balance_eth: expect.stringMatching(/^\d+/), writes_left: expect.any(Number) },
      maintenance: { holder: null },
      migration: { in_progress: false, pulls: false },
      open_transactions: [],
      next: { command: 'wcn nodes check' },
    })
  })

  it('needs no private key, and says of what it can not know that it does not', async () => {
    const { SMART_CONTRACT_ENCRYPTION_KEY: _, ...open } = net.cluster as Record<string, string>
    const asOperator = await wcn(['status', '--operator', operator(1).address], { env: open })
    expect(asOperator).toMatchObject({ code: 0, stderr: '' })
    expect(fields(asOperator.stdout)).toMatchObject({
      nodes: '2 nodes; not looked at: their addresses are encrypted, and no encryption key is set',
      open: 'no transaction of this machine',
    })
    const nobody = await wcn(['status'], { env: open })
    expect(nobody.code).toBe(0)
    expect(fields(nobody.stdout)).toMatchObject({ member: 'not known', funds: 'not known', open: 'not known' })
    expect(nobody.stdout).toContain('next: say who you are')
    const stranger = await wcn(['status', '--operator', `0x${'ab'.repeat(20)}`], { env: open })
    expect(fields(stranger.stdout)).toMatchObject({ member: 'not in the cluster' })
    expect(stranger.stdout).toContain('wcn init')
  })

  it('knows its own slot and gives it back', async () => {
    const env = { ...net.cluster, ...net.signedBy(operator(2)) }
    expect(await wcn(['maintenance', 'enter', '--yes'], { env })).toMatchObject({ code: 0 })
    const mine = await wcn(['status'], { env })
    expect(fields(mine.stdout).maintenance).toMatch(/^you, since 20.* UTC(?:, \d+ s ago)? \(block \d+\)$/)
    expect(mine.stdout).toContain('wcn maintenance exit')
    expect(await wcn(['maintenance', 'exit', '--yes'], { env })).toMatchObject({ code: 0 })
  })

  it('is what wcn without words means once there is a context, and not before', async () => {
    const env = { WCN_CONFIG_DIR: box.path('config') }
    const before = await wcn([], { env })
    expect(before).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^Usage: wcn/) })
    const { SMART_CONTRACT_ADDRESS: contract = '', RPC_PROVIDER_URL: url = '' } = net.cluster as Record<string, string>
    const add = ['context', 'add', 'here', '--contract-address', contract, '--rpc-url', url, '--chain-id', '31337']
    expect(await wcn([...add, '--use'], { env })).toMatchObject({ code: 0 })
    const bare = await wcn([], { env })
    expect(bare).toMatchObject({ code: 0, stdout: expect.stringContaining('from context here') })
    expect(await wcnJson([], { env })).toMatchObject({ code: 0, data: { contract_source: 'context here' } })
    writeFileSync(box.path('config/contexts.json'), '{')
    expect(await wcn([], { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('does not hold contexts') })
  })

  it('sends whoever left something open to that first', async () => {
    const automine = (on: boolean) =>
      fetch(net.rpcUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'evm_setAutomine', params: [on] }),
      })
    const env = { ...net.cluster, ...net.signedBy(operator(3)) }
    await automine(false)
    try {
      expect(await wcn(['operator', 'rename', 'late', '--yes', '--timeout', '2s'], { env })).toMatchObject({ code: 6 })
      const { data } = await wcnJson(['status'], { env })
      expect(data).toMatchObject({ open_transactions: [{ state: 'open' }], next: { command: 'wcn tx resume' } })
      expect((await wcn(['status'], { env })).stdout).toMatch(/^open +0x\w{64} \(.*\), signed /m)
    } finally {
      await automine(true)
    }
  })

  it('ends with what keeps it from reading the cluster', async () => {
    const env = { ...net.cluster, RPC_PROVIDER_URL: 'http://127.0.0.1:9' }
    expect(await wcn(['status'], { env })).toMatchObject({ code: 5, stdout: '' })
  })
})
