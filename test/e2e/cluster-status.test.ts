/** `cluster status` of the built tool on a cluster of stand-ins, of which more and more are ended. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWcn } from '../support/background.js'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { quicAvailable } from '../support/stand-ins.js'

const box = sandbox()
const envFile = box.path('devnet.env')
const folder = `${envFile}.services`
const cluster = ['cluster', 'status', '--env-file', envFile]
const keyFile = `${folder}/operator-0-node-0.key`
let metricsPort = ''

describe.skipIf(!quicAvailable)('on a whole cluster', () => {
  beforeAll(async () => {
    expect(await wcn(['devnet', 'up', '--detach', '--out', envFile])).toMatchObject({ code: 0 })
    expect(existsSync(keyFile)).toBe(true)
    metricsPort = parseEnv(readFileSync(`${folder}/operator-0-node-0.env`, 'utf8')).METRICS_SERVER_PORT ?? ''
  })
  afterAll(async () => {
    await wcn(['devnet', 'down', envFile])
    box.remove()
  })

  const via = () => ['--via', `http://127.0.0.1:${metricsPort}`]
  const live = async (flags: readonly string[]) => {
    const { code, data } = await wcnJson([...cluster, ...flags])
    return { code, data, states: data.operators.map(({ state }: { state: string }) => state) }
  }
  /** The stand-ins of these operators, and no others. */
  const only = async (...slots: readonly number[]) => {
    const files = readdirSync(folder).filter((name) =>
      slots.some((slot) => name.startsWith(`operator-${slot}-`) && name.endsWith('.env')),
    )
    const served = startWcn(['devnet', 'serve', '--json', ...files.map((name) => `${folder}/${name}`)])
    await served.until('"services"')
    return async () => {
      served.interrupt('SIGTERM')
      await served.ended
    }
  }
  const endAll = () => {
    const pid = Number(parseEnv(readFileSync(envFile, 'utf8')).WCN_DEVNET_STAND_INS_PID)
    process.kill(pid, 'SIGTERM')
    return expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 30_000 }).toBe(false)
  }

  it('all are up, from here and through a node, and then fewer are', async () => {
    const both = await live(['--node-key-file', keyFile, ...via()])
    expect(both).toMatchObject({ code: 0, states: ['up', 'up', 'up', 'up', 'up'] })
    expect(both.data.asked).toMatchObject({ probes: { as: expect.stringMatching(/^12D3/) }, via: { whole: true } })
    expect(both.data.operators[4].nodes[1]).toMatchObject({ probe: 'up', via: 'up', caught_up: true, database: true })
    expect(both.data.versions).toEqual({
      nodes: [{ version: 260_209.1, count: 10 }],
      databases: [{ version: 260_209.1, count: 5 }],
    })
    const stranger = await live([])
    expect(stranger).toMatchObject({ code: 0, data: { asked: { probes: { as: null }, via: null } } })

    const mayStop = (...flags: readonly string[]) =>
      wcn(['ok-to-stop', ...flags, '--env-file', envFile, '--node-key-file', keyFile])
    expect(await mayStop('0')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^yes: nodes\[0\] may go down/) })
    expect(await mayStop('0', '1')).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/one node at least has to/),
    })
    expect((await mayStop('database')).code).toBe(0)
    expect((await mayStop('operator')).code).toBe(4)

    await endAll()
    const end = await only(0, 1, 2)
    const three = await live(['--node-key-file', keyFile])
    expect(three).toMatchObject({ code: 0, states: ['up', 'up', 'up', 'down', 'down'] })
    expect(three.data.operators[3].nodes[0].state).toBe('refusing')
    expect(await mayStop('database')).toMatchObject({ code: 4, stdout: expect.stringMatching(/^no: the database/) })
    expect(await live(['--strict', ...via()])).toMatchObject({ code: 8, states: three.states })
    await end()
    const endTwo = await only(0, 1)
    const two = await wcn([...cluster, '--node-key-file', keyFile])
    expect(two).toMatchObject({ code: 8, stderr: '' })
    expect(two.stdout).toMatch(/^2 +DOWN +\S.*0\/2/m)
    expect(two.stdout).toMatch(/FAIL {2}all keys have fewer than three live replicas/)
    await endTwo()
  })
})
