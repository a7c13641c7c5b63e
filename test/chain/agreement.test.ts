import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { createDeadline } from '../../src/base/deadline.js'
import type { Hex } from '../../src/base/hex.js'
import type { WriteSnapshot } from '../../src/chain/chain.js'
import { connectChain, type EvmChain } from '../../src/chain/evm-chain.js'
import { readAccount, readCluster, readClusterForWrite } from '../../src/chain/read-at-one-block.js'
import { unreachable } from '../../src/chain/rpc/json-rpc.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { fakeClock } from '../support/fake-clock.js'
import { type FakeProviders, fakeProviders, hashOf, no, ok, type Shown } from '../support/fake-rpc.js'
import { type Behaviour, type FaultProxy, startFaultProxy } from '../support/fault-proxy.js'
import { inNoTime } from '../support/in-no-time.js'
import { behindBy, showing } from '../support/lagging.js'
import { rejectedBy } from '../support/rejected.js'
import { OPERATOR, useRealCluster } from '../support/use-real-cluster.js'
import { readVectors } from '../support/vectors.js'

const golden = readVectors<{ contract: string; operators: string[]; states: { get_view: Hex }[] }>('cluster-states')
const view = golden.states[2]!.get_view
const laterView = golden.states[4]!.get_view
const contract = parseAddress(golden.contract, 'the test')
const account = parseAddress(golden.operators[0]!, 'the test')

const sound: Shown = {
  chainId: 10,
  head: 100,
  fork: 'main',
  genesis: 'genesis',
  baseFee: 100,
  time: 1_700_000_000,
  view,
  nonce: 7,
  pending: 7,
  balance: 10 ** 15,
  slot: hashOf('', 0),
  code: '0x6000',
  tip: 5,
  failure: null,
  instead: () => undefined,
}
const gone = (host: string): Partial<Shown> => ({ failure: unreachable(host, 'ECONNREFUSED') })

/** One provider for each; what is not said is as a sound one shows it. */
function providersOf(shown: readonly Partial<Shown>[], quorum?: number): FakeProviders {
  return fakeProviders(
    shown.map((one) => ({ ...sound, ...one })),
    quorum,
  )
}
const write = (providers: FakeProviders) => readClusterForWrite({ providers, chainId: 10 }, contract, account)
const read = (providers: FakeProviders, block?: number) => readCluster({ providers, chainId: 10 }, contract, block)
const refusal = async (shown: readonly Partial<Shown>[], quorum?: number) =>
  rejectedBy(write(providersOf(shown, quorum)))

describe('providers that agree', () => {
  it('are asked once each, at once, and none is named', async () => {
    const providers = providersOf([{}, {}, {}])
    const snapshot = await write(providers)
    expect(snapshot).toMatchObject({
      chainId: 10,
      genesisHash: hashOf('genesis', 0),
      block: { number: 100, hash: hashOf('main', 100) },
      account: { nonce: 7, pendingNonce: 7, balanceWei: 10n ** 15n },
      implementation: null,
    })
    expect(providers.all.map(({ asked }) => asked.length)).toEqual([1, 1, 1])
    expect(providers.leftOut).toEqual([])
  })

  it.each([1, 2, 3])('may be %i blocks apart: what counts is the block that all have', async (lag) => {
    const providers = providersOf([{}, { head: 100 - lag }, {}])
    expect((await write(providers)).block.number).toBe(100 - lag)
    expect(providers.all.map(({ asked }) => asked.length)).toEqual([2, 1, 2])
    expect(providers.leftOut).toEqual([])
  })

  it('may write hex as they like', async () => {
    const loud = { view: `0x${view.slice(2).toUpperCase()}`, slot: '0x0' }
    expect((await write(providersOf([{}, loud]))).view.operators).toHaveLength(5)
  })

  it('may have pools and tips of their own: the highest nonce and the middle tip are taken', async () => {
    const snapshot = await write(
      providersOf([
        { pending: 9, tip: 50 },
        { pending: 7, tip: 1 },
        { pending: 8, tip: 2 },
      ]),
    )
    expect(snapshot.account.pendingNonce).toBe(9)
    expect(snapshot.fees).toEqual({ maxPriorityFeePerGas: 2n, maxFeePerGas: 202n })
  })

  it.each<[string, number[], number, number, string[]]>([
    ['one liar of three', [7, 1_000_000, 7], 2, 7, ['b shows the pending nonce 1000000, and the others 7']],
    ['one of three whose pool is empty', [8, 7, 8], 2, 8, []],
    [
      'two of three, where one is enough',
      [9, 7, 8],
      1,
      7,
      ['a shows the pending nonce 9, and the others 7', 'c shows the pending nonce 8, and the others 7'],
    ],
    ['one of two, where both have to agree', [7, 9], 2, 9, []],
    ['one that counts fewer than are in blocks', [3, 7], 2, 7, []],
    ['all that count fewer than are in blocks', [3, 3], 2, 7, []],
  ])('may count what waits otherwise: %s', async (_, pending, quorum, believed, leftOut) => {
    const providers = providersOf(
      pending.map((one) => ({ pending: one })),
      quorum,
    )
    expect((await write(providers)).account).toMatchObject({ nonce: 7, pendingNonce: believed })
    expect(providers.leftOut).toEqual(leftOut)
  })

  it.each<[string, (number | null)[], bigint]>([
    ['of two the lower', [9_000_000, 3], 3n],
    ['of four the lower one in the middle', [1, 9, 4, 3], 3n],
    ['the only one', [null, 8], 8n],
    ['a usual one where there is none', [null, null], 1_000_000n],
  ])('may suggest no tip: %s', async (_, tips, tip) => {
    expect((await write(providersOf(tips.map((one) => ({ tip: one }))))).fees.maxPriorityFeePerGas).toBe(tip)
  })

  it('may not show what waits in their pools: those that do count', async () => {
    const hidden: Partial<Shown> = {
      instead: ({ params }) => (params[1] === 'pending' ? no('pending block is not available') : undefined),
    }
    const providers = providersOf([hidden, { pending: 9 }, hidden], 2)
    expect((await write(providers)).account).toMatchObject({ nonce: 7, pendingNonce: 9 })
    const unseen = providersOf([hidden, hidden])
    expect((await write(unseen)).account).toMatchObject({ nonce: 7, pendingNonce: 7, poolUnseen: true })
    expect([...providers.leftOut, ...unseen.leftOut]).toEqual([])
  })

  it.each([
    ['far too much', 9_000_000],
    ['far more than the others', 501],
  ])('may not suggest a tip of %s: who does is named', async (_, tip) => {
    const providers = providersOf([{ tip: 5 }, { tip }, { tip: 4 }])
    expect((await write(providers)).fees.maxPriorityFeePerGas).toBe(5n)
    expect(providers.leftOut).toEqual([`b says that the priority fee is ${tip}, where others say 5`])
  })

  it('are asked for the genesis block once', async () => {
    const providers = providersOf([{}, {}])
    await write(providers)
    await readAccount({ providers, chainId: 10 }, account)
    const asked = providers.all[0]?.asked.map((list) => list.filter(({ params }) => params[0] === '0x0').length)
    expect(asked).toEqual([1, 0])
  })

  it.each<[string, number[], number, number[]]>([
    ['one that is a little behind', [100, 100, 98], 100, [1, 1, 1]],
    ['one that is a little ahead', [100, 102, 100], 100, [1, 2, 1]],
    ['all at another block', [100, 102, 101], 101, [1, 2, 1]],
  ])('where not all have to are asked at the newest block that enough have: %s', async (_, heads, block, asked) => {
    const providers = providersOf(
      heads.map((head) => ({ head })),
      2,
    )
    expect((await write(providers)).block.number).toBe(block)
    expect(providers.all.map((one) => one.asked.length)).toEqual(asked)
    expect(providers.leftOut).toEqual([])
  })

  it('go back to the block of one that is behind where they need its word', async () => {
    const providers = providersOf([{ head: 101 }, { head: 100 }, { head: 101, view: laterView }], 2)
    expect((await write(providers)).block.number).toBe(100)
    expect(providers.leftOut).toEqual(["c shows other state at block 100 (the cluster's view)"])
  })

  it('about a given block are asked for that one', async () => {
    const providers = providersOf([{ head: 105 }, {}])
    expect((await read(providers, 90)).block).toEqual({ number: 90, hash: hashOf('main', 90) })
    expect(providers.all.map(({ asked }) => asked.length)).toEqual([1, 1])
  })

  it.each<[string, Partial<Shown>, string]>([
    ['nothing is there', { view: '0x', code: '0x' }, 'NOT_A_CONTRACT'],
    ['something else is there', { view: '0x' }, 'NOT_A_CLUSTER'],
    ['it reverts', { view: no('execution reverted', 3) }, 'NOT_A_CLUSTER'],
  ])('that no cluster is there say so: %s', async (_, shown, code) => {
    expect((await refusal([shown, shown])).code).toBe(code)
  })

  it('that it reverts may do so in their own words', async () => {
    const error = await refusal([{ view: no('execution reverted', 3) }, { view: no('VM Exception: revert', -32015) }])
    expect(error.code).toBe('NOT_A_CLUSTER')
  })
})

/** One provider that does not agree, and how it is named. */
const DISSENT: readonly [string, Partial<Shown>, string][] = [
  ['other data', { view: laterView }, "shows other state at block 100 (the cluster's view)"],
  ['no cluster', { view: '0x' }, "shows other state at block 100 (the cluster's view)"],
  ['a revert', { view: no('execution reverted', 3) }, "shows other state at block 100 (the cluster's view)"],
  ['another nonce', { nonce: 8 }, 'shows other state at block 100 (the nonce)'],
  ['two other things', { nonce: 8, balance: 1 }, 'shows other state at block 100 (the nonce, the balance)'],
  [
    'other code behind the proxy',
    { slot: hashOf('x', 1) },
    'shows other state at block 100 (the implementation behind the proxy)',
  ],
  ['another genesis block', { genesis: 'other' }, 'shows other state at block 100 (the genesis block)'],
  ['another base fee', { baseFee: 10 ** 9 }, "shows other state at block 100 (the block's header)"],
  ['another time', { time: 1_800_000_000 }, "shows other state at block 100 (the block's header)"],
  ['another fork', { fork: 'z' }, 'has another block 100 (0x7a000000…), as on another fork'],
  ['a head far behind', { head: 95 }, 'lags 5 blocks'],
  ['a head just too far behind', { head: 96 }, 'lags 4 blocks'],
  ['a head far ahead', { head: 2 ** 40 }, `claims to be ${2 ** 40 - 100} blocks ahead`],
  ['an error', { view: no('quota exceeded') }, 'failed (answered eth_call with an error: "quota exceeded")'],
  ['an answer of another kind', { slot: 'none' }, 'failed (answered with a malformed implementation behind the proxy)'],
  ['no answer', gone('b'), 'failed (ECONNREFUSED)'],
]

/** Stops everything as well, and says first of all which chain it is. */
const OTHER_CHAIN: (typeof DISSENT)[number] = [
  'another chain',
  { chainId: 1 },
  'failed (serves chain 1, but chain 10 is expected)',
]

describe('a provider that does not agree', () => {
  it.each(DISSENT)('stops everything where all have to: %s', async (_, shown, words) => {
    const error = await refusal([{}, shown, {}])
    expect(error.code).toBe('PROVIDERS_DISAGREE')
    expect(error.message).toContain(`a shows block 100; b ${words}; c shows block 100`)
    expect(error.hint).toBeTruthy()
    expect(error.details).toMatchObject({
      quorum: 3,
      block: 100,
      providers: [{ host: 'a' }, { host: 'b' }, { host: 'c' }],
    })
  })

  it.each([...DISSENT, OTHER_CHAIN])('is left out and named where enough others agree: %s', async (_, shown, words) => {
    for (const place of [0, 1, 2]) {
      const all: Partial<Shown>[] = [{}, {}, {}]
      all[place] = shown.failure ? gone('abc'.charAt(place)) : shown
      const providers = providersOf(all, 2)
      const snapshot = await write(providers)
      expect(snapshot).toMatchObject({
        genesisHash: hashOf('genesis', 0),
        block: { number: 100, hash: hashOf('main', 100) },
        account: { nonce: 7, balanceWei: 10n ** 15n },
        fees: { maxFeePerGas: 205n },
        implementation: null,
      })
      expect(snapshot.view.version).toBe((await read(providersOf([{}]))).view.version)
      expect(providers.leftOut).toEqual([`${'abc'.charAt(place)} ${words}`])
    }
  })

  it.each(DISSENT.filter(([, { head, failure }]) => head === undefined && !failure))(
    'is not outvoted by one: %s',
    async (_, shown) => {
      if (JSON.stringify(shown).includes('quota') || shown.slot === 'none') return
      for (const all of [
        [{}, shown],
        [shown, {}],
      ]) {
        const error = await refusal(all, 1)
        expect(error.code).toBe('PROVIDERS_DISAGREE')
        expect(error.message).toMatch(/a shows block 100; b /)
      }
    },
  )

  it('can’t be told from the others where two stand against two', async () => {
    const error = await refusal([{}, { nonce: 8 }, {}, { nonce: 8 }], 2)
    expect(error.code).toBe('PROVIDERS_DISAGREE')
    expect(error.message).toContain('2 of 4 have to')
  })

  it('of two kinds is named as each is', async () => {
    const error = await refusal([{ view: laterView }, { head: 95 }, {}])
    expect(error.message).toMatch(/a shows block 100; b lags 5 blocks; c shows other state/)
  })

  it('is found at the block that all have, even if it is one that not all were at', async () => {
    const error = await refusal([{ head: 101, view: laterView }, { head: 99 }])
    expect(error.message).toContain("b shows other state at block 99 (the cluster's view)")
  })

  it('about a given block is named as well', async () => {
    const providers = providersOf([{}, {}, { fork: 'z' }], 2)
    expect((await read(providers, 90)).block.hash).toBe(hashOf('main', 90))
    expect(providers.leftOut).toEqual(['c has another block 90 (0x7a000000…), as on another fork'])
    const error = await rejectedBy(read(providersOf([{}, { view: laterView }]), 90))
    expect(error.message).toContain("b shows other state at block 90 (the cluster's view)")
  })
})

describe('lag alone', () => {
  it('says so', async () => {
    const error = await refusal([{}, { head: 95 }])
    expect(error.code).toBe('PROVIDERS_DISAGREE')
    expect(error.message).toBe('the RPC providers are not at the same block: a shows block 100; b lags 5 blocks')
    expect(error.hint).toContain('--rpc-quorum')
    expect(error.details?.providers).toEqual([
      { host: 'a', kind: 'agrees' },
      { host: 'b', kind: 'lags', blocks: 5 },
    ])
  })

  it('of one is passed over where one is enough, if it agrees about its own head', async () => {
    const providers = providersOf([{ head: 95 }, {}], 1)
    expect((await write(providers)).block.number).toBe(100)
    expect(providers.leftOut).toEqual(['a lags 5 blocks'])
  })

  it('of the sound one does not give a liar the last word', async () => {
    const error = await refusal([{ head: 95 }, { view: laterView }], 1)
    expect(error.code).toBe('PROVIDERS_DISAGREE')
    expect(error.message).toContain('a lags 5 blocks, and shows other state at block 95; b shows block 100')
  })

  it('is nothing to go by where the old block can’t be compared', async () => {
    const pruned: Partial<Shown> = {
      instead: ({ method, params }) =>
        method === 'eth_call' && params[1] !== 'latest' ? no('missing trie node') : undefined,
    }
    const error = await refusal([{ head: 50 }, pruned], 1)
    expect(error.message).toContain('a lags 50 blocks, and could not be compared at block 50')
  })
})

describe('trouble', () => {
  it('of all is a NETWORK error that names each', async () => {
    const error = await refusal([gone('a'), gone('b')], 1)
    expect(error.code).toBe('NETWORK')
    expect(error.message).toContain('none of the 2 RPC providers could be used: a: ECONNREFUSED; b: ECONNREFUSED')
    expect(error.details?.providers).toHaveLength(2)
  })

  it.each([
    ['all have to agree', [{}, { chainId: 1 }, {}], 3],
    ['too few are left', [{}, { chainId: 1 }, gone('c')], 2],
    ['there is no other', [gone('a'), { chainId: 1 }], 1],
    ['all serve it', [{ chainId: 1 }, { chainId: 1 }], 2],
  ])('of one with the chain is said where %s', async (_, shown, quorum) => {
    const error = await refusal(shown, quorum)
    expect(error.code).toBe('WRONG_CHAIN')
    expect(error.message).toMatch(/^the RPC provider [ab] serves chain 1, but chain 10 is expected$/)
  })

  it('of one that hangs does not hold up the others for long', async () => {
    const providers = providersOf([{}, {}, {}], 2)
    Object.assign(providers.all[1] ?? {}, { send: () => new Promise(() => {}) })
    expect((await inNoTime(() => write(providers))).block.number).toBe(100)
    expect(providers.leftOut).toEqual(['b failed (it is far slower than the others)'])
  })

  it('of one that can’t answer about the block that all have', async () => {
    const forgetful: Partial<Shown> = {
      head: 101,
      instead: ({ params }) => (params[1] === '0x64' ? no('header not found') : undefined),
    }
    const error = await inNoTime(() => refusal([forgetful, {}]))
    expect(error.message).toContain('a failed (does not have the state of block 100); b shows block 100')
  })
})

describe('whatever providers answer', () => {
  const json = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('0x', '0x0', '0x1', null, view, {}))
  const reply = fc.oneof(
    json.map(ok),
    fc.string({ maxLength: 20 }).map((text) => no(text)),
  )
  const small = fc.integer({ min: 0, max: 2 })
  const provider: fc.Arbitrary<Shown> = fc
    .record({
      head: fc.oneof(fc.integer({ min: 95, max: 101 }), fc.constant(2 ** 40)),
      fork: fc.constantFrom('main', 'main', 'main', 'z'),
      genesis: fc.constantFrom('genesis', 'genesis', 'other'),
      view: fc.constantFrom<unknown>(view, view, laterView, '0x', no('execution reverted', 3), no('busy')),
      nonce: small,
      pending: small,
      balance: small,
      baseFee: fc.constantFrom(100, 100, 101),
      tip: fc.option(small),
      failure: fc.option(fc.constant(unreachable('x', 'ECONNRESET')), { freq: 5 }),
      odd: fc.dictionary(fc.constantFrom('eth_getBlockByNumber', 'eth_call', 'eth_getBalance', 'eth_chainId'), reply, {
        maxKeys: 1,
      }),
      isOdd: fc.boolean(),
    })
    .map(({ odd, isOdd, ...shown }) => ({
      ...sound,
      ...shown,
      instead: ({ method }) => (isOdd && Object.hasOwn(odd, method) ? odd[method] : undefined),
    }))
  const isNamed = ({ leftOut }: FakeProviders, n: number) => leftOut.some((why) => why.startsWith('abcdefgh'.charAt(n)))
  const several = fc.array(provider, { minLength: 2, maxLength: 5 })

  const factsOf = ({ block, view, account, genesisHash, implementation, fees }: WriteSnapshot) => ({
    hash: block.hash,
    baseFee: fees.maxFeePerGas - fees.maxPriorityFeePerGas,
    version: view.version,
    nonce: account.nonce,
    balance: account.balanceWei,
    genesisHash,
    implementation,
  })
  /** What a provider says alone, of which only the block depends on where it is asked for. */
  const factsAlone = async (shown: Shown, block: number) => {
    // It would be waited for.
    if (shown.head < block) throw new Error('it has no such block')
    // Alone it would have to be plausible.
    const target = { providers: fakeProviders([{ ...shown, pending: shown.nonce }]), chainId: 10 }
    const { hash } = (await readCluster(target, contract, block)).block
    return { ...factsOf(await readClusterForWrite(target, contract, account)), hash }
  }

  it('nothing is given out that fewer than the quorum say, and nothing breaks', async () => {
    let given = 0
    const run = () =>
      fc.assert(
        fc.asyncProperty(several, fc.nat(), async (shown, seed) => {
          const quorum = (seed % shown.length) + 1
          const providers = fakeProviders(shown, quorum)
          const snapshot = await write(providers).catch((error: unknown) => {
            if (error instanceof WcnError) return error
            throw error
          })
          if (snapshot instanceof WcnError) {
            expect(['PROVIDERS_DISAGREE', 'NETWORK', 'WRONG_CHAIN', 'NOT_A_CLUSTER', 'NOT_A_CONTRACT']).toContain(
              snapshot.code,
            )
            return
          }
          given++
          const facts = factsOf(snapshot)
          const words = await Promise.allSettled(shown.map((one) => factsAlone(one, snapshot.block.number)))
          const agreeing = shown.filter((_, index) => {
            const word = words[index]
            return word?.status === 'fulfilled' && isDeepStrictEqual(word.value, facts)
          })
          expect(agreeing.length).toBeGreaterThanOrEqual(quorum)
          const { nonce, pendingNonce } = snapshot.account
          const claims = agreeing.filter(({ pending }) => Math.max(nonce, pending) >= pendingNonce)
          expect(claims.length).toBeGreaterThan(Math.min(shown.length - quorum, agreeing.length - 1))
          const aboutPools = providers.leftOut.filter((words) => words.includes('pending nonce'))
          if (pendingNonce > nonce)
            expect(aboutPools.length).toBe(agreeing.filter(({ pending }) => pending > pendingNonce).length)
          // One that is a little behind may not have been needed.
          const { number } = snapshot.block
          const silent = shown.filter((one, n) => one.head < number && one.head > number - 4 && !isNamed(providers, n))
          // A tip that is far from those of the others is no other word on the chain.
          const aboutTips = providers.leftOut.filter((words) => words.includes('priority fee'))
          const others = providers.leftOut.length - aboutPools.length - aboutTips.length
          expect(others).toBe(shown.length - agreeing.length - silent.length)
        }),
        { numRuns: 1000 },
      )
    await inNoTime(run)
    // The test means nothing where hardly any of them agree.
    expect(given).toBeGreaterThan(20)
  })
})

describe('before a real chain', () => {
  const { now } = useRealCluster()
  const proxies: FaultProxy[] = []
  const open: EvmChain[] = []
  beforeAll(async () => {
    for (let n = 0; n < 4; n++) proxies.push(await startFaultProxy(() => now.chain.url))
  })
  afterEach(async () => {
    for (const chain of open.splice(0)) chain.close()
    for (const proxy of proxies) await proxy.reset()
  })
  afterAll(() => Promise.all(proxies.map((proxy) => proxy.stop())))

  const honest: Behaviour = async (exchange) => exchange.answer(await exchange.deliver())
  const hex = (text: string) => Buffer.from(text).toString('hex')
  /** Renames an operator, and with it the whole view. */
  const liar = showing(hex('member X'), hex('member 1'))
  const laggard = behindBy(5)

  async function chainBehind(behaviours: readonly Behaviour[], quorum = behaviours.length) {
    await now.chain.rpc('anvil_mine', ['0x8'])
    const used = proxies.slice(0, behaviours.length)
    for (const [index, proxy] of used.entries()) proxy.decide = () => behaviours[index]
    const warnings: string[] = []
    const chain = await connectChain(
      {
        providers: {
          providers: used.map(({ url }) => ({ url, headers: {}, proxy: null })),
          quorum,
          certificateAuthorities: null,
        },
        chainId: 31337,
        contract: () => now.contract,
        requestTimeoutMs: 5000,
        deadline: createDeadline(() => performance.now(), null),
        warn: (text) => warnings.push(text),
      },
      fakeClock(),
    )
    open.push(chain)
    return { chain, warnings, hosts: used.map(({ host }) => host) }
  }

  it.each([
    ['all have to agree', [liar, laggard], 2],
    ['one is enough', [liar, laggard], 1],
    ['a sound one is there as well', [honest, liar, laggard], 2],
    ['a sound one is there, and one is enough', [honest, liar, laggard], 1],
  ])(
    'a lie about the view and a lag of five blocks are never believed, and both named: %s',
    async (_, which, quorum) => {
      const { chain, hosts } = await chainBehind(which, quorum)
      for (const ask of [() => chain.readClusterForWrite(OPERATOR), () => chain.readCluster()]) {
        const error = await rejectedBy(ask)
        expect(error.code).toBe('PROVIDERS_DISAGREE')
        for (const host of hosts) expect(error.message).toContain(host)
        expect(error.message).toMatch(/lags 5 blocks/)
      }
    },
  )

  it('where enough others agree, they are left out, and named once', async () => {
    const { chain, warnings, hosts } = await chainBehind([honest, liar, laggard, honest], 2)
    const snapshot = await chain.readClusterForWrite(OPERATOR)
    expect(snapshot.view.operators[1]?.decoded?.name).toBe('member 1')
    await chain.readClusterForWrite(OPERATOR)
    expect(warnings).toEqual([
      `the RPC provider ${hosts[1]} is left out: it shows other state at block ${snapshot.block.number} (the cluster's view)`,
      `the RPC provider ${hosts[2]} is left out: it lags 5 blocks`,
    ])
  })

  it('one that lags is passed over where one is enough', async () => {
    const { chain, warnings, hosts } = await chainBehind([laggard, honest], 1)
    const snapshot = await chain.readClusterForWrite(OPERATOR)
    expect(snapshot.block.number).toBe(Number(await now.chain.rpc('eth_blockNumber')))
    expect(warnings).toEqual([`the RPC provider ${hosts[0]} is left out: it lags 5 blocks`])
  })

  it('two that are sound cost one round trip', async () => {
    const { chain } = await chainBehind([honest, honest])
    await chain.readClusterForWrite(OPERATOR)
    expect(proxies.slice(0, 2).map(({ seen }) => seen.length)).toEqual([1, 1])
  })

  it('a block that one of them gets later is waited for', async () => {
    let late = true
    const { chain } = await chainBehind([honest, (exchange) => (late ? laggard : honest)(exchange)])
    const head = Number(await now.chain.rpc('eth_blockNumber'))
    const asked = chain.readCluster({ block: head })
    const proxy = proxies[1] as FaultProxy
    await until(() => proxy.seen.length >= 2)
    late = false
    expect((await asked).block.number).toBe(head)
  })
})

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
