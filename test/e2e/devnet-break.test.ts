/** `wcn devnet break` and `mend`, the built tool on a whole network: every fault is found by the command that would find it on a real one. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { encodeFunctionData } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLUSTER_ABI } from '../../src/chain/contract/cluster-abi.js'
import { FAULT_NAMES } from '../../src/devnet/model/fault-names.js'
import { startWcn } from '../support/background.js'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { quicAvailable } from '../support/stand-ins.js'

const box = sandbox()
const out = box.path('network.env')
const folder = `${out}.services`
let pid = 0

const breakIt = (target: string, how: string) => wcnJson(['devnet', 'break', target, how, '--out', out])
const mend = (...what: readonly string[]) => wcnJson(['devnet', 'mend', ...what, '--out', out])
const status = () => wcnJson(['devnet', 'status', '--out', out])
const broken = async () =>
  (await status()).data.stand_ins.flatMap(({ target, fault }: { target: string; fault: string | null }) =>
    fault === null ? [] : [[target, fault]],
  )
const nodesCheck = (...more: readonly string[]) =>
  wcnJson(['nodes', 'check', '1', '--env-file', out, '--node-key-file', join(folder, 'operator-0-node-0.key'), ...more])
const rename = (name: string, ...more: readonly string[]) =>
  wcnJson(['operator', 'rename', name, '--yes', '--env-file', out, ...more])

async function rpc(method: string, ...params: readonly unknown[]): Promise<unknown> {
  const url = parseEnv(readFileSync(out, 'utf8')).RPC_PROVIDER_URL ?? ''
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return ((await response.json()) as { result: unknown }).result
}

describe.skipIf(!quicAvailable)('devnet break', () => {
  beforeAll(async () => {
    const started = await wcnJson(['devnet', 'up', '--detach', '--operators', '6', '--out', out])
    expect(started.code).toBe(0)
    pid = started.data.pid
  })
  afterAll(async () => {
    const ended = await wcn(['devnet', 'down', out])
    box.remove()
    expect(ended.code).toBe(0)
  })

  const tried = new Set<string>()

  it.each<[how: string, port: string, flags?: readonly string[]]>([
    ['silent', 'silent', ['--probe-timeout', '1s']],
    ['closed', 'closed'],
    ['wrong-key', 'stranger'],
    ['swapped-ports', 'swapped'],
    ['other-program', 'not-quic'],
  ])('%s is seen at both ports of the node, and at no other node', async (how, port, flags = []) => {
    tried.add(how)
    expect(await breakIt('0/1', how)).toMatchObject({ code: 0, data: { target: '0/1', fault: how } })
    const seen = await nodesCheck(...flags)
    expect(seen.code).toBe(8)
    expect(seen.data.nodes).toMatchObject([{ primary: { diagnosis: port }, secondary: { diagnosis: port } }])
    expect((await wcn(['nodes', 'check', '0', '--env-file', out])).code).toBe(0)
    expect(await status()).toMatchObject({ code: 8 })
    expect(await broken()).toEqual([['0/1', how]])
    const doctor = await wcnJson(['doctor', '--env-file', out, '--only', 'nodes', ...flags])
    expect([doctor.code, doctor.data.checks.some(({ status: is }: { status: string }) => is === 'fail')]).toEqual([
      8,
      true,
    ])
    expect(await mend('0/1')).toMatchObject({ code: 0, data: { mended: [{ target: '0/1', fault: how }], gone: [] } })
    expect((await nodesCheck()).code).toBe(0)
  })

  it('slow is up, but late', async () => {
    tried.add('slow')
    const [, began] = [await breakIt('0/1', 'slow'), performance.now()]
    expect(await nodesCheck()).toMatchObject({ code: 0, data: { nodes: [{ operational: true }] } })
    // An opening and an answer, at the least.
    expect(performance.now() - began).toBeGreaterThan(1_000)
    expect((await nodesCheck('--probe-timeout', '400ms')).code).not.toBe(0)
    await mend('0/1')
  })

  it('lagging is behind what is written from then on', async () => {
    tried.add('lagging')
    await breakIt('Aurora Labs/1', 'lagging')
    expect((await nodesCheck()).code).toBe(0)
    for (const name of ['a', 'b', 'Aurora Labs']) expect((await rename(name)).code).toBe(0)
    const seen = await nodesCheck()
    expect(seen).toMatchObject({ code: 8, data: { nodes: [{ caught_up: false, provider: { behind: 3 } }] } })
    await mend('aurora labs/1')
    expect((await nodesCheck()).code).toBe(0)
  })

  it('provider-down and database-down are told by the node', async () => {
    for (const how of ['provider-down', 'database-down']) tried.add(how)
    await breakIt('0/1', 'provider-down')
    const down = await nodesCheck()
    expect(down).toMatchObject({ code: 8, data: { nodes: [{ operational: false }] } })
    expect(down.stdout).toContain('its RPC provider fails')
    await mend('0/1')

    expect(await breakIt('0/1', 'database-down')).toMatchObject({ data: { target: '0/database' } })
    const without = await nodesCheck()
    expect(without).toMatchObject({ code: 8, data: { nodes: [{ operational: true, database: { connected: false } }] } })
    expect((await status()).data.stand_ins[0]).toMatchObject({ target: '0/0', state: 'up', database: 'broken' })
    expect(await mend('--all')).toMatchObject({ data: { mended: [{ target: '0/database', fault: 'database-down' }] } })
    expect((await nodesCheck()).code).toBe(0)
  })

  it('never-completes leaves a migration open until it is mended', async () => {
    tried.add('never-completes')
    expect(await breakIt('2/0', 'never-completes')).toMatchObject({ code: 0 })
    const { WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: _, ...env } = parseEnv(readFileSync(out, 'utf8'))
    const owner = (await wcnJson(['cluster', 'view', '--env-file', out])).data.owner
    const keyspace = { operatorBitmask: 31n, replicationStrategy: 0 }
    const data = encodeFunctionData({ abi: CLUSTER_ABI, functionName: 'startMigration', args: [keyspace] })
    await rpc('anvil_impersonateAccount', owner)
    await rpc('eth_sendTransactionSync', { from: owner, to: env.SMART_CONTRACT_ADDRESS, gas: '0x989680', data })
    const pulling = async () => (await wcnJson(['cluster', 'view', '--env-file', out])).data.pulling_operators
    await expect.poll(pulling, { timeout: 30_000 }).toEqual([2])
    await mend('2/0')
    await expect.poll(pulling, { timeout: 30_000 }).toBe(null)
  })

  it('holds-maintenance holds the slot of everybody, and one operator has it', async () => {
    tried.add('holds-maintenance')
    expect((await breakIt('1/0', 'holds-maintenance')).code).toBe(0)
    const taken = await wcnJson(['maintenance', 'enter', '--yes', '--env-file', out])
    expect(taken).toMatchObject({ code: 7, error: { code: 'MAINTENANCE_TAKEN' } })
    const second = await breakIt('3/0', 'holds-maintenance')
    expect(second).toMatchObject({ code: 4, error: { code: 'STATE_CHANGED' } })
    expect(second.error.message).toContain('has the maintenance slot already')
    await mend('1/0')
    expect((await wcnJson(['cluster', 'view', '--env-file', out])).data.maintenance).toBe(null)
  })

  it('has tried everything that it offers', () => {
    expect([...tried].sort()).toEqual([...FAULT_NAMES].sort())
  })

  it('makes a database fail, for its nodes and for who looks at it', async () => {
    const [, , database] = (await status()).data.stand_ins
    for (const how of ['silent', 'wrong-key', 'other-program']) {
      await breakIt('0/database', how)
      expect((await nodesCheck()).data.nodes).toMatchObject([{ database: { connected: false } }])
      await mend('0/database')
    }
    const ask = ['--database', `127.0.0.1:${database.secondary_port}`, '--inside', '--probe-timeout', '2s']
    expect((await nodesCheck(...ask)).code).toBe(0)
    await breakIt('0/database', 'closed')
    expect((await nodesCheck(...ask)).code).toBe(8)
    await mend('--all')
  })

  it('makes the chain hang, and stand still', async () => {
    expect((await breakIt('chain', 'lagging')).code).toBe(0)
    expect((await breakIt('chain', 'silent')).error.message).toContain('broken already')
    const waiting = await rename('later', '--timeout', '3s')
    expect(waiting).toMatchObject({ code: 6, error: { code: 'OUTCOME_UNKNOWN' } })
    expect(await mend('chain')).toMatchObject({ code: 0, data: { mended: [{ target: 'chain', fault: 'lagging' }] } })
    expect(await wcnJson(['tx', 'resume', '--env-file', out, '--yes'])).toMatchObject({ code: 0 })
    expect((await rename('Aurora Labs')).code).toBe(0)

    expect((await breakIt('chain', 'silent')).code).toBe(0)
    const deaf = await wcnJson(['cluster', 'view', '--env-file', out, '--timeout', '1s'])
    expect(deaf).toMatchObject({ code: 5, error: { code: 'NETWORK' } })
    expect(await status()).toMatchObject({ code: 8, data: { chain: { up: false, fault: 'silent' } } })
    expect(await mend('--all')).toMatchObject({ code: 0 })
    expect((await nodesCheck()).code).toBe(0)
  })

  it('reaches what was started by hand, which a new start mends', async () => {
    const file = box.path('by-hand.env')
    const text = readFileSync(join(folder, 'operator-0-node-1.env'), 'utf8')
    const own = text.replace(/^SECRET_KEY=.*/m, `SECRET_KEY=${'A'.repeat(43)}=`)
    const ports = ['PRIMARY_RPC_SERVER_PORT', 'SECONDARY_RPC_SERVER_PORT', 'METRICS_SERVER_PORT']
    const moved = ports.reduce(
      (env, name, index) => env.replace(new RegExp(`^${name}=.*`, 'm'), `${name}=${9_091 + index}`),
      own,
    )
    writeFileSync(file, moved, { mode: 0o600 })
    const serving = startWcn(['devnet', 'serve', file, '--devnet', out])
    await serving.until('until Ctrl-C')
    const { peer_id } = (await status()).data.stand_ins.at(-1)
    expect(await breakIt(peer_id, 'wrong-key')).toMatchObject({ code: 0, data: { target: peer_id, name: null } })
    const check = ['nodes', 'check', '-f', box.path('nodes.yaml'), '--env-file', out]
    writeFileSync(
      box.path('nodes.yaml'),
      `nodes:\n  - { peer_id: ${peer_id}, ipv4_addr: 127.0.0.1, primary_port: 9091, secondary_port: 9092 }\n`,
    )
    expect((await wcnJson(check)).data.nodes).toMatchObject([{ primary: { diagnosis: 'stranger' } }])
    serving.interrupt('SIGINT')
    await serving.ended
    const again = startWcn(['devnet', 'serve', file, '--devnet', out])
    await again.until('until Ctrl-C')
    expect((await wcnJson(check)).data.nodes).toMatchObject([{ primary: { diagnosis: 'ok' } }])
    again.interrupt('SIGINT')
    await again.ended
  })

  it('refuses what is not there, and says what is', async () => {
    for (const target of ['0/7', '9/0', 'acme/0', '0', '', '0/Database']) {
      const refused = await breakIt(target, 'silent')
      expect([target, refused.code, refused.error.code]).toEqual([target, 2, 'USAGE'])
      expect(refused.error.details).toMatchObject({ targets: expect.arrayContaining(['chain', '0/0', '4/database']) })
      expect(refused.error.hint).toContain('0/database')
    }
    expect(await breakIt('0/1', 'tired')).toMatchObject({ code: 2, error: { code: 'USAGE' } })
    expect((await breakIt('0/1', 'never-completes')).error.message).toContain('only a node with its operator’s key')
    expect((await breakIt('0/database', 'lagging')).error.hint).toContain('database-down')
    expect((await breakIt('chain', 'closed')).error.hint).toBe('it can be silent, lagging')
    expect(await mend()).toMatchObject({ code: 2, error: { code: 'USAGE' } })
    expect(await mend('0/1', '--all')).toMatchObject({ code: 2, error: { code: 'USAGE' } })
    expect(await broken()).toEqual([])
    expect(await mend('--all')).toMatchObject({ code: 0, data: { mended: [], gone: [] } })
  })

  it('leaves nothing but private files, and is of no use where nobody hears', async () => {
    for (const name of readdirSync(folder))
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600])
    expect(readdirSync(folder).filter((name) => name.includes('word'))).toEqual([])
    const { pid: fleet } = (await status()).data.stand_ins[0]
    process.kill(fleet, 'SIGKILL')
    await expect.poll(async () => (await status()).data.stand_ins[0].state).toBe('gone')
    expect(await breakIt('0/0', 'silent')).toMatchObject({ code: 4, error: { code: 'STATE_CHANGED' } })
    expect(await mend('--all')).toMatchObject({ code: 8, data: { gone: expect.arrayContaining(['0/0']) } })
    // A chain that hangs can be ended all the same.
    expect((await breakIt('chain', 'silent')).code).toBe(0)
    expect(await wcnJson(['devnet', 'down', out])).toMatchObject({ code: 0, data: { stopped: true, pid } })
    expect(existsSync(folder)).toBe(false)
  })
})
