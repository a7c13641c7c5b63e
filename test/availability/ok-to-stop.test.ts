/** `ok-to-stop` on a real chain, with nodes that do what each test says; held against what rollouts and maintenance do. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Input, type OkToStopJson, run } from '../../src/availability/ok-to-stop.js'
import { okToStopText } from '../../src/availability/view-ok-to-stop.js'
import { plainPaint } from '../../src/cli/paint.js'
import type { Examiner } from '../../src/health/examiner.js'
import { type NodeState, UNTOLD } from '../../src/health/model/node-standing.js'
import type { ClusterStandings } from '../../src/health/survey/survey-cluster.js'
import { run as maintenanceRun } from '../../src/maintenance/maintenance-run.js'
import { run as rollout } from '../../src/nodes/nodes-rollout.js'
import { impersonate } from '../chain/contract/cluster-fixture.js'
import { fakeClock } from '../support/fake-clock.js'
import { fakeProcesses } from '../support/fake-processes.js'
import { peerId } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import { rolloutWorld } from '../support/rollout-world.js'
import { member, OWNER, useRealCluster } from '../support/use-real-cluster.js'

let examiner: Examiner
let states: readonly NodeState[] = []
let surveys = 0
vi.mock('../../src/health/examiner.js', () => ({ openExaminer: async () => examiner }))
vi.mock('../../src/health/survey/survey-cluster.js', () => ({
  openSurveyor: async () => ({
    askedAs: null,
    survey: async (): Promise<ClusterStandings> => {
      surveys++
      return new Map(
        states.map((state, slot) => [slot, [{ index: 0, peerId: peerId(slot), ...UNTOLD, state, problem: null }]]),
      )
    },
  }),
}))

const { services, now } = useRealCluster()
const toggle = (who: string, active: boolean) => now.cluster.write(who as `0x${string}`, 'setMaintenance', [active])
const startMigration = (operatorBitmask = 63n) =>
  now.cluster.write(OWNER, 'startMigration', [{ operatorBitmask, replicationStrategy: 0 }])

let world: ReturnType<typeof rolloutWorld>
beforeEach(() => {
  world = rolloutWorld()
  examiner = world.examiner
  states = ['up', 'up', 'up', 'up', 'up']
  surveys = 0
})

const ask = (what: readonly string[], input: Partial<Input> = {}, options = {}) =>
  run(world.services(services(options).services), { what, ...input })
const reasons = ({ data }: { data: OkToStopJson }) => data.reasons.map(({ id }) => id)
const text = ({ data }: { data: OkToStopJson }) => okToStopText(data, plainPaint)

describe('nodes', () => {
  it('may where enough others are up, and are named where not', async () => {
    const yes = await ask(['0'])
    expect([yes.exitCode, yes.data.ok, yes.data.nodes]).toEqual([0, true, [{ index: 0, peer_id: peerId(0) }]])
    expect(text(yes)).toMatch(/^yes: nodes\[0\] may go down now\n\nyour nodes +3 of 3 up/)
    world.down(1)
    world.set(2, { caughtUp: false })
    const no = await ask(['0'])
    expect([no.exitCode, reasons(no)]).toEqual([4, ['others-down']])
    expect(text(no)).toMatch(/^no: nodes\[0\] must stay up\nbecause one node at least has to serve\n/)
    expect(text(no)).toMatch(/nodes\[2\] has not caught up/)
    expect((await ask(['1', '2'])).exitCode).toBe(0)
    expect((await ask(['1'], { maxUnavailable: '1' })).exitCode).toBe(4)
  })

  it('are refused what is not about them', async () => {
    for (const [what, input] of [
      [[], {}],
      [['database', '0'], {}],
      [['operator', 'database'], {}],
      [['database'], { primary: '0' }],
      [['operator'], { duringMigration: true }],
    ] as const)
      expect(await rejectedBy(ask(what, input))).toMatchObject({ code: 'USAGE' })
    expect(await rejectedBy(ask(['9']))).toMatchObject({ code: 'SELECTOR_NO_MATCH' })
    expect(await rejectedBy(ask(['0'], { wait: 'long' }))).toMatchObject({ code: 'SETTING_INVALID' })
    world.unproven = 'no addon'
    expect(await rejectedBy(ask(['0']))).toMatchObject({ code: 'PROBE_UNAVAILABLE' })
  })

  it('may exactly where a rollout takes them', async () => {
    const rows: readonly (readonly [down: readonly number[], migrating: boolean, input: Partial<Input>])[] = [
      [[], false, {}],
      [[0], false, {}],
      [[1, 2], false, {}],
      [[0, 1, 2], false, {}],
      [[1], false, { maxUnavailable: '1' }],
      [[], true, {}],
      [[], true, { duringMigration: true }],
      [[], true, { duringMigration: true, primary: '0' }],
      [[], true, { duringMigration: true, primary: '1' }],
    ]
    let migrating = false
    const verdicts: boolean[] = []
    for (const [down, migrates, input] of rows) {
      if (migrates && !migrating) await addAndMigrate()
      migrating ||= migrates
      for (const place of [0, 1, 2]) down.includes(place) ? world.down(place) : world.up(place)
      const { data } = await ask(['0'], input)
      for (const place of [0, 1, 2]) down.includes(place) ? world.down(place) : world.up(place)
      // What it does is of no interest: it ends as soon as the command is run.
      world.onCommand = () => ({ exitCode: 7, signal: null })
      const before = world.started.length
      await rejectedBy(
        rollout(world.services(services().services), { command: ['x'], node: ['0'], settle: '1s', ...input }),
      )
      expect([down, input, world.started.length > before]).toEqual([down, input, data.ok])
      verdicts.push(data.ok)
    }
    expect(verdicts).toEqual([true, true, false, false, false, false, true, false, true])
  })
})

/** A sixth operator, and a keyspace with it. */
async function addAndMigrate() {
  const data = (await now.cluster.view()).operatorSlots[1]?.data ?? '0x'
  await impersonate(now.chain, [member(5)])
  await now.cluster.write(OWNER, 'addNodeOperator', [{ addr: member(5), data }])
  await startMigration()
}

describe('the database', () => {
  it('may where the slot is free or mine, and every shard keeps three', async () => {
    const yes = await ask(['database'])
    expect([yes.exitCode, yes.data.shards]).toEqual([0, { stored: 65_536, lost: 0, without: 0 }])
    expect(text(yes)).toMatch(/^yes: the database may go down now\n\nshards +65536 in the database, all of which can/)
    states = ['up', 'up', 'up', 'silent', 'refusing']
    const no = await ask(['database'])
    expect([no.exitCode, reasons(no)]).toEqual([4, ['quorum']])
    expect(text(no)).toMatch(/because 65536 shards that it stores would not keep three live replicas/)
  })

  it('waits for another’s slot with exit code 7, and for both with 4', async () => {
    await toggle(member(1), true)
    const taken = await ask(['database'])
    expect([taken.exitCode, reasons(taken), taken.data.maintenance]).toEqual([
      7,
      ['slot-taken'],
      expect.objectContaining({ holder: member(1), name: 'member 1' }),
    ])
    expect(text(taken)).toMatch(/maintenance +member 1 since /)
    states = ['up', 'up', 'up', 'silent', 'refusing']
    expect((await ask(['database'])).exitCode).toBe(4)
    states = ['up', 'up', 'up', 'up', 'up']
    world.meanwhile = async () => void (await toggle(member(1), false))
    expect((await ask(['database'], { wait: '30m' })).exitCode).toBe(0)
    expect(surveys).toBe(4)
  })

  it('is waited for no longer than that, and the last look is told', async () => {
    states = ['up', 'up', 'up', 'silent', 'silent']
    const late = await ask(['database'], { wait: '1m' })
    expect([late.exitCode, reasons(late)]).toEqual([4, ['quorum']])
    expect(world.clock.pauses.reduce((sum, ms) => sum + ms, 0)).toBe(60_000)
    expect(surveys).toBe(5)
  })

  it('may exactly where maintenance is entered', async () => {
    const outcomes: (readonly [number | undefined, string])[] = []
    for (const migrating of [false, true]) {
      if (migrating) await addAndMigrate()
      for (const slot of ['free', 'taken'] as const) {
        // The contract takes it also during a migration.
        if (slot === 'taken') await toggle(member(1), true)
        for (const three of [true, false]) {
          states = three ? ['up', 'up', 'up', 'up', 'up'] : ['up', 'up', 'up', 'silent', 'refusing']
          const { exitCode, data } = await ask(['database'])
          const all = { ...services({ clock: fakeClock() }).services, processes: async () => fakeProcesses(() => {}) }
          const dryRun = maintenanceRun(all, { command: ['x'], dryRun: true, nodeKeyFile: 'node.key' })
          const code = await dryRun.then(
            () => 'entered',
            (error) => error.code as string,
          )
          expect([slot, three, code === 'entered']).toEqual([slot, three, data.ok])
          outcomes.push([exitCode, code])
        }
        if (slot === 'taken') await toggle(member(1), false)
      }
    }
    expect(outcomes).toEqual([
      [0, 'entered'],
      [4, 'AVAILABILITY_AT_RISK'],
      [7, 'MAINTENANCE_TAKEN'],
      [4, 'MAINTENANCE_TAKEN'],
      [4, 'MIGRATION_IN_PROGRESS'],
      [4, 'MIGRATION_IN_PROGRESS'],
      [4, 'MAINTENANCE_TAKEN'],
      [4, 'MAINTENANCE_TAKEN'],
    ])
  })
})

describe('the operator', () => {
  it('may leave once it stores nothing and nobody pulls from it', async () => {
    expect(reasons(await ask(['operator']))).toEqual(['in-keyspace'])
    await addAndMigrate()
    expect(reasons(await ask(['operator']))).toEqual(['in-keyspace', 'migration', 'pulls'])
    for (const slot of [0, 1, 2, 3, 4, 5]) await now.cluster.write(member(slot), 'completeMigration', [1n])
    // Without slot 0.
    await startMigration(62n)
    const leaving = await ask(['operator'])
    expect([leaving.exitCode, reasons(leaving)]).toEqual([4, ['in-keyspace', 'migration']])
    for (const slot of [1, 2, 3, 4, 5]) await now.cluster.write(member(slot), 'completeMigration', [2n])
    const gone = await ask(['operator'])
    expect([gone.exitCode, text(gone)]).toEqual([0, 'yes: the operator may go down now\n'])
  })
})
