/** What was read of a history once is not read again, and never believed where the chain is another one by now. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import type { Hex } from '../../src/base/hex.js'
import type { Chain, ClusterSnapshot, HistoryQuery } from '../../src/chain/chain.js'
import type { ClusterEvent } from '../../src/cluster/cluster-event.js'
import { formatRecord, type HistoryRecord, newerHalf, parseRecord } from '../../src/history/model/history-record.js'
import { readEvents } from '../../src/history/read-events.js'
import { testServices } from '../support/services.js'

const contract = parseAddress('12'.repeat(20), 'the test')
const operator = parseAddress('34'.repeat(20), 'the test')
const hashOf = (fork: number, number: number): Hex => `0x${fork}${number.toString(16).padStart(63, '0')}`
const of = { chainId: 10, contract, source: '1 of one.example' }

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wcn-history-'))
})
afterEach(() => rmSync(directory, { recursive: true }))
const file = () => join(directory, 'history', `10-${contract}.json`)

/** An event in each third block, which makes a version; in a ninth, one that makes none. */
function eventAt(fork: number, block: number): readonly ClusterEvent[] {
  if (block === 0 || block % 3 !== 0) return []
  const place = { block, blockHash: hashOf(fork, block), time: block, transaction: hashOf(fork, block), index: 0 }
  const made = {
    ...place,
    version: BigInt(block / 3),
    kind: 'operator-updated',
    operator,
    slot: fork,
    data: Uint8Array.of(fork, block & 255),
  } as const
  const other = { ...place, index: 1, version: null, kind: 'ownership-offered', from: operator, to: contract } as const
  return block % 9 === 0 ? [made, other] : [made]
}
const eventsOf = (fork: number, from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => eventAt(fork, from + index)).flat()
const versionAt = (block: number) => BigInt(Math.floor(Math.max(0, block) / 3))

/** A chain of one fork; what is asked of it is kept. */
function world(head: number, { fork = 1, url = 'https://one.example/token', quorum = 1 } = {}) {
  const asked: Pick<HistoryQuery, 'from' | 'to'>[] = []
  const chain: Pick<Chain, 'history' | 'blockHashes'> = {
    async history({ from, to, before, after }) {
      asked.push({ from, to })
      expect([before ?? versionAt(from - 1), after]).toEqual([versionAt(from - 1), versionAt(to)])
      return eventsOf(fork, from, to)
    },
    blockHashes: async (numbers) => numbers.map((number) => (number > head ? null : hashOf(fork, number))),
  }
  const services = testServices({
    chain: async () => chain as Chain,
    stateDirectory: () => directory,
    settings: {
      providers: async () => ({ providers: [{ url, headers: {}, proxy: null }], quorum, certificateAuthorities: null }),
    },
  })
  const read = (first: number, { last = head, known = true, debug = false } = {}) => {
    const snapshot = {
      chainId: 10,
      contract,
      block: { number: last, hash: hashOf(fork, last) },
      view: { version: versionAt(last) },
    }
    const before = known ? versionAt(first - 1) : null
    return readEvents(services, snapshot as ClusterSnapshot, { first, before, debug })
  }
  return { asked, read, said: services.said }
}

describe('a history that was read before', () => {
  it('is read of the chain from there on only, and back to where it began', async () => {
    expect(await world(1000).read(500)).toEqual(eventsOf(1, 500, 1000))
    const later = world(1100)
    expect(await later.read(520)).toEqual(eventsOf(1, 520, 1100))
    expect(later.asked).toEqual([{ from: 937, to: 1100 }])
    const longer = world(1100)
    expect(await longer.read(300)).toEqual(eventsOf(1, 300, 1100))
    expect(longer.asked).toEqual([
      { from: 300, to: 499 },
      { from: 1037, to: 1100 },
    ])
    const earlier = world(1100)
    expect(await earlier.read(300, { last: 700 })).toEqual(eventsOf(1, 300, 700))
    expect(earlier.asked).toEqual([])
  })

  it('is private, and no part of it is a token', async () => {
    await world(1000).read(500)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(readFileSync(file(), 'utf8')).not.toContain('token')
  })

  it.each([
    ['the chain is another by now', { fork: 2 }],
    ['others say so', { fork: 1, url: 'https://two.example' }],
    ['more have to agree', { fork: 1, quorum: 2 }],
  ])('is read anew where %s', async (_, other) => {
    await world(1000).read(500)
    const now = world(1000, other)
    expect(await now.read(500)).toEqual(eventsOf(other.fork, 500, 1000))
    expect(now.asked).toEqual([{ from: 500, to: 1000 }])
    const again = world(1000, other)
    await again.read(500)
    expect(again.asked).toEqual([{ from: 937, to: 1000 }])
  })

  it.each([
    ['cut off', () => truncateSync(file(), 300)],
    ['changed', () => writeFileSync(file(), readFileSync(file(), 'utf8').replace('"slot":1', '"slot":2'))],
    ['no text', () => writeFileSync(file(), Buffer.of(0xff, 0xfe))],
    ['empty', () => writeFileSync(file(), '')],
  ])('is read and written anew where the file is %s, which is told to who asks for it', async (_, damage) => {
    await world(1000).read(500)
    for (const debug of [true, false]) {
      damage()
      const now = world(1000)
      expect(await now.read(500, { debug })).toEqual(eventsOf(1, 500, 1000))
      expect(now.asked).toEqual([{ from: 500, to: 1000 }])
      expect(now.said).toEqual(debug ? [expect.stringMatching(/^warning: what was read before is read anew: /)] : [])
      const again = world(1000)
      await again.read(500)
      expect(again.asked).toEqual([{ from: 937, to: 1000 }])
    }
  })

  it('is not kept where there is no place for it', async () => {
    writeFileSync(join(directory, 'history'), '')
    expect(await world(1000).read(500)).toEqual(eventsOf(1, 500, 1000))
    expect(readdirSync(directory)).toEqual(['history'])
  })

  it('is the same as the chain, whatever was read before', async () => {
    const step = fc.record({
      grown: fc.nat(150),
      first: fc.nat(800),
      back: fc.nat(100),
      known: fc.boolean(),
      fork: fc.constantFrom(1, 1, 1, 2),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
        rmSync(join(directory, 'history'), { recursive: true, force: true })
        let head = 400
        for (const { grown, first, back, known, fork } of steps) {
          head += grown
          const from = Math.max(1, Math.min(first, head - back))
          const last = head - back
          expect(await world(head, { fork }).read(from, { last, known })).toEqual(eventsOf(fork, from, last))
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a record', () => {
  const record: HistoryRecord = {
    ...of,
    ...{ from: 1, before: 0n, to: { number: 30, hash: hashOf(1, 30) }, after: 10n, events: eventsOf(1, 1, 30) },
  }

  it('is read as it was written', () => {
    expect(parseRecord(formatRecord(record), of)).toEqual(record)
  })

  it.each([
    { ...of, chainId: 11 },
    { ...of, contract: operator },
    { ...of, source: '2 of one.example' },
  ])('is not of another: %o', (other) => expect(parseRecord(formatRecord(record), other)).toBeNull())

  it('is nothing where it is of another format, or no record', () => {
    for (const text of ['', '[]', 'null', '{}', formatRecord(record).replace('"format":1', '"format":0')])
      expect(parseRecord(text, of)).toBeNull()
  })

  it('is cut where a block begins', () => {
    const half = newerHalf(record)
    expect(half).toEqual({
      ...record,
      from: half.from,
      before: versionAt(half.from - 1),
      events: eventsOf(1, half.from, 30),
    })
    expect(half.events.length).toBeLessThan(record.events.length)
    expect(newerHalf({ ...record, events: [] })).toMatchObject({ from: 31, events: [] })
  })
})
