/** `wcn devnet status`, the built tool on real networks: what runs, what does not, and of which network. */
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { startWcn } from '../support/background.js'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { quicAvailable } from '../support/stand-ins.js'

const box = sandbox()
afterAll(box.remove)

async function network(name: string, ...flags: readonly string[]) {
  const out = box.path(name)
  const { code, data } = await wcnJson(['devnet', 'up', '--detach', '--out', out, ...flags])
  expect(code).toBe(0)
  onTestFinished(async () => void (await wcn(['devnet', 'down', out])))
  return { out, data, status: () => wcnJson(['devnet', 'status', '--out', out]) }
}

const states = (data: { stand_ins: readonly { state: string }[] }) => [
  ...new Set(data.stand_ins.map(({ state }) => state)),
]

describe('devnet status', () => {
  it('says of a chain without stand-ins that it runs, and that it does not', async () => {
    const { out, data, status } = await network('chain.env', '--chain-only')
    const seen = await status()
    expect(seen).toMatchObject({ code: 0, data: { chain: { up: true, block: 2, pid: data.pid }, stand_ins: [] } })
    expect((await wcn(['devnet', 'status', '--out', out])).stdout).toContain('Everything runs.')
    // Nobody is there to rehearse with.
    const drill = await wcnJson(['devnet', 'drill', 'power-cut', '--out', out])
    expect(drill).toMatchObject({ code: 4, error: { code: 'STATE_CHANGED' } })
    expect(drill.error.message).toContain('no stand-ins')
    const broken = await wcnJson(['devnet', 'break', '0/0', 'silent', '--out', out])
    expect(broken).toMatchObject({ code: 2, error: { code: 'USAGE', details: { targets: ['chain'] } } })
    process.kill(data.pid, 'SIGKILL')
    await expect.poll(async () => (await status()).code).toBe(8)
    const after = await status()
    expect(after.data.chain).toMatchObject({ up: false, block: null, problem: expect.stringContaining('127.0.0.1') })
  })

  it('names the network that is not there, and what is none', async () => {
    const missing = await wcnJson(['devnet', 'status', '--out', box.path('no.env')])
    expect(missing).toMatchObject({ code: 2, error: { code: 'FILE_UNREADABLE' } })
    expect(missing.error.message).toContain('no development chain of that name')
    expect(missing.error.hint).toContain('wcn devnet up')
    const other = await wcnJson(['devnet', 'status', '--out', new URL(import.meta.url).pathname])
    expect(other).toMatchObject({ code: 2, error: { code: 'DOCUMENT_INVALID' } })
  })
})

describe.skipIf(!quicAvailable)('devnet status of stand-ins', () => {
  it('shows each with operator, index, ports and database, and two networks apart', async () => {
    const [a, b] = [await network('a.env'), await network('b.env', '--nodes', '3')]
    const seen = await a.status()
    expect([seen.code, states(seen.data)]).toEqual([0, ['up']])
    expect(seen.data.stand_ins).toHaveLength(5 * 3)
    for (const [index, one] of seen.data.stand_ins.entries()) {
      const { name: _, env_file, ...listed } = a.data.stand_ins.services[index]
      expect(one).toMatchObject({ ...listed, source: env_file, slot: Math.floor(index / 3) })
      expect(one.name).toBe(a.data.operators[one.slot].name)
      expect(one.database).toBe(one.kind === 'node' ? 'up' : null)
      expect(one.node_index).toBe(one.kind === 'node' ? index % 3 : null)
    }
    expect(seen.data.processes.map(({ pid }: { pid: number }) => pid)).toEqual([a.data.pid, a.data.stand_ins.pid])

    process.kill(a.data.stand_ins.pid, 'SIGKILL')
    await expect.poll(async () => states((await a.status()).data)).toEqual(['gone'])
    expect((await a.status()).code).toBe(8)
    expect(await b.status()).toMatchObject({ code: 0 })
    expect((await b.status()).data.stand_ins).toHaveLength(5 * 4)

    // Nodes end without their provider; databases know of none.
    process.kill(b.data.pid, 'SIGKILL')
    await expect
      .poll(async () => (await b.status()).data.stand_ins.filter((one: { problem: unknown }) => one.problem).length)
      .toBe(5 * 3)
    const dead = await b.status()
    expect([dead.code, dead.data.chain.up, states(dead.data).sort()]).toEqual([8, false, ['gone', 'up']])
  })

  it('lists what was started by hand, which refuses to be part of another network', async () => {
    const [one, other] = [await network('one.env'), await network('other.env', '--chain-only')]
    const [node] = one.data.stand_ins.services
    const text = readFileSync(node.env_file, 'utf8').replace(/^SECRET_KEY=.*/m, `SECRET_KEY=${'A'.repeat(43)}=`)
    const byHand = box.path('by-hand.env')
    const [primary, secondary, metrics] = [node.primary_port, node.secondary_port, node.metrics_port]
    const free = text.replace(String(primary), '9081').replace(String(secondary), '9082')
    writeFileSync(byHand, free.replace(String(metrics), '9083'), { mode: 0o600 })

    const refused = await wcnJson(['devnet', 'serve', byHand, '--devnet', other.out])
    expect(refused).toMatchObject({ code: 2, error: { code: 'SETTINGS_CONFLICT' } })
    const serving = startWcn(['devnet', 'serve', byHand, '--devnet', one.out])
    await serving.until('until Ctrl-C')
    const last = (await one.status()).data.stand_ins.at(-1)
    expect(last).toMatchObject({ slot: null, state: 'up', primary_port: 9081, source: byHand })
    expect(last.target).toBe(last.peer_id)
    serving.interrupt('SIGINT')
    expect((await serving.ended).code).toBe(0)
    expect((await one.status()).data.stand_ins).toHaveLength(5 * 3)
  })
})
