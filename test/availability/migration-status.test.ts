/** `migration status` on a real chain, through a whole migration, an abortion and a wait. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Input, type MigrationStatusJson, run } from '../../src/availability/migration-status.js'
import { migrationStatusText } from '../../src/availability/view-migration-status.js'
import { plainPaint } from '../../src/cli/paint.js'
import { type NodeState, UNTOLD } from '../../src/health/model/node-standing.js'
import type { ClusterStandings } from '../../src/health/survey/survey-cluster.js'
import { impersonate } from '../chain/contract/cluster-fixture.js'
import { fakeClock } from '../support/fake-clock.js'
import { peerId } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import { member, OWNER, useRealCluster } from '../support/use-real-cluster.js'

let states: readonly NodeState[] = []
vi.mock('../../src/health/survey/survey-cluster.js', () => ({
  openSurveyor: async () => ({
    askedAs: null,
    survey: async (): Promise<ClusterStandings> =>
      new Map(
        states.map((state, slot) => [slot, [{ index: 0, peerId: peerId(slot), ...UNTOLD, state, problem: null }]]),
      ),
  }),
}))

const { services, now } = useRealCluster()
const complete = (slot: number, id = 1n) => now.cluster.write(member(slot), 'completeMigration', [id])
/** A sixth operator joins. */
async function startMigration() {
  const data = (await now.cluster.view()).operatorSlots[1]?.data ?? '0x'
  await impersonate(now.chain, [member(5)])
  await now.cluster.write(OWNER, 'addNodeOperator', [{ addr: member(5), data }])
  await now.cluster.write(OWNER, 'startMigration', [{ operatorBitmask: 63n, replicationStrategy: 0 }])
}

let meanwhile: () => unknown
const status = (input: Input = {}) => run(services({ clock: fakeClock(() => meanwhile()) }).services, input)
const text = ({ data }: { data: MigrationStatusJson }) => migrationStatusText(data, plainPaint)

beforeEach(() => {
  states = ['up', 'up', 'up', 'up', 'up', 'up']
  meanwhile = () => {}
})

it('says that there has never been one', async () => {
  const none = await status()
  expect(none.data.migration).toBeNull()
  expect(text(none)).toBe('no data migration is in progress, and there has never been one\n')
  expect(await status({ wait: '1h' })).toMatchObject({ exitCode: 0 })
})

it('follows one from its start to its end', async () => {
  await startMigration()
  const { data } = await status({ databaseSize: '40GB' })
  const { migration } = data
  expect(migration).toMatchObject({
    ...{ id: 1, state: 'running', estimated_seconds: expect.any(Number), overdue: expect.any(Boolean) },
    replicas: { moving: 54_715, left: 54_715 },
  })
  expect((migration?.pulling_since ?? 0) - Number(migration?.started_at)).toBe(7.5)
  expect(migration?.operators.map(({ slot, role, to_pull, pulls }) => [slot, role, to_pull, pulls])).toEqual([
    ...[0, 1, 2, 3, 4].map((slot) => [slot, 'stays', 0, true]),
    [5, 'joins', 54_715, true],
  ])
  for (const slot of [0, 1, 2]) await complete(slot)
  const half = await status()
  expect(text(half)).toMatch(/^done +3 of 6 operators$/m)
  expect(text(half)).toMatch(/^to go +3 operators, 100 % of the shard replicas that move are theirs$/m)
  expect(text(half)).toMatch(/^5 +pulls +member 1 +joins +54715$/m)
  await complete(5)
  expect((await status()).data.migration?.replicas).toEqual({ moving: 54_715, left: 0 })
  for (const slot of [3, 4]) await complete(slot)
  const ended = await status()
  expect(ended.data.migration).toMatchObject({ state: 'ended', operators: [], replicas: null, running_seconds: null })
  expect(text(ended)).toMatch(/^no data migration is in progress\nthe last one, 1, started .* and has ended$/m)
})

it('tells who holds it up, where nodes are asked', async () => {
  await startMigration()
  expect((await status()).data.migration?.operators[5]).toMatchObject({ away: null, down_sources: [] })
  states = ['silent', 'up', 'up', 'unknown', 'up', 'refusing']
  const seen = await status({ probe: true })
  expect(seen.data.nodes_asked).toBe(true)
  const held = seen.data.migration?.operators.map(({ away, down_sources }) => [away, down_sources])
  expect(held).toEqual([
    [true, []],
    [false, []],
    [false, []],
    [null, []],
    [false, []],
    [true, [0]],
  ])
  expect(text(seen)).toMatch(/^5 .* it is down itself; member 0: down$/m)
})

describe('a wait', () => {
  it('ends with the migration, by whatever it ends', async () => {
    await startMigration()
    meanwhile = async () => {
      for (const slot of [0, 1, 2, 3, 4, 5]) await complete(slot)
    }
    expect(await status({ wait: '1h' })).toMatchObject({ exitCode: 0, data: { migration: { state: 'ended' } } })
    await now.cluster.write(OWNER, 'startMigration', [{ operatorBitmask: 62n, replicationStrategy: 0 }])
    meanwhile = async () => {
      await now.chain.rpc('evm_increaseTime', [5])
      await now.cluster.write(OWNER, 'abortMigration', [2n])
    }
    const aborted = await status({ wait: '1h' })
    expect(aborted).toMatchObject({ exitCode: 9, data: { migration: { id: 2, state: 'aborted' } } })
    expect(text(aborted)).toMatch(/the last one, 2, started .* and was aborted /)
    // That one is over.
    expect(await status({ wait: '1h' })).toMatchObject({ exitCode: 0 })
  })

  it('lasts no longer than it may', async () => {
    await startMigration()
    let pauses = 0
    meanwhile = () => pauses++
    expect(await status({ wait: '1m' })).toMatchObject({ exitCode: 8, data: { migration: { state: 'running' } } })
    expect(pauses).toBeGreaterThan(5)
  })
})

it.each([
  [{ watch: true, wait: '1h' }, 'USAGE'],
  [{ probeTimeout: '1s' }, 'USAGE'],
  [{ databaseSize: 'much' }, 'SETTING_INVALID'],
  [{ wait: '0' }, 'SETTING_INVALID'],
] as const)('%j is refused', async (input, code) => {
  expect(await rejectedBy(status(input))).toMatchObject({ code })
})
