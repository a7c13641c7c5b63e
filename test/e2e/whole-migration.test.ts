/** A whole migration on a rehearsal network: planned, started, a laggard found and mended, done, and its operator leaves safely. */
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { quicAvailable } from '../support/stand-ins.js'

const LEAVER = 5
const LAGGARD = 2

const box = sandbox()
const envFile = box.path('devnet.env')
const run = (line: string) => wcnJson([...line.split(' '), '--env-file', envFile], { env: owner() })
const ok = async (line: string, code = 0) => {
  const result = await run(line)
  expect(result, `${line}: ${result.stdout}${result.stderr}`).toMatchObject({ code })
  return result.data
}
/** The operator that leaves, and the owner's state. */
const owner = () => {
  const { WCN_DEVNET_OPERATOR_5_ADDRESS = '' } = parseEnv(readFileSync(envFile, 'utf8'))
  return { WCN_OPERATOR: WCN_DEVNET_OPERATOR_5_ADDRESS }
}
/** Null where none runs. */
const pullingSlots = async (): Promise<readonly number[] | null> => (await ok('cluster view')).pulling_operators

describe.skipIf(!quicAvailable)('a whole migration', () => {
  beforeAll(async () => {
    const up = await wcn(['devnet', 'up', '--detach', '--operators', '6', '--out', envFile])
    expect(up).toMatchObject({ code: 0, stderr: '' })
  })
  afterAll(async () => {
    const down = await wcn(['devnet', 'down', envFile])
    box.remove()
    expect(down).toMatchObject({ code: 0 })
  })

  it('is planned, and nothing is in its way', async () => {
    const plan = await ok(`admin migration plan --remove ${LEAVER} --probe`)
    expect(plan).toMatchObject({ nodes_asked: true, stalls: [] })
    // Who is in a keyspace does not leave.
    const { code, error } = await run('ok-to-stop operator')
    expect([code, error]).toEqual([4, undefined])
  })

  it('is started, and held up by a laggard, who is found', async () => {
    await wcn(['devnet', 'break', `${LAGGARD}/0`, 'never-completes', '--out', envFile])
    await ok(`admin migration start --remove ${LEAVER} --yes`)
    await expect.poll(pullingSlots).toEqual([LAGGARD])
    const status = await ok('migration status --wait 1s', 8)
    const late = status.migration.operators.filter(({ pulls }: { pulls: boolean }) => pulls)
    expect(late).toMatchObject([{ slot: LAGGARD }])
    const whole = await ok('cluster status')
    expect(whole.migration.pulling).toMatchObject([{ slot: LAGGARD, state: 'up' }])
    // Until then nobody joins, leaves, or is removed.
    expect((await run(`admin operator remove ${LEAVER} --yes`)).code).toBe(4)
    expect((await run('ok-to-stop operator')).code).toBe(4)
  })

  it('ends once the laggard is mended', async () => {
    await wcn(['devnet', 'mend', `${LAGGARD}/0`, '--out', envFile])
    await ok('migration status --wait 1m')
    expect(await pullingSlots()).toBeNull()
    const events = (await ok('cluster history --since 0')).events.map(({ event }: { event: string }) => event)
    expect(events.filter((event: string) => /migration|pulled/.test(event))).toEqual([
      'migration-started',
      ...Array(4).fill('data-pulled'),
      'migration-completed',
    ])
  })

  it('lets its operator leave, and the cluster is whole without it', async () => {
    await ok('ok-to-stop operator')
    await ok(`admin operator remove ${LEAVER} --yes`)
    const { operators, quorum } = await ok('cluster status')
    expect(operators.map(({ slot }: { slot: number }) => slot)).toEqual([0, 1, 2, 3, 4])
    expect(quorum).not.toBeNull()
    // Five are the fewest.
    expect((await run('admin operator remove 4 --yes')).code).toBe(4)
  })
})
