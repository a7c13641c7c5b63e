/**
 * A chain that takes a block back between inclusion and finality (docs/dev/never.md 1): it is noticed, what was
 * reported is what the chain holds in the end, and the same transaction is finished, now or by `tx resume`.
 */
import { createWalletClient, type Hex, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startWcn } from '../support/background.js'
import { primaryPortOf, type Sighting, watch } from '../support/chain-watch.js'
import { sandbox } from '../support/cli.js'
import { type Account, useDevnet } from '../support/devnet.js'
import { type Exchange, type FaultProxy, startFaultProxy } from '../support/fault-proxy.js'
import { wcnJsonInProcess as wcnJson } from '../support/in-process.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

const chain = watch(
  () => net.rpcUrl,
  () => net.contract,
)
/** More blocks than anvil's `safe` and `finalized` are behind. */
const UNTIL_SAFE = 100
let proxy: FaultProxy
let operator: Account
let stateDirectory: string
let before: Sighting
let port = 6000
let runs = 0

beforeAll(async () => {
  operator = net.operators[0] as Account
  proxy = await startFaultProxy(() => net.rpcUrl)
})
beforeEach(async () => {
  stateDirectory = box.path(`state-${++runs}`)
  before = await chain.sight(operator.address)
  port++
})
afterEach(async () => {
  await proxy.reset()
  await chain.automine(true)
})
afterAll(() => proxy?.stop())

const environment = (url: string) => ({
  ...net.signedBy(operator),
  RPC_PROVIDER_URL: url,
  WCN_STATE_DIR: stateDirectory,
})

/** Until the block is safe; long after whatever it is that a test waits for. */
async function writeSafely(timeoutSeconds = 60) {
  const flags = ['--finality', 'safe', '--timeout', String(timeoutSeconds), '--yes', '--json']
  const running = startWcn(['nodes', 'update', '0', '--primary-port', String(port), ...flags], {
    env: environment(proxy.url),
  })
  const { code, stdout, stderr } = await running.ended
  return { code, stderr, ...JSON.parse(stdout) }
}

interface SeenReceipt {
  readonly transactionHash: Hex
  readonly blockHash: Hex
  readonly blockNumber: Hex
}

/** The receipt that an answer brings, if it brings one. */
async function receiptIn(exchange: Exchange, answer: string): Promise<SeenReceipt | null> {
  const asked = exchange.calls.find(({ method }) => method === 'eth_getTransactionReceipt')
  if (!asked) return null
  const replies = [JSON.parse(answer)].flat() as { readonly id: number; readonly result: SeenReceipt | null }[]
  return replies.find(({ id }) => id === asked.id)?.result ?? null
}

/**
 * Runs `reorg` when the tool has seen its transaction included and asks again; `then` when it has seen it included
 * another time, and asks again.
 */
function whenIncluded(reorg: (receipt: SeenReceipt) => Promise<unknown>, then: () => Promise<unknown>) {
  const receipts: SeenReceipt[] = []
  const todo = [reorg, then]
  let due: (() => Promise<unknown>) | null = null
  proxy.decide = () => async (exchange) => {
    const now = due
    due = null
    await now?.()
    const answer = await exchange.deliver()
    const receipt = await receiptIn(exchange, answer)
    if (receipt && receipts.at(-1)?.blockHash !== receipt.blockHash) {
      receipts.push(receipt)
      const next = todo.shift()
      if (next) due = () => next(receipt)
    }
    exchange.answer(answer)
  }
  return receipts
}

const becomeSafe = () => chain.mine(UNTIL_SAFE)
const rawOf = (hash: Hex) => chain.rpc<Hex>('eth_getRawTransactionByHash', hash)

async function expectOnce(): Promise<void> {
  const now = await chain.settled(operator.address)
  expect(now).toMatchObject({ nonce: before.nonce + 1, waiting: 0, version: before.version + 1n })
  expect(primaryPortOf(now.data)).toBe(port)
}

async function expectSettled(): Promise<void> {
  const { data } = await wcnJson(['tx', 'list'], { env: { WCN_STATE_DIR: stateDirectory } })
  expect(data.transactions).toEqual([expect.objectContaining({ state: 'included' })])
}

describe('a block that is taken back', () => {
  it('and whose transaction comes in another one: that one is reported', async () => {
    const receipts = whenIncluded(async ({ transactionHash }) => {
      const raw = await rawOf(transactionHash)
      await chain.mine(2)
      await chain.rpc('anvil_reorg', 3, [[raw, 1]])
    }, becomeSafe)
    const run = await writeSafely()
    const shown = JSON.stringify({ run, receipts }, null, 2)
    expect(run, shown).toMatchObject({ code: 0, ok: true, data: { changed: true } })
    const { hash, block } = run.data.transaction
    const canonical = await chain.rpc<SeenReceipt>('eth_getTransactionReceipt', hash)
    expect(receipts.length, shown).toBeGreaterThanOrEqual(2)
    expect(block, shown).toEqual({ number: Number(canonical.blockNumber), hash: canonical.blockHash })
    expect(block.hash).not.toBe(receipts[0]?.blockHash)
    await expectOnce()
    await expectSettled()
  })

  it.each([
    ['by a reorganisation', () => chain.rpc('anvil_reorg', 1, [])],
    ['by a chain that is set back', async () => expect(await chain.rpc('evm_revert', snapshot)).toBe(true)],
  ])('%s, and whose transaction nobody knows any more: it is finished, or said and resumed', async (_, takeBack) => {
    snapshot = await chain.rpc<string>('evm_snapshot')
    const receipts = whenIncluded(async () => {
      await takeBack()
      // Another block in its place, as a chain goes on.
      await chain.mine()
    }, becomeSafe)
    const run = await writeSafely()
    const shown = JSON.stringify({ run, receipts }, null, 2)
    if (run.code !== 0) {
      expect([6, 9], shown).toContain(run.code)
      expect(`${run.error.message} ${run.error.hint}`, shown).toContain(receipts[0]?.transactionHash)
      // It does not claim what is not so.
      expect((await chain.sight(operator.address)).nonce, shown).toBe(before.nonce)
      const env = environment(net.rpcUrl)
      const resumed = await wcnJson(['tx', 'resume', '--yes', '--finality', 'included'], { env })
      expect(resumed, JSON.stringify({ run, resumed }, null, 2)).toMatchObject({ code: 0 })
    }
    await expectOnce()
    await expectSettled()
  })

  it('and whose nonce another transaction takes: nothing is claimed that is not so', async () => {
    const other = createWalletClient({
      account: privateKeyToAccount(operator.privateKey as Hex),
      transport: http(net.rpcUrl),
    })
    const takesItsPlace = await other.signTransaction({
      chain: null,
      chainId: 31337,
      nonce: before.nonce,
      to: operator.address,
      value: 1n,
      gas: 21_000n,
      maxFeePerGas: 10n ** 12n,
      maxPriorityFeePerGas: 10n ** 9n,
    } as never)
    const receipts = whenIncluded(async () => {
      await chain.rpc('anvil_reorg', 1, [[takesItsPlace, 0]])
      await becomeSafe()
    }, becomeSafe)
    const run = await writeSafely()
    const now = await chain.sight(operator.address)
    const shown = JSON.stringify({ run, receipts, port: primaryPortOf(now.data) }, null, 2)
    if (run.code === 0) {
      // It lost the race and started again.
      expect(run.data.transaction, shown).toMatchObject({ nonce: before.nonce + 1 })
      expect(primaryPortOf(now.data)).toBe(port)
      expect(now.nonce).toBe(before.nonce + 2)
    } else {
      expect([6, 9], shown).toContain(run.code)
      expect(now, shown).toMatchObject({ nonce: before.nonce + 1, data: before.data })
      const env = environment(net.rpcUrl)
      await wcnJson(['tx', 'resume', '--yes'], { env })
      const list = await wcnJson(['tx', 'list'], { env })
      expect(list.data.transactions).toEqual([expect.objectContaining({ state: 'replaced' })])
    }
  })
})

let snapshot: string

describe('a block that is taken back after the write was reported', () => {
  it('is seen by whoever looks, and made good by tx resume', async () => {
    const args = ['nodes', 'update', '0', '--primary-port', String(port), '--yes']
    const run = await wcnJson(args, { env: environment(net.rpcUrl) })
    expect(run).toMatchObject({ code: 0 })
    const { hash } = run.data.transaction
    await chain.rpc('anvil_reorg', 1, [])
    const shown = await wcnJson(['tx', 'show', hash], { env: environment(net.rpcUrl) })
    expect(shown, JSON.stringify(shown)).toMatchObject({ code: 0, data: { state: 'included' } })
    expect(['dropped', 'unheard', 'open']).toContain(shown.data.now.state)
    expect((await chain.sight(operator.address)).nonce).toBe(before.nonce)

    const resumed = await wcnJson(['tx', 'resume', '--yes'], { env: environment(net.rpcUrl) })
    expect(resumed, JSON.stringify(resumed)).toMatchObject({ code: 0, data: { transactions: [{ hash }] } })
    await expectOnce()
    await expectSettled()
  })
})

describe('a write that waits for finality', () => {
  it('is not done before its block is safe', async () => {
    let looks = 0
    const receipts = whenIncluded(
      async () => {},
      async () => {},
    )
    const pass = proxy.decide
    proxy.decide = (exchange) => {
      // Nobody mines here but us: three looks after it was included it still says nothing.
      if (receipts.length === 0 || !exchange.asks('eth_getTransactionReceipt') || ++looks !== 3) return pass(exchange)
      return async () => {
        await becomeSafe()
        await pass(exchange)?.(exchange)
      }
    }
    const run = await writeSafely()
    expect(run, JSON.stringify(run)).toMatchObject({ code: 0, data: { changed: true } })
    expect(looks).toBeGreaterThanOrEqual(3)
    await expectOnce()
  })

  it('ends in exit 6 where it does not become safe in time, and is settled later', async () => {
    const run = await writeSafely(6)
    expect(run, JSON.stringify(run)).toMatchObject({ code: 6, error: { code: 'OUTCOME_UNKNOWN' } })
    await expectOnce()
    await becomeSafe()
    const env = environment(net.rpcUrl)
    expect(await wcnJson(['tx', 'resume', '--finality', 'safe'], { env })).toMatchObject({ code: 0 })
    await expectOnce()
    await expectSettled()
  })
})
