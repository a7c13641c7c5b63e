/** Tells the recorded life of a real cluster: each transaction of test/vectors/cluster-states.json in the right words. */
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import type { Hex } from '../../src/base/hex.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import type { ClusterSnapshot } from '../../src/chain/chain.js'
import { decodeGetView } from '../../src/chain/contract/decode-get-view.js'
import { decodeEvent } from '../../src/chain/decode-event.js'
import type { ClusterEvent } from '../../src/cluster/cluster-event.js'
import { type ClusterView, clusterView } from '../../src/cluster/cluster-view.js'
import { clusterChanges } from '../../src/history/cluster-diff.js'
import { followEvents } from '../../src/history/follow-events.js'
import { createTeller } from '../../src/history/model/retell.js'
import { tellDifference } from '../../src/history/model/tell-difference.js'
import { readVectors } from '../support/vectors.js'

interface Recorded {
  readonly encryption_key: string
  readonly operators: readonly string[]
  readonly states: readonly {
    readonly name: string
    readonly get_view: Hex
    readonly transactions: readonly {
      readonly logs: readonly { readonly topics: readonly Hex[]; readonly data: Hex }[]
    }[]
  }[]
}

const recorded = readVectors<Recorded>('cluster-states')
const contract = parseAddress('12'.repeat(20), 'the test')
const key = parseEncryptionKey(recorded.encryption_key, 'the vectors')
const viewOf = (hex: Hex): ClusterView => {
  const raw = decodeGetView(hex)
  if (raw === null) throw new Error('a recorded view does not decode')
  return clusterView(raw)
}

let block = 1
function eventsOf({ transactions }: Recorded['states'][number]): readonly ClusterEvent[] {
  return transactions.flatMap(({ logs }) => {
    block++
    return logs.map(({ topics, data }, index): ClusterEvent => {
      const event = decodeEvent(topics, data)
      if (event === null) throw new Error('a recorded event does not decode')
      const place = { block, blockHash: '0xb1' as Hex, time: 1_790_000_000, transaction: '0x7a' as Hex, index }
      return { ...place, version: event.version, ...event.meaning }
    })
  })
}

describe('the recorded life of a cluster', () => {
  const [first, ...later] = recorded.states
  if (!first) throw new Error('no recorded states')

  it('is told in the right words', async () => {
    const tell = createTeller(viewOf(first.get_view), key)
    const told = later.map((state) => ({
      state: state.name,
      events: eventsOf(state).map((event) => tell(event).words),
    }))
    const text = told.map(({ state, events }) => `${state}\n${events.map((words) => `  ${words}\n`).join('')}`).join('')
    await expect(text).toMatchFileSnapshot('golden/recorded-life.txt')
  })

  it('is told in the same words by who sees no more than the states, where one change lies between two', () => {
    let compared = 0
    for (const [place, state] of recorded.states.entries()) {
      const earlier = recorded.states[place - 1]
      if (earlier === undefined) continue
      const [before, after] = [viewOf(earlier.get_view), viewOf(state.get_view)]
      const events = eventsOf(state).filter(({ version }) => version !== null)
      const heard = tellDifference(before, after, 1_790_000_000, key)
      expect(after.version - before.version).toBe(BigInt(events.length))
      if (events.length !== 1) continue
      const [event] = events.map(createTeller(before, key))
      const nowhere = { block: null, log_index: null, transaction: null }
      const left = { words: expect.stringMatching(/is in maintenance no more$/), operator: expect.anything() }
      expect(heard, state.name).toEqual([
        { ...event, ...nowhere, ...(event?.event === 'maintenance-left' ? left : {}) },
      ])
      compared++
    }
    expect(compared).toBeGreaterThan(5)
  })

  it('loses no change of several, and says how many can not be seen', () => {
    const views = recorded.states.map(({ get_view }) => viewOf(get_view))
    const [founded, last] = [views[0], views.at(-1)]
    if (!founded || !last) throw new Error('no recorded states')
    const heard = tellDifference(founded, last, 1, key)
    const unseen = heard.filter(({ event }) => event === 'unseen')
    expect(heard.every(({ version, event }) => version === null || event === 'unseen')).toBe(true)
    expect(unseen).toMatchObject([{ version: Number(last.version) }])
    const [, count] = /^(\d+) changes/.exec(unseen[0]?.words ?? '') ?? []
    const versioned = heard.filter(({ event }) => event !== 'unseen' && event !== 'ownership-transferred')
    expect(BigInt(count ?? 0) + BigInt(versioned.length)).toBe(last.version - founded.version)
    expect(tellDifference(last, last, 1, key)).toEqual([])
  })

  it('is told in the same words where it is watched, whatever is seen at a time', async () => {
    const before = viewOf(first.get_view)
    const hashOf = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`
    const events = later.flatMap(eventsOf).map((event) => ({ ...event, blockHash: hashOf(event.block) }))
    let head = (events[0]?.block ?? 0) - 1
    const snapshotAt = (number: number): ClusterSnapshot => {
      const version = events.findLast((event) => event.block <= number && event.version !== null)?.version
      const block = { number, hash: hashOf(number) }
      return { chainId: 1, contract, block, view: { ...before, version: version ?? before.version } }
    }
    const look = followEvents(
      {
        chain: async () => ({
          readCluster: async ({ block } = {}) => snapshotAt(block ?? head),
          blockHashes: async (numbers) => numbers.map(hashOf),
          history: async ({ from, to }) => events.filter(({ block }) => block >= from && block <= to),
        }),
        key,
        warn: (text) => expect.fail(text),
      },
      snapshotAt(head),
    )
    const told: string[] = []
    for (let step = 1; head < (events.at(-1)?.block ?? 0); step++) {
      head += step
      for (const { event, undone } of await look()) told.push(undone ? 'undone' : event.words)
    }
    const tell = createTeller(before, key)
    expect(told).toEqual(events.map((event) => tell(event).words))
  })

  it('has one event for every version', () => {
    const versions = later.flatMap(eventsOf).flatMap(({ version }) => version ?? [])
    const start = viewOf(first.get_view).version
    expect(versions).toEqual(versions.map((_, index) => start + BigInt(index) + 1n))
    expect(versions.at(-1)).toBe(viewOf(later.at(-1)?.get_view ?? '0x').version)
  })

  it('leads from each state to the next: what was told of operators is what differs', () => {
    let before = viewOf(first.get_view)
    for (const state of later) {
      const after = viewOf(state.get_view)
      const tell = createTeller(before, key)
      const names = new Map(before.operators.map(({ id, decoded }) => [id, decoded?.name]))
      for (const event of eventsOf(state)) {
        const { operator } = tell(event)
        if (operator) names.set(parseAddress(operator.id, 'test'), operator.name ?? undefined)
      }
      for (const { id, decoded } of after.operators) if (decoded) expect(names.get(id), state.name).toBe(decoded.name)
      const same = clusterChanges(after, after, key)
      expect(same).toEqual([])
      const differs = clusterChanges(before, after, key)
      // Who is offered the ownership is not part of the view.
      const isSeen = eventsOf(state).some(({ version }) => version !== null)
      expect(differs.length > 0, state.name).toBe(isSeen)
      before = after
    }
  })

  it('hides addresses without the key', () => {
    const tell = createTeller(viewOf(first.get_view), null)
    const words = later.flatMap(eventsOf).map((event) => tell(event).words)
    expect(words.join('\n')).toContain('encrypted')
    const octets = /\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/
    expect(words.filter((line) => octets.test(line))).toEqual([])
  })
})
