/** Over a thousand lives of a chain whose providers fail, lag and reorganise, what was told in the end is what happened. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import type { Hex } from '../../src/base/hex.js'
import type { Chain, ClusterSnapshot } from '../../src/chain/chain.js'
import type { ClusterEvent } from '../../src/cluster/cluster-event.js'
import type { ClusterView } from '../../src/cluster/cluster-view.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { type Base, followEvents, type Happening } from '../../src/history/follow-events.js'

const CONTRACT = parseAddress(`0x${'99'.repeat(20)}`, 'the test')
const OPERATOR = parseAddress(`0x${'11'.repeat(20)}`, 'the test')

interface Block {
  readonly hash: Hex
  readonly transactions: readonly Hex[]
}

/** Each transaction makes one event and one version. */
function modelChain() {
  let [blocks, made]: [Block[], number] = [[], 0]
  const hex = (): Hex => `0x${(++made).toString(16).padStart(64, '0')}`
  const mine = (transactions: readonly Hex[]) => void blocks.push({ hash: hex(), transactions })
  mine([])
  const snapshotOf = (number: number): ClusterSnapshot => {
    const block = blocks[number]
    if (!block) throw new WcnError('RPC_ERROR', `no block ${number}`)
    const version = BigInt(blocks.slice(0, number + 1).reduce((sum, { transactions }) => sum + transactions.length, 1))
    const view = { version, operators: [], owner: OPERATOR, maintenance: null, settings: {} } as unknown as ClusterView
    return { chainId: 1, contract: CONTRACT, block: { number, hash: block.hash }, view } as unknown as ClusterSnapshot
  }
  const eventsOf = (from: number, to: number): readonly ClusterEvent[] => {
    let version = snapshotOf(from - 1).view.version
    return blocks.slice(from, to + 1).flatMap(({ hash, transactions }, index) =>
      transactions.map((transaction, place): ClusterEvent => {
        const at = { block: from + index, blockHash: hash, time: 1, transaction, index: place, version: ++version }
        return { ...at, kind: 'data-pulled', id: 1n, operator: OPERATOR }
      }),
    )
  }
  return {
    mine: (count: number) => mine(Array.from({ length: count }, hex)),
    /** The last blocks are replaced: what was in them may come again, in another place, or never. */
    reorganise: (depth: number, keep: number) => {
      const gone = blocks.splice(Math.max(1, blocks.length - depth)).flatMap(({ transactions }) => transactions)
      mine(gone.filter((_, index) => (keep >> index) & 1))
      for (let left = 1; left < depth; left++) mine([])
    },
    head: () => blocks.length - 1,
    snapshotOf,
    eventsOf,
    hashesOf: (numbers: readonly number[]) => numbers.map((number) => blocks[number]?.hash ?? null),
    /** Of the blocks up to that one, as a server shows them that does not hear of what comes then. */
    stopped: (): ((from: number, to: number) => readonly ClusterEvent[]) => {
      const now = [...blocks]
      return (from, to) => {
        const later = blocks
        blocks = now
        try {
          return eventsOf(from, to)
        } finally {
          blocks = later
        }
      }
    },
    transactions: () => blocks.flatMap(({ transactions }) => transactions),
    replaceAll: () => {
      blocks = blocks.map(() => ({ hash: hex(), transactions: [hex()] }))
    },
  }
}

type Model = ReturnType<typeof modelChain>

interface Weather {
  readonly lag: number
  readonly fault: 'none' | 'head' | 'events' | 'events-of-another-head' | 'events-of-a-fork'
}
const FAIR: Weather = { lag: 0, fault: 'none' }

function follow(model: Model, base: Base) {
  let weather = FAIR
  let between = () => {}
  const warned: string[] = []
  let behind = model.stopped()
  const chain = async (): Promise<Pick<Chain, 'readCluster' | 'history' | 'blockHashes'>> => ({
    blockHashes: async (numbers) => model.hashesOf(numbers),
    readCluster: async ({ block } = {}) => {
      if (block !== undefined) return model.snapshotOf(block)
      if (weather.fault === 'head') throw new WcnError('NETWORK', 'no answer')
      return model.snapshotOf(Math.max(0, model.head() - weather.lag))
    },
    history: async ({ from, to, before, after }) => {
      between()
      if (weather.fault === 'events') throw new WcnError('RPC_ERROR', 'keeps events back')
      if (to > model.head()) throw new WcnError('RPC_ERROR', 'no such block')
      const events = weather.fault === 'events-of-a-fork' ? behind(from, to) : model.eventsOf(from, to)
      const versions = events.map(({ version }) => version)
      const start = before ?? (versions[0] ?? after + 1n) - 1n
      const isNext = versions.every((version, index) => version === start + BigInt(index) + 1n)
      if (!isNext || BigInt(versions.length) !== after - start) throw new WcnError('RPC_ERROR', 'keeps events back')
      // What the real one finds out by the versions of the events.
      const known = before ?? model.snapshotOf(from - 1).view.version
      const isWhole = model.snapshotOf(from - 1).view.version === known && model.snapshotOf(to).view.version === after
      if (!isWhole) throw new WcnError('RPC_ERROR', 'keeps events back')
      return events
    },
  })
  const look = followEvents({ chain, key: null, warn: (text) => void warned.push(text) }, base)
  const told: string[] = []
  const take = (happenings: readonly Happening[]) => {
    for (const { event, undone } of happenings)
      if (undone) expect(told.pop()).toBe(event.transaction)
      else {
        expect(told).not.toContain(event.transaction)
        told.push(event.transaction)
      }
  }
  return {
    told,
    warned,
    /** One of the provider's servers hears nothing from here on. */
    stop: () => {
      behind = model.stopped()
    },
    look: async (now: Weather = FAIR, meanwhile = () => {}) => {
      ;[weather, between] = [now, meanwhile]
      try {
        const happenings = await look()
        take(happenings)
        return happenings.length > 0
      } catch (error) {
        if (!(error instanceof WcnError)) throw error
        return false
      }
    },
  }
}

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ mined: fc.integer({ min: 0, max: 3 }), stops: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ depth: fc.integer({ min: 1, max: 20 }), keep: fc.nat(255) }) },
    { weight: 1, arbitrary: fc.record({ empty: fc.integer({ min: 1, max: 90 }) }) },
    {
      weight: 5,
      arbitrary: fc.record({
        lag: fc.integer({ min: 0, max: 3 }),
        fault: fc.constantFrom('none', 'none', 'head', 'events', 'events-of-another-head', 'events-of-a-fork'),
      }),
    },
  ),
  { maxLength: 40, size: 'max' },
)

describe('events are followed', () => {
  it('over whatever providers do, none lost and none told twice', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (life) => {
        const model = modelChain()
        const { told, look, warned, stop } = follow(model, model.snapshotOf(0))
        for (const step of life) {
          if ('mined' in step) {
            model.mine(step.mined)
            if (step.stops) stop()
          } else if ('depth' in step) model.reorganise(step.depth, step.keep)
          else if ('empty' in step) for (let left = step.empty; left > 0; left--) model.mine(0)
          else {
            const isNews = await look(step as Weather, () => {
              // The chain goes on between the two questions.
              if (step.fault === 'events-of-another-head') model.reorganise(2, 1)
            })
            // By servers that are behind it may have been said what is not on the chain.
            if (isNews) expect(told).toEqual(model.transactions().slice(0, told.length))
          }
        }
        // Higher than it ever was, with every answer right.
        for (let left = 0; left < 25; left++) model.mine(left === 24 ? 1 : 0)
        await look()
        expect(told).toEqual(model.transactions())
        expect(warned).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })

  it('from a block on of which no provider has the state', async () => {
    const model = modelChain()
    model.mine(2)
    const { told, look } = follow(model, { ...model.snapshotOf(1), view: null, isUnknown: true })
    model.mine(3)
    await look()
    model.reorganise(1, 0)
    model.mine(1)
    await look()
    expect(told).toEqual(model.transactions().slice(2))
  })

  it('from the newest block on where all before it is another chain, and says so', async () => {
    const model = modelChain()
    const { told, look, warned } = follow(model, model.snapshotOf(0))
    model.mine(2)
    await look()
    expect(told).toHaveLength(2)
    model.replaceAll()
    model.mine(1)
    await look()
    expect(warned.join()).toMatch(/reorganised before block 0: what happens is told from block 2 on/)
    model.mine(1)
    await look()
    expect(told.at(-1)).toBe(model.transactions().at(-1))
    expect(told).toHaveLength(3)
  })
})
