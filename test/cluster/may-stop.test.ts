/** What may go down: each rule by itself, and that rollouts and `ok-to-stop` say the same in every state there is. */
import { describe, expect, it } from 'vitest'
import {
  type DatabaseSituation,
  type NodesLimits,
  type NodesSituation,
  whyDatabaseMustStay,
  whyNodesMustStay,
  whyOperatorMustStay,
} from '../../src/cluster/may-stop.js'
import { nextBatch } from '../../src/nodes/model/next-batch.js'

const ids = (objections: readonly { readonly id: string }[]) => objections.map(({ id }) => id)

describe('nodes', () => {
  const situation = (values: Partial<NodesSituation> = {}): NodesSituation => ({
    ...{ total: 3, down: new Set(), primary: null, migrating: false },
    ...values,
  })
  const LIMITS: NodesLimits = { maxUnavailable: Infinity, duringMigration: false }

  it('may while one at least is left, and no more are down than may be', () => {
    const why = (places: readonly number[], down: readonly number[], limits = LIMITS) =>
      ids(whyNodesMustStay(situation({ down: new Set(down) }), limits, places))
    expect(why([0], [])).toEqual([])
    expect(why([0, 1], [])).toEqual([])
    expect(why([0, 1, 2], [])).toEqual(['others-down'])
    expect(why([0], [1])).toEqual([])
    expect(why([0], [1, 2])).toEqual(['others-down'])
    // One that is down already takes nothing away.
    expect(why([1], [1])).toEqual([])
    expect(why([1], [0, 1, 2])).toEqual(['others-down'])
    expect(why([0], [1], { ...LIMITS, maxUnavailable: 1 })).toEqual(['others-down'])
    expect(ids(whyNodesMustStay(situation({ total: 1 }), LIMITS, [0]))).toEqual(['others-down'])
  })

  it('may not while data migrates, unless somebody says so; the primary one not even then', () => {
    const why = (places: readonly number[], duringMigration: boolean, primary: number | null = 0) =>
      ids(whyNodesMustStay(situation({ migrating: true, primary }), { ...LIMITS, duringMigration }, places))
    expect(why([1], false)).toEqual(['migration'])
    expect(why([1], true)).toEqual([])
    expect(why([0], true)).toEqual(['primary'])
    expect(why([0], true, null)).toEqual([])
  })

  it('may exactly where a rollout would take them: all states of up to four nodes', () => {
    let [allowed, refused] = [0, 0]
    for (const total of [1, 2, 3, 4])
      for (let mask = 0; mask < 1 << total; mask++)
        for (const primary of [null, ...Array(total).keys()])
          for (const migrating of [false, true])
            for (const duringMigration of [false, true])
              for (const maxUnavailable of [1, 2, Infinity])
                for (const place of Array(total).keys()) {
                  const down = new Set([...Array(total).keys()].filter((one) => mask & (1 << one)))
                  const state = { total, down, primary, migrating }
                  const limits = { maxUnavailable, duringMigration }
                  const mayStop = whyNodesMustStay(state, limits, [place]).length === 0
                  const taken = nextBatch({ ...state, remaining: [place] }, { ...limits, batch: 1 })
                  expect(taken).toEqual(mayStop ? [place] : [])
                  if (mayStop) allowed++
                  else refused++
                }
    expect([allowed, refused].every((times) => times > 500)).toBe(true)
  })
})

it('a database may while the slot is free or its own, no data migrates, and nobody needs it', () => {
  const holders = ['nobody', 'own', 'other'] as const
  for (const holder of holders)
    for (const migrating of [false, true])
      for (const shardsLost of [null, 0, 7]) {
        const situation: DatabaseSituation = { holder, migrating, shardsLost }
        expect(ids(whyDatabaseMustStay(situation))).toEqual([
          ...(holder === 'other' ? ['slot-taken'] : []),
          ...(migrating ? ['migration'] : []),
          ...(shardsLost === 7 ? ['quorum'] : []),
        ])
      }
})

it('an operator may leave once it stores nothing, pulls nothing, nobody pulls from it, and it holds no slot', () => {
  const none = { inKeyspace: false, pulledFrom: false, pulls: false, holdsSlot: false }
  expect(whyOperatorMustStay(none)).toEqual([])
  expect(ids(whyOperatorMustStay({ inKeyspace: true, pulledFrom: true, pulls: true, holdsSlot: true }))).toEqual([
    ...['in-keyspace', 'migration', 'pulls', 'holds-slot'],
  ])
})
