import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import type { AccountSnapshot } from '../../src/chain/chain.js'
import { agreedNumber, estimateCost } from '../../src/chain/estimate-cost.js'
import { explainRevert } from '../../src/chain/reverts.js'
import { type JsonRpc, type RpcReply, type RpcRequest, unreachable } from '../../src/chain/rpc/json-rpc.js'
import type { TransactionRequest } from '../../src/chain/transaction.js'
import { rejectedBy } from '../support/rejected.js'
import { localRpc, no, ok, providersOf } from './providers-of.js'

const address = parseAddress('12'.repeat(20), 'the test')
const snapshot = {
  chainId: 10,
  account: { address, nonce: 0 },
  fees: { maxFeePerGas: 7n, maxPriorityFeePerGas: 1n },
} as AccountSnapshot
const call = { to: address, data: '0x01' } as const
const UNAUTHORIZED = '0x82b42900'
const reverts: RpcReply = { ok: false, error: { code: 3, message: 'execution reverted', data: UNAUTHORIZED } }

const word = (value: number) => `0x${value.toString(16).padStart(64, '0')}`
const GET_OPERATOR_FEE = '0x275aedd2'
type OperatorFee = (gas: number) => RpcReply
/** As the oracle is before Isthmus. */
const notThere: OperatorFee = () => ({ ok: false, error: { code: 3, message: 'execution reverted', data: '0x' } })
const provider = (host: string, gas: RpcReply, l1Fee: RpcReply = ok('0x'), operatorFee = notThere) =>
  localRpc(host, ({ method, params }: RpcRequest) => {
    if (method === 'eth_getTransactionCount') return ok('0x5')
    if (method === 'eth_estimateGas') return gas
    const { data } = params[0] as { readonly data: string }
    return data.startsWith(GET_OPERATOR_FEE) ? operatorFee(Number(`0x${data.slice(10)}`)) : l1Fee
  })
const down = (host: string): JsonRpc => ({
  host,
  close: () => {},
  send: () => Promise.reject(unreachable(host, 'ECONNRESET')),
})
const estimate = (all: readonly JsonRpc[], quorum = all.length, transaction: TransactionRequest = call) => {
  const providers = providersOf(all, quorum)
  return { providers, cost: estimateCost(providers, snapshot, transaction) }
}

describe('the gas limit', () => {
  const limit = async (transaction: TransactionRequest, gas: string) =>
    (await estimate([provider('a', ok(gas))], 1, transaction).cost).gas
  const data = (bytes: number) => `0x${'11'.repeat(bytes)}` as const

  it('has room for storage that somebody else may make dear meanwhile', async () => {
    expect(await limit({ to: address, data: data(320) }, '0x186a0')).toBe(120_000n + 10n * 22_100n)
    expect(await limit({ to: address, data: '0x' }, '0x5208')).toBe(25_200n)
  })

  it('is no more than a transaction may have, unless that is not enough', async () => {
    expect(await limit({ to: address, data: data(65_535) }, '0x186a0')).toBe(16_777_216n)
    expect(await limit({ to: address, data: data(65_535) }, '0x1312d00')).toBe(24_000_000n)
  })

  it('has no such room for a deployment', async () => {
    expect(await limit({ to: null, data: data(20_000) }, '0x186a0')).toBe(120_000n)
  })
})

describe('the operator fee', () => {
  const fee = async (operatorFee: OperatorFee) =>
    (await estimate([provider('a', ok('0x186a0'), ok(word(8)), operatorFee)]).cost).operatorFeeWei
  // The limit is 120 000 gas and the room for one word of storage.
  const gas = 142_100

  it.each<[string, OperatorFee, bigint]>([
    ['before Isthmus', notThere, 0n],
    ['on a chain without the oracle', () => ok('0x'), 0n],
    ['that is none', () => ok(word(0)), 0n],
    ['that is fixed', () => ok(word(77)), 77n],
    ['of Isthmus', (gas) => ok(word(Math.floor((gas * 500_000) / 1_000_000) + 77)), BigInt(gas / 2 + 77)],
    ['of Jovian', (gas) => ok(word(gas * 3 * 100 + 77)), BigInt(gas * 300 + 77)],
  ])('%s is that of the gas limit', async (_, operatorFee, wei) => {
    expect(await fee(operatorFee)).toBe(wei)
  })

  it.each([no('quota exceeded'), ok('0xzz'), ok(null)])('is not taken for none where it is %j', async (reply) => {
    expect((await rejectedBy(fee(() => reply))).code).toBe('RPC_ERROR')
  })

  it('is agreed on', async () => {
    const all = [1, 100, 1].map((wei, n) =>
      provider('abc'.charAt(n), ok('0x186a0'), ok('0x'), (gas) => ok(word(gas * wei))),
    )
    const { cost, providers } = estimate(all, 2)
    expect((await cost).operatorFeeWei).toBe(BigInt(gas))
    expect(providers.warned).toEqual([`b says that the operator fee in wei is ${100 * gas}, where others say ${gas}`])
  })
})

describe('of several providers', () => {
  const said = (...pairs: readonly (readonly [gas: number, l1Fee: number])[]) =>
    pairs.map(([gas, l1Fee], n) => provider('abcd'.charAt(n), ok(`0x${gas.toString(16)}`), ok(word(l1Fee))))
  const MAX = Number.MAX_SAFE_INTEGER

  it('that all have to agree the dearest counts, of gas and of the L1 fee', async () => {
    const { cost, providers } = estimate(said([100_000, 5], [150_000, 8], [190_000, 9]))
    expect(await cost).toEqual({
      gas: 250_100n,
      executionFeeWei: 1_750_700n,
      l1FeeWei: 9n,
      operatorFeeWei: 0n,
      nonce: 0,
    })
    expect(providers.warned).toEqual([])
  })

  it.each<[string, [number, number], RegExp]>([
    ['far more gas', [MAX, 8], /^. says that the gas this takes is 9007199254740991, where others say 1[01]0000$/],
    ['ten times the gas', [1_000_000, 8], /^. says that the gas this takes is 1000000, where/],
    ['hardly any gas', [1, 8], /^. says that the gas this takes is 1, where others say 110000$/],
    ['no gas', [0, 8], /gas this takes is 0/],
    ['a huge L1 fee', [100_000, MAX], /^. says that the L1 fee in wei is 9007199254740991, where others say 8$/],
    ['no L1 fee', [100_000, 0], /^. says that the L1 fee in wei is 0, where others say 8$/],
  ])('one that says %s is named, and its word does not count', async (_, lie, words) => {
    for (const place of [0, 1, 2]) {
      const all: [number, number][] = [
        [100_000, 8],
        [110_000, 8],
      ]
      all.splice(place, 0, lie)
      const { cost, providers } = estimate(said(...all), 2)
      const { gas, l1FeeWei } = await cost
      expect([142_100n, 154_100n]).toContain(gas)
      expect(l1FeeWei).toBe(8n)
      expect(providers.warned).toEqual([expect.stringMatching(words)])
      expect(providers.warned[0]).toMatch(new RegExp(`^${'abc'.charAt(place)} `))
    }
  })

  it('two that differ by far are both named, since nobody can tell which is right', async () => {
    const error = await rejectedBy(estimate(said([100_000, 8], [MAX, 8])).cost)
    expect(error).toMatchObject({
      code: 'PROVIDERS_DISAGREE',
      message: 'the RPC providers disagree on the gas this takes: a says 100000, b says 9007199254740991',
      details: {
        providers: [
          { host: 'a', says: '100000' },
          { host: 'b', says: '9007199254740991' },
        ],
      },
    })
    expect((await rejectedBy(estimate(said([100_000, 8], [100_000, 0])).cost)).message).toContain('the L1 fee in wei')
  })

  it('the state may be that before and after a write: the dearer counts, and nobody is named', async () => {
    const { cost, providers } = estimate(said([67_000, 8], [266_000, 8]))
    expect((await cost).gas).toBe(341_300n)
    expect(providers.warned).toEqual([])
  })

  it('what counts is between two honest answers as long as fewer lie than have to agree', async () => {
    const near = fc.integer({ min: 100_000, max: 195_000 })
    const any = fc.oneof(fc.nat(), fc.integer({ min: 0, max: MAX }), near)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }).chain((quorum) =>
          fc.record({
            quorum: fc.constant(quorum),
            honest: fc.array(near, { minLength: quorum, maxLength: 5 }),
            lies: fc.array(any, { maxLength: quorum - 1 }),
            seed: fc.nat(),
          }),
        ),
        async ({ quorum, honest, lies, seed }) => {
          const all = [...honest, ...lies].sort((a, b) => ((a * (seed + 1)) % 7) - ((b * (seed + 1)) % 7))
          const number = agreedNumber(
            all.map((value) => ({ rpc: down('x'), value: BigInt(value) })),
            quorum,
          )
          // The liars may make it impossible to tell, where they are as many; never believed.
          if (number === null) return expect(lies.length * 2).toBeGreaterThanOrEqual(all.length)
          expect(Number(number.value)).toBeGreaterThanOrEqual(Math.min(...honest))
          expect(Number(number.value)).toBeLessThanOrEqual(Math.max(...honest) * 8)
        },
      ),
    )
  })

  it('a revert is one when enough of them say so', async () => {
    const all = [provider('a', reverts), provider('b', reverts), provider('c', ok('0x10000'))]
    const error = await rejectedBy(estimate(all, 2).cost)
    expect(error).toMatchObject({ code: 'CALL_REVERTS', details: { error: 'Unauthorized' } })
    const { cost, providers } = estimate([...all, provider('d', ok('0x10000'))], 2)
    expect((await cost).gas).toBe(100_743n)
    expect(providers.warned).toEqual([
      expect.stringMatching(/^a says that the contract would refuse this: .*\(Unauthorized\)$/),
      expect.stringMatching(/^b says/),
    ])
  })

  it('or when all that answer say so', async () => {
    const error = await rejectedBy(estimate([down('a'), provider('b', reverts)]).cost)
    expect(error.code).toBe('CALL_REVERTS')
  })

  it('they disagree when neither is enough', async () => {
    const error = await rejectedBy(estimate([provider('a', ok('0x10000')), provider('b', reverts)]).cost)
    expect(error.code).toBe('PROVIDERS_DISAGREE')
    expect(error.message).toMatch(/a says it does, b says it does not: .*\(Unauthorized\)/)
    expect(error.details).toEqual({ takes: ['a'], refuses: ['b'] })
  })

  it('one that fails is left out where the others are enough', async () => {
    const { cost, providers } = estimate([down('a'), provider('b', ok('0x10000'))], 1)
    expect((await cost).l1FeeWei).toBe(0n)
    expect(providers.warned).toEqual(['a failed (ECONNRESET)'])
    expect((await rejectedBy(estimate([down('a'), provider('b', ok('0x10000'))]).cost)).code).toBe('NETWORK')
  })
})

it('of one provider is one request, which asks for the nonce once more', async () => {
  const rpc = provider('a', ok('0x10000'))
  let requests = 0
  const counted: JsonRpc = {
    ...rpc,
    send: (all) => {
      requests++
      return rpc.send(all)
    },
  }
  expect(await estimate([counted]).cost).toMatchObject({ nonce: 5 })
  expect(requests).toBe(1)
})

it.each<[string, RpcReply, RpcReply]>([
  ['an error', no('quota exceeded'), ok('0x')],
  ['no number', ok('lots'), ok('0x')],
  ['a number beyond any gas', ok(`0x${'ff'.repeat(32)}`), ok('0x')],
  ['an error for the L1 fee', ok('0x10000'), no('quota exceeded')],
  ['no number for the L1 fee', ok('0x10000'), ok('0xzz')],
])('%s is no price', async (_, gas, l1Fee) => {
  expect((await rejectedBy(estimate([provider('a', gas, l1Fee)]).cost)).code).toBe('RPC_ERROR')
})

describe('why a transaction failed', () => {
  const explain = (...all: JsonRpc[]) => explainRevert(providersOf(all), call, address, 16)

  it('is told by the first provider that can replay it', async () => {
    const teller = localRpc('teller', () => reverts)
    expect(
      await explain(
        down('a'),
        localRpc('pruned', () => no('missing trie node')),
        teller,
      ),
    ).toContain('(Unauthorized)')
    expect(teller.asked).toEqual([
      { method: 'eth_call', params: [{ from: address, to: address, data: '0x01' }, '0x10'] },
    ])
  })

  it('is not known where none can, or where it runs now', async () => {
    expect(await explain(down('a'))).toBe('the reason is not known')
    expect(await explain(localRpc('pruned', () => no('missing trie node')))).toBe('the reason is not known')
    expect(
      await explain(
        localRpc('runs', () => ok('0x')),
        localRpc('reverts', () => reverts),
      ),
    ).toBe('the reason is not known')
  })

  it('in the provider’s words shows neither its URL nor long bytes', async () => {
    const words = localRpc('a', () => no(`execution reverted at https://host/token: 0x${'ab'.repeat(100)}`))
    expect(await explain(words)).toBe('"execution reverted at (URL) (bytes)"')
  })
})
