import { describe, expect, it } from 'vitest'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import type { Chain } from '../../src/chain/chain.js'
import { run as cancel } from '../../src/tx/tx-cancel.js'
import { run as resume } from '../../src/tx/tx-resume.js'
import { fakeClock } from '../support/fake-clock.js'
import { memoryState } from '../support/memory-state.js'
import { rejectedBy } from '../support/rejected.js'
import { enterCall, renameCall, signedWrite } from '../support/signed-write.js'
import { OPERATOR, useRealCluster } from '../support/use-real-cluster.js'

const { services, now, view, stored, transactionCount, automine, mine, setBalance, ...cluster } = useRealCluster()
const { foreignIntoBlock, intoBlock, intoPool } = cluster
const OTHER_KEY = parseOperatorPrivateKey('33'.repeat(32), 'the test')

function fresh(options: Parameters<typeof services>[0] = {}) {
  const state = memoryState()
  return { state, made: services({ state, ...options }) }
}
const entriesIn = (state: ReturnType<typeof memoryState>) => [...state.files.values()].flatMap(({ entries }) => entries)
const statesIn = (state: ReturnType<typeof memoryState>) => entriesIn(state).map((entry) => entry.state.kind)

describe('tx cancel', () => {
  it('takes the nonce of what never left with an empty transfer to oneself', async () => {
    const { made, state } = fresh()
    const { hash, entry } = await signedWrite(made, renameCall('given up'))
    const { data, exitCode } = await cancel(made.services, { hash })
    expect(exitCode).toBeUndefined()
    expect(data.cancelled).toBe(true)
    const [original, cancellation] = data.transactions
    expect(original).toMatchObject({ hash, state: 'replaced', replaced_by: cancellation?.hash })
    expect(cancellation).toMatchObject({
      nonce: 0,
      state: 'included',
      supersedes: hash,
      what: { kind: 'cancel', title: 'cancel: rename' },
    })
    expect(made.sent).toEqual([cancellation?.hash])
    expect(made.previews).toMatchObject([{ title: 'cancel: rename', changes: [{ path: 'highest fee per gas' }] }])
    expect(made.said).toContain('question: Send this transaction?')
    expect((await stored()).name).toBe('member 0')
    expect(await transactionCount()).toBe(1)
    expect(statesIn(state)).toEqual(['replaced', 'included'])
    const sent = await now.chain.rpc<{ to: string; value: string; input: string }>('eth_getTransactionByHash', [
      cancellation?.hash,
    ])
    expect(sent).toMatchObject({ to: OPERATOR, value: '0x0', input: '0x' })
    // By the rule of the pools: 10 % more, of both.
    const bid = entriesIn(state)[1]?.fees
    expect(bid?.maxFeePerGas).toBeGreaterThanOrEqual((entry.fees.maxFeePerGas * 110n) / 100n)
    expect(bid?.maxPriorityFeePerGas).toBeGreaterThanOrEqual((entry.fees.maxPriorityFeePerGas * 110n) / 100n)
    expect(state.locks.held()).toBe(0)
  })

  it('replaces what waits in the pool', async () => {
    await automine(false)
    const { made } = fresh({ clock: fakeClock(mine) })
    const { hash, entry } = await signedWrite(made, renameCall('given up'))
    await intoPool(entry.transaction.raw)
    expect((await cancel(made.services, { hash })).data.cancelled).toBe(true)
    expect((await stored()).name).toBe('member 0')
    expect(await transactionCount()).toBe(1)
  })

  it('gives up entering maintenance', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, enterCall, { kind: 'maintenance-enter' })
    expect((await cancel(made.services, { hash: hash.slice(2, 12) })).data.cancelled).toBe(true)
    expect((await view()).maintenance).toBeNull()
    expect(await resume(made.services, {})).toMatchObject({ data: { transactions: [] }, exitCode: 0 })
  })

  it('says so where the original was included after all', async () => {
    await automine(false)
    const { made, state } = fresh({
      clock: fakeClock(mine),
      // While the person thinks.
      confirm: async () => {
        await mine()
        return true
      },
    })
    const { hash, entry } = await signedWrite(made, renameCall('was faster'))
    await intoPool(entry.transaction.raw)
    const error = await rejectedBy(cancel(made.services, { hash }))
    expect(error.code).toBe('SETTLED_OTHERWISE')
    expect(error.message).toContain(`transaction ${hash} (rename) was included after all, in block`)
    expect(error.details).toMatchObject({ hash, transactions: [{ hash, state: 'included' }, { state: 'replaced' }] })
    expect((await stored()).name).toBe('was faster')
    expect(statesIn(state)).toEqual(['included', 'replaced'])
  })

  it('says so where both were sent and the original was included', async () => {
    await automine(false)
    // A pool that took the original only, and a block made of that.
    const { made, state } = fresh({
      clock: fakeClock(mine),
      wrap: (chain: Chain) => ({
        ...chain,
        broadcast: async () => ({ accepted: true, refusals: [], failures: [] }),
      }),
    })
    const { hash, entry } = await signedWrite(made, renameCall('was faster'))
    await intoPool(entry.transaction.raw)
    const error = await rejectedBy(cancel(made.services, { hash }))
    expect(error.code).toBe('SETTLED_OTHERWISE')
    expect(statesIn(state)).toEqual(['included', 'replaced'])
  })

  it('says so where a provider takes no replacement, and what it was to replace still waits', async () => {
    await automine(false)
    const { made, state } = fresh({
      wrap: (chain: Chain) => ({
        ...chain,
        broadcast: async () => ({
          accepted: false,
          refusals: ['replacement transaction underpriced'],
          failures: [],
        }),
      }),
    })
    const { hash, entry } = await signedWrite(made, renameCall('given up'))
    await intoPool(entry.transaction.raw)
    const error = await rejectedBy(cancel(made.services, { hash }))
    expect(error.code).toBe('RPC_ERROR')
    expect(error.message).toContain('underpriced')
    expect(statesIn(state)).toEqual(['open', 'rejected'])
  })

  it('once more bids more again, where the cancellation itself is stuck', async () => {
    await automine(false)
    const { made, state } = fresh({ timeoutMs: 1000 })
    const { hash, entry } = await signedWrite(made, renameCall('given up'))
    await intoPool(entry.transaction.raw)
    expect((await rejectedBy(cancel(made.services, { hash }))).code).toBe('OUTCOME_UNKNOWN')
    expect(statesIn(state)).toEqual(['open', 'open'])
    const patient = services({ state, clock: fakeClock(mine) })
    // By either hash: what is cancelled is the nonce.
    const stuck = entriesIn(state)[1]?.transaction.hash ?? ''
    const { data } = await cancel(patient.services, { hash: stuck })
    expect(data).toMatchObject({
      cancelled: true,
      transactions: [
        { state: 'replaced' },
        { state: 'replaced' },
        { state: 'included', what: { title: 'cancel: rename' } },
      ],
    })
    expect(await transactionCount()).toBe(1)
  })

  it('that was signed and not sent is finished by tx resume', async () => {
    const { made, state } = fresh({
      wrap: (chain: Chain) => ({ ...chain, broadcast: () => Promise.reject(new Error('killed')) }),
    })
    const { hash } = await signedWrite(made, renameCall('given up'))
    await expect(cancel(made.services, { hash })).rejects.toThrow('killed')
    expect(statesIn(state)).toEqual(['open', 'open'])
    const { data, exitCode } = await resume(services({ state }).services, {})
    expect(exitCode).toBe(0)
    expect(data.transactions).toMatchObject([
      { hash, state: 'replaced' },
      { state: 'included', what: { kind: 'cancel' } },
    ])
    expect((await stored()).name).toBe('member 0')
  })
})

describe('tx cancel has nothing to do', () => {
  it.each(['rejected', 'replaced'] as const)('where it was %s, and says so', async (kind) => {
    const { made, state } = fresh()
    const { key, entry, hash } = await signedWrite(made, renameCall('given up'))
    const end = kind === 'rejected' ? { kind, reason: 'no' } : { kind, by: null }
    await state.journal.put(key, { ...entry, state: end })
    const { data, exitCode } = await cancel(made.services, { hash })
    expect(exitCode).toBeUndefined()
    expect(data).toMatchObject({ cancelled: false, transactions: [{ hash, state: kind }] })
    expect(made.said.at(-1)).toContain('has come to nothing already')
    expect(await transactionCount()).toBe(0)
  })

  it('where another transaction has taken its nonce', async () => {
    await now.chain.rpc('anvil_impersonateAccount', [OPERATOR])
    const { made, state } = fresh()
    const { hash } = await signedWrite(made, renameCall('given up'))
    const by = await foreignIntoBlock()
    const { data } = await cancel(made.services, { hash })
    expect(data).toMatchObject({ cancelled: true, transactions: [{ hash, state: 'replaced', replaced_by: by }] })
    expect(made.sent).toEqual([])
    expect(statesIn(state)).toEqual(['replaced'])
  })
})

describe('tx cancel refuses', () => {
  it.each(['written down', 'not written down yet'])('what is included, %s', async (when) => {
    const { made } = fresh()
    const { hash, entry } = await signedWrite(made, renameCall('done'))
    if (when === 'written down') await resume(made.services, {})
    else await intoBlock(entry.transaction.raw)
    const before = made.sent.length
    const error = await rejectedBy(cancel(made.services, { hash }))
    expect(error.code).toBe('TRANSACTION_INVALID')
    expect(error.message).toMatch(/can't be cancelled: block \d+ includes it/)
    expect(made.sent).toHaveLength(before)
    expect((await stored()).name).toBe('done')
  })

  it('but not what was included in a block that is gone', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, renameCall('gone'))
    await resume(made.services, {})
    await now.chain.rpc('anvil_reorg', [1, []])
    await now.chain.rpc('anvil_dropAllTransactions')
    expect((await cancel(made.services, { hash })).data.cancelled).toBe(true)
    expect((await stored()).name).toBe('member 0')
  })

  it("another's transaction, such as the primary node's", async () => {
    await now.chain.rpc('anvil_impersonateAccount', [OPERATOR])
    await automine(false)
    const hash = await now.chain.rpc<string>('eth_sendTransaction', [{ from: OPERATOR, to: now.contract, data: '0x' }])
    const { made } = fresh()
    const error = await rejectedBy(cancel(made.services, { hash }))
    expect(error.code).toBe('SELECTOR_NO_MATCH')
    expect(error.message).toContain('was not sent by this tool')
    expect(made.sent).toEqual([])
  })

  it.each<[string, Parameters<typeof services>[0], string]>([
    ['another key', { privateKey: OTHER_KEY }, 'WRONG_SIGNER'],
    ['no consent', { confirm: () => false }, 'DECLINED'],
    ['a bid above --max-fee', { maxFeePerGas: 1n }, 'FEE_TOO_HIGH'],
    ['a cost above --max-cost', { maxCostWei: 1n }, 'FEE_TOO_HIGH'],
    ['another chain', { chainId: 10 }, 'WRONG_CHAIN'],
  ])('%s', async (_, options, code) => {
    const { made, state } = fresh()
    const { hash } = await signedWrite(made, renameCall('given up'))
    const other = services({ state, ...options })
    const error = await rejectedBy(cancel(other.services, { hash }))
    expect(error.code).toBe(code)
    expect(other.sent).toEqual([])
    expect(statesIn(state)).toEqual(['open'])
    expect(state.locks.held()).toBe(0)
  })

  it('an account that can not pay for it', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, renameCall('given up'))
    await setBalance(1n)
    expect((await rejectedBy(cancel(made.services, { hash }))).code).toBe('INSUFFICIENT_FUNDS')
  })

  it('a replacement dearer than --max-fee, naming what it takes', async () => {
    const { made, state } = fresh()
    const { hash, entry } = await signedWrite(made, renameCall('given up'))
    const { services: limited } = services({ state, maxFeePerGas: entry.fees.maxFeePerGas })
    const error = await rejectedBy(cancel(limited, { hash }))
    expect(error.code).toBe('FEE_TOO_HIGH')
    expect(error.message).toMatch(/^what would take its place bids up to .* gwei per gas, and --max-fee allows/)
  })
})
