import { parseGwei } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { createDeadline } from '../../src/base/deadline.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { broadcast } from '../../src/chain/broadcast.js'
import type { AccountSnapshot } from '../../src/chain/chain.js'
import { followTransaction } from '../../src/chain/follow-transaction.js'
import { signTransaction } from '../../src/chain/raw-transactions.js'
import { connectJsonRpc } from '../../src/chain/rpc/connect-json-rpc.js'
import type { JsonRpc } from '../../src/chain/rpc/json-rpc.js'
import type { FollowOptions, SignedTransaction } from '../../src/chain/transaction.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { type Anvil, type AnvilError, startAnvil } from '../support/anvil.js'
import { fakeClock } from '../support/fake-clock.js'
import { type FakeProvider, isBatch, startFakeProvider } from '../support/fake-provider.js'
import { providersOf, type TestProviders } from './providers-of.js'

const signer = privateKeySigner(parseOperatorPrivateKey('77'.repeat(32), 'the test'))
const SOMEBODY = parseAddress('5e'.repeat(20), 'the test')

let chain: Anvil
let rpc: JsonRpc
let fresh: string
beforeAll(async () => {
  // Two blocks make one safe, four make it final.
  chain = await startAnvil({ args: ['--no-mining', '--slots-in-an-epoch', '2'] })
  await chain.rpc('anvil_setBalance', [signer.address, '0xde0b6b3a7640000'])
  await chain.rpc('anvil_mine', ['0x5'])
})
afterAll(() => chain.stop())
beforeEach(async () => {
  fresh = await chain.rpc('evm_snapshot')
  rpc = await connectJsonRpc(chain.url, 5000)
})
afterEach(async () => {
  rpc.close()
  await chain.rpc('anvil_dropAllTransactions')
  await chain.rpc('evm_revert', [fresh])
})

/** A payment of nothing, told apart by what it bids. */
function signed({ nonce = 0, gwei = 10, to = SOMEBODY, data = '0x' as const } = {}): Promise<SignedTransaction> {
  const fees = { maxFeePerGas: parseGwei(String(gwei)), maxPriorityFeePerGas: parseGwei(String(gwei / 10)) }
  const snapshot = { chainId: 31337, fees, account: { address: signer.address, nonce } } as AccountSnapshot
  return signTransaction(snapshot, { to, data }, { gas: 50_000n }, signer)
}

interface Follow extends Partial<FollowOptions> {
  readonly providers?: TestProviders
  /** What happens in each pause, by its number from 1. */
  readonly meanwhile?: Readonly<Record<number, () => unknown>>
}

async function follow(transaction: SignedTransaction, { providers, meanwhile = {}, ...options }: Follow = {}) {
  let pauses = 0
  const clock = fakeClock(() => meanwhile[++pauses]?.())
  const outcome = await followTransaction(
    {
      providers: providers ?? providersOf([rpc]),
      chainId: 31337,
      clock,
      nowMs: () => 0,
      deadline: createDeadline(() => 0, null),
    },
    transaction,
    { finality: 'included', timeoutMs: 10_000, giveUpUnheard: false, sinceBlock: 5, ...options },
  )
  return { outcome, pauses }
}

const send = (transaction: SignedTransaction, providers = providersOf([rpc])) => broadcast(providers, transaction)
const mine = (blocks = 1) => chain.rpc('anvil_mine', [`0x${blocks.toString(16)}`])

describe('included', () => {
  it('when a block has it, and not before', async () => {
    const transaction = await signed()
    expect(await send(transaction)).toEqual({ accepted: true, refusals: [], failures: [] })
    expect(await follow(transaction, { timeoutMs: 0 })).toMatchObject({
      outcome: { kind: 'unknown', reason: expect.stringContaining('pool') },
    })
    const { outcome, pauses } = await follow(transaction, { meanwhile: { 3: mine } })
    expect(outcome).toMatchObject({ kind: 'included', receipt: { hash: transaction.hash, block: { number: 6 } } })
    expect(pauses).toBe(3)
  })

  it('although it was sent again, by us or by anybody else', async () => {
    const transaction = await signed()
    await send(transaction)
    expect(await send(transaction)).toMatchObject({
      accepted: false,
      refusals: [expect.stringContaining('already imported')],
    })
    const { outcome } = await follow(transaction, { giveUpUnheard: true, meanwhile: { 6: mine } })
    expect(outcome.kind).toBe('included')
    expect(await send(transaction)).toMatchObject({ accepted: false, refusals: ['"nonce too low"'] })
    expect(await follow(transaction, { giveUpUnheard: true })).toMatchObject({ outcome, pauses: 0 })
  })

  it('below the head as well', async () => {
    const transaction = await signed()
    await send(transaction)
    await mine(40)
    expect((await follow(transaction, { timeoutMs: 0 })).outcome.kind).toBe('included')
  })

  it('and reverted, when the code says no', async () => {
    await chain.rpc('anvil_setCode', [SOMEBODY, '0x5f5ffd'])
    const transaction = await signed()
    await send(transaction)
    await mine()
    expect((await follow(transaction)).outcome).toMatchObject({ kind: 'reverted', receipt: { block: { number: 6 } } })
  })
})

it('unheard: it was never sent', async () => {
  const { outcome } = await follow(await signed(), { giveUpUnheard: true })
  expect(outcome).toEqual({ kind: 'unheard' })
})

it('a nonce above the account’s waits in the pool like any other', async () => {
  const transaction = await signed({ nonce: 3 })
  await send(transaction)
  const { outcome } = await follow(transaction, { timeoutMs: 2000, meanwhile: { 2: mine } })
  expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('pool') })
})

describe('replaced', () => {
  it('by what bid more for the same nonce', async () => {
    const [transaction, dearer] = [await signed(), await signed({ gwei: 20 })]
    await send(transaction)
    const { outcome } = await follow(transaction, { meanwhile: { 2: () => send(dearer), 5: mine } })
    expect(outcome).toEqual({ kind: 'replaced', by: dearer.hash })
  })

  it('where it comes too late: the nonce is too low', async () => {
    const [transaction, other] = [await signed(), await signed({ gwei: 20 })]
    await send(other)
    await mine()
    expect(await send(transaction)).toMatchObject({ accepted: false, refusals: ['"nonce too low"'] })
    expect(await follow(transaction)).toEqual({ outcome: { kind: 'replaced', by: other.hash }, pauses: 0 })
  })

  it('found among many blocks, wherever it is, and whatever the account did since', async () => {
    const [transaction, other] = [await signed({ nonce: 1 }), await signed({ nonce: 1, gwei: 20 })]
    for (const [before, after] of [
      [0, 0],
      [3, 200],
      [200, 3],
    ] as const) {
      const start = await chain.rpc('evm_snapshot')
      await send(await signed())
      if (before) await mine(before)
      await send(other)
      await mine()
      for (const nonce of [2, 3]) await send(await signed({ nonce }))
      if (after) await mine(after)
      const { outcome } = await follow(transaction, { timeoutMs: 0 })
      expect(outcome).toEqual({ kind: 'replaced', by: other.hash })
      // Also where nothing is known of when the nonce was free.
      expect((await follow(transaction, { timeoutMs: 0, sinceBlock: 0 })).outcome).toEqual(outcome)
      await chain.rpc('evm_revert', [start])
    }
  })
})

describe('dropped', () => {
  it('when the pool let it go', async () => {
    const transaction = await signed()
    await send(transaction)
    const drop = () => chain.rpc('anvil_dropTransaction', [transaction.hash])
    const { outcome, pauses } = await follow(transaction, { timeoutMs: 60_000, meanwhile: { 2: drop } })
    expect(outcome).toEqual({ kind: 'dropped' })
    expect(pauses).toBe(41)
  })

  it('and included all the same where somebody has it still', async () => {
    const transaction = await signed()
    await send(transaction)
    const drop = () => chain.rpc('anvil_dropTransaction', [transaction.hash])
    const again = async () => {
      await send(transaction)
      await mine()
    }
    expect((await follow(transaction, { meanwhile: { 2: drop, 7: again } })).outcome.kind).toBe('included')
  })
})

describe('finality', () => {
  it.each([
    ['safe', 2],
    ['finalized', 4],
  ] as const)('%s: the block needs %i more upon it', async (finality, needed) => {
    const transaction = await signed()
    await send(transaction)
    await mine(needed)
    expect((await follow(transaction)).outcome.kind).toBe('included')
    expect((await follow(transaction, { finality, timeoutMs: 5000 })).outcome).toMatchObject({
      kind: 'unknown',
      reason: `included in block 6, which is not ${finality} yet`,
      receipt: { hash: transaction.hash },
    })
    const { outcome } = await follow(transaction, { finality, meanwhile: { 2: mine } })
    expect(outcome).toMatchObject({ kind: 'included', receipt: { block: { number: 6 } } })
  })
})

describe('a reorganisation between inclusion and confirmation', () => {
  it('is noticed, and the transaction followed into its next block', async () => {
    const transaction = await signed()
    await send(transaction)
    await mine()
    const providers = providersOf([rpc])
    const { outcome } = await follow(transaction, {
      providers,
      finality: 'safe',
      timeoutMs: 60_000,
      meanwhile: {
        1: () => chain.rpc('anvil_reorg', [1, []]),
        3: async () => {
          await send(transaction)
          await mine(4)
        },
      },
    })
    expect(outcome).toMatchObject({ kind: 'included', receipt: { block: { number: 7 } } })
    expect(providers.warned).toEqual([
      `block 6, which included transaction ${transaction.hash}, is no longer part of the chain: following the transaction on`,
    ])
  })

  it('may give its nonce to another', async () => {
    const [transaction, other] = [await signed(), await signed({ gwei: 20 })]
    const before = await chain.rpc('evm_snapshot')
    await send(transaction)
    await mine()
    const { outcome } = await follow(transaction, {
      finality: 'safe',
      timeoutMs: 60_000,
      meanwhile: {
        1: async () => {
          await chain.rpc('evm_revert', [before])
          await send(other)
          await mine()
        },
        4: () => mine(2),
      },
    })
    expect(outcome).toEqual({ kind: 'replaced', by: other.hash })
  })

  it('may lose it', async () => {
    const transaction = await signed()
    await send(transaction)
    await mine()
    const { outcome } = await follow(transaction, {
      finality: 'finalized',
      timeoutMs: 60_000,
      meanwhile: { 2: () => chain.rpc('anvil_reorg', [1, []]) },
    })
    expect(outcome).toEqual({ kind: 'dropped' })
  })
})

describe('several providers', () => {
  /** Stands before the chain; `change` alters what the chain answers to one request. */
  type Change = (method: string, result: unknown) => unknown
  let front: FakeProvider
  let other: JsonRpc
  beforeAll(async () => {
    front = await startFakeProvider()
  })
  afterAll(() => front.stop())
  afterEach(() => {
    other.close()
    front.reset()
  })

  async function second(change: Change): Promise<JsonRpc> {
    front.onPost = (body, response) => {
      const requests = isBatch(body) ? body : [body]
      const answers = requests.map(async ({ id, method, params }) => {
        const answered = await chain.rpc(method, params).then(
          (result) => ({ result: change(method, result) }),
          (error: AnvilError) => ({ error: { code: error.code, message: error.message } }),
        )
        return { jsonrpc: '2.0', id, ...answered }
      })
      Promise.all(answers).then((all) => response.end(JSON.stringify(isBatch(body) ? all : all[0])))
      return true
    }
    other = await connectJsonRpc(front.url, 5000)
    return other
  }
  const truthful: Change = (_, result) => result
  async function down(): Promise<JsonRpc> {
    other = await connectJsonRpc('http://127.0.0.1:1', 5000)
    return other
  }

  it('agree: one receipt', async () => {
    const transaction = await signed()
    const providers = providersOf([rpc, await second(truthful)])
    // It is one chain behind both: whichever comes second has it already.
    expect(await send(transaction, providers)).toMatchObject({ accepted: true, failures: [] })
    const { outcome } = await follow(transaction, { providers, meanwhile: { 3: mine } })
    expect(outcome.kind).toBe('included')
    expect(providers.warned).toEqual([])
  })

  it('one shows a receipt that is not there: not believed, and named', async () => {
    const transaction = await signed()
    const invented = async () => ({
      transactionHash: transaction.hash,
      blockNumber: '0x5',
      blockHash: (await chain.rpc<{ hash: string }>('eth_getBlockByNumber', ['0x5', false])).hash,
      gasUsed: '0x5208',
      effectiveGasPrice: '0x1',
      status: '0x1',
    })
    const receipt = await invented()
    const liar = await second((method, result) => (method === 'eth_getTransactionReceipt' ? receipt : result))
    const both = { providers: providersOf([rpc, liar]), giveUpUnheard: true, timeoutMs: 5000 }
    const { outcome } = await follow(transaction, both)
    expect(outcome).toMatchObject({ kind: 'unknown' })
    expect(outcome).toHaveProperty('reason', expect.stringContaining(`${liar.host} shows it included in block 5`))
    // A single one is enough only where the user said so.
    const one = await follow(transaction, { ...both, providers: providersOf([rpc, liar], 1) })
    expect(one.outcome.kind).toBe('included')
  })

  it('one hides the receipt: it is waited for', async () => {
    const transaction = await signed()
    await send(transaction)
    await mine()
    let hides = true
    const liar = await second((method, result) => (hides && method === 'eth_getTransactionReceipt' ? null : result))
    const show = () => {
      hides = false
    }
    const { outcome, pauses } = await follow(transaction, {
      providers: providersOf([rpc, liar]),
      meanwhile: { 6: show },
    })
    expect(outcome.kind).toBe('included')
    expect(pauses).toBe(6)
  })

  it('one shows another end: with enough of the others, it is named', async () => {
    const transaction = await signed()
    await send(transaction)
    await mine()
    const liar = await second((method, result) =>
      method === 'eth_getTransactionReceipt' ? { ...(result as object), status: '0x0' } : result,
    )
    const third = await connectJsonRpc(chain.url, 5000)
    const providers = providersOf([liar, rpc, third], 2)
    expect((await follow(transaction, { providers })).outcome.kind).toBe('included')
    expect(providers.warned).toEqual([`${liar.host} shows another end of transaction ${transaction.hash}`])
    expect((await follow(transaction, { providers: providersOf([liar, rpc]), timeoutMs: 1000 })).outcome).toMatchObject(
      {
        kind: 'unknown',
        reason: expect.stringMatching(/disagree: .* shows it reverted in block 6, .* shows it included in block 6/),
      },
    )
    third.close()
  })

  it('one says that the nonce is used: not believed', async () => {
    const transaction = await signed()
    await send(transaction)
    const liar = await second((method, result) => {
      if (method === 'eth_getTransactionCount') return '0x9'
      return method === 'eth_getTransactionByHash' ? null : result
    })
    const { outcome } = await follow(transaction, { providers: providersOf([rpc, liar]), timeoutMs: 3000 })
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('says that its nonce is used') })
    // It can show nothing that used it, which alone would be enough for one, but not against what the other shows.
    const alone = { providers: providersOf([rpc, liar], 1), timeoutMs: 3000 }
    expect((await follow(transaction, alone)).outcome.kind).toBe('unknown')
    const later = await follow(transaction, { providers: providersOf([rpc, liar]), meanwhile: { 2: mine } })
    expect(later.outcome.kind).toBe('included')
  })

  it('one names another as what took the nonce: only the one that both find counts', async () => {
    const [transaction, taker] = [await signed(), await signed({ gwei: 20 })]
    await send(taker)
    await mine()
    const liar = await second((method, result) => {
      const { transactions } = (method === 'eth_getBlockByNumber' ? result : {}) as { transactions?: unknown[] }
      if (!transactions) return result
      return {
        ...(result as object),
        transactions: transactions.map((one) =>
          typeof one === 'object' ? { ...one, hash: `0x${'66'.repeat(32)}` } : one,
        ),
      }
    })
    const { outcome } = await follow(transaction, { providers: providersOf([liar, rpc]) })
    expect(outcome).toEqual({ kind: 'replaced', by: null })
  })

  it('one falls behind after both showed the block: no reorganisation', async () => {
    const transaction = await signed()
    await send(transaction)
    await mine()
    let hides = false
    const behind = await second((method, result) => (hides && method === 'eth_getTransactionReceipt' ? null : result))
    const providers = providersOf([rpc, behind])
    const { outcome } = await follow(transaction, {
      providers,
      finality: 'safe',
      meanwhile: {
        1: () => {
          hides = true
        },
      },
    })
    expect(outcome).toMatchObject({ kind: 'unknown', receipt: { block: { number: 6 } } })
    expect(providers.warned).toEqual([])
  })

  it('one is down: enough with a quorum of one, unknown with two', async () => {
    const transaction = await signed()
    const gone = await down()
    const providers = providersOf([gone, rpc], 1)
    expect(await send(transaction, providers)).toMatchObject({
      accepted: true,
      failures: [expect.stringContaining('ECONNREFUSED')],
    })
    await mine()
    expect((await follow(transaction, { providers })).outcome.kind).toBe('included')
    expect((await follow(transaction, { providers: providersOf([gone, rpc]), timeoutMs: 1000 })).outcome).toMatchObject(
      {
        kind: 'unknown',
        reason: expect.stringContaining('ECONNREFUSED'),
      },
    )
  })

  it('one hangs: it holds nobody up', async () => {
    const transaction = await signed()
    await send(transaction)
    let asked = 0
    other = {
      host: 'hanging',
      close: () => {},
      send: () => {
        asked++
        return new Promise(() => {})
      },
    }
    const { outcome } = await follow(transaction, { providers: providersOf([other, rpc], 1), meanwhile: { 8: mine } })
    expect(outcome.kind).toBe('included')
    expect(asked).toBe(1)
  })

  it('final only when enough of them say so', async () => {
    const transaction = await signed()
    await send(transaction)
    await mine(6)
    const behind = await second(truthful)
    const answer = front.onPost
    front.onPost = (body, response) => {
      const safe = JSON.stringify(body).replaceAll('"safe"', '"finalized"')
      return answer(JSON.parse(safe), response)
    }
    const both = { finality: 'safe', timeoutMs: 3000 } as const
    expect((await follow(transaction, { ...both, providers: providersOf([rpc, behind], 1) })).outcome.kind).toBe(
      'included',
    )
    expect((await follow(transaction, { ...both, providers: providersOf([rpc, behind]) })).outcome.kind).toBe(
      'included',
    )
    await chain.rpc('evm_revert', [fresh])
    fresh = await chain.rpc('evm_snapshot')
    await send(transaction)
    await mine(3)
    expect((await follow(transaction, { ...both, providers: providersOf([rpc, behind], 1) })).outcome).toMatchObject({
      kind: 'included',
    })
    expect((await follow(transaction, { ...both, providers: providersOf([rpc, behind]) })).outcome).toMatchObject({
      kind: 'unknown',
      receipt: { block: { number: 6 } },
    })
  })
})
