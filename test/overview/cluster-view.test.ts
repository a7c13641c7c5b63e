/** What `cluster view --shards` counts: of each operator what it stores, and has to pull. */
import { expect, it } from 'vitest'
import type { Chain } from '../../src/chain/chain.js'
import { run } from '../../src/overview/cluster-view.js'
import { snapshotAt } from '../support/cluster-at.js'
import { testServices } from '../support/services.js'

async function counted(keyspace: readonly number[], newKeyspace: readonly number[] | null, shards = true) {
  const snapshot = snapshotAt({ others: ['one', 'two', 'three', 'four', 'five'] })
  const view = { ...snapshot.view, keyspace, newKeyspace }
  const services = testServices({
    chain: async () => ({ readCluster: async () => ({ ...snapshot, view }) }) as Partial<Chain> as Chain,
    settings: { encryptionKey: async () => null },
  })
  return (await run(services, { shards })).data.operators
}

it('is all of them where five operators store', async () => {
  for (const operator of await counted([0, 1, 2, 3, 4], null))
    expect(operator).toMatchObject({ shards: operator.slot < 5 ? 65_536 : 0, shards_to_pull: null })
})

it('is shared where a sixth one comes', async () => {
  const operators = await counted([0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5])
  expect(operators.slice(0, 5)).toEqual(Array(5).fill(expect.objectContaining({ shards: 65_536, shards_to_pull: 0 })))
  expect(operators[5]).toMatchObject({ shards: 0 })
  expect(operators[5]?.shards_to_pull).toBeGreaterThan(50_000)
})

it('is not told of a keyspace that the network rejects', async () => {
  for (const operator of await counted([0, 1, 2, 3], null))
    expect(operator).toMatchObject({ shards: null, shards_to_pull: null })
})

it('is not counted unless asked for', async () => {
  for (const operator of await counted([0, 1, 2, 3, 4], null, false)) expect(operator).not.toHaveProperty('shards')
})
