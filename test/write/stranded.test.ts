/**
 * Transactions beyond a nonce that nobody knows a transaction of: however they came about, nothing is signed beside them,
 * and `tx cancel` gets the account out without setting them free.
 */
import { describe, expect, it } from 'vitest'
import type { Hex } from '../../src/base/hex.js'
import type { Chain } from '../../src/chain/chain.js'
import type { Broadcast } from '../../src/chain/transaction.js'
import type { WcnError } from '../../src/errors/wcn-error.js'
import { run as enter } from '../../src/maintenance/maintenance-enter.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import type { EntryState } from '../../src/platform/state/journal-entry.js'
import { run as cancel } from '../../src/tx/tx-cancel.js'
import { run as resume } from '../../src/tx/tx-resume.js'
import { fakeClock } from '../support/fake-clock.js'
import { memoryState } from '../support/memory-state.js'
import { rejectedBy } from '../support/rejected.js'
import { enterCall, renameCall, signedWrite } from '../support/signed-write.js'
import { OPERATOR, useRealCluster } from '../support/use-real-cluster.js'

const { services, now, view, stored, transactionCount, foreignIntoBlock, automine, mine } = useRealCluster()
type Options = NonNullable<Parameters<typeof services>[0]>
type State = ReturnType<typeof memoryState>

const toPool = (raw: string) => now.chain.rpc('eth_sendRawTransaction', [raw])
const entriesIn = (state: State) => [...state.files.values()].flatMap(({ entries }) => entries)
const ends = (state: State) =>
  entriesIn(state).map(({ transaction, what, state: end }) => `${transaction.nonce} ${what.title}: ${end.kind}`)
const EMPTY = 'an empty transfer to yourself'

/** Signed beyond a gap; in the pool unless it is to be nowhere. */
async function stranded({ nonce = 1, inPool = true, ...options }: Options & { nonce?: number; inPool?: boolean } = {}) {
  const state = memoryState()
  const made = services({ state, ...options })
  const write = await signedWrite(made, renameCall('stale'), { nonce })
  if (inPool) await toPool(write.entry.transaction.raw)
  return { state, made, ...write }
}

/** The account writes again, and whatever was signed before may come back: it changes nothing. */
async function expectWayOut(state: State) {
  const { data } = await rename(services({ state }).services, { newName: 'last' })
  expect(data.changed).toBe(true)
  expect(entriesIn(state).filter((entry) => entry.state.kind === 'open')).toEqual([])
  for (const { transaction } of entriesIn(state)) await toPool(transaction.raw).catch(() => {})
  await mine()
  expect((await stored()).name).toBe('last')
}

describe('tx cancel', () => {
  it.each([true, false])('replaces it, then fills the gap; in the pool: %s', async (inPool) => {
    const { made, state, hash } = await stranded({ nonce: 2, inPool })
    const { data } = await cancel(made.services, { hash })
    expect(data.cancelled).toBe(true)
    expect(data.transactions.map(({ nonce, state: end }) => [nonce, end])).toEqual([
      [0, 'included'],
      [1, 'included'],
      [2, 'replaced'],
      [2, 'included'],
    ])
    expect(ends(state)).toEqual([
      '2 rename: replaced',
      '2 cancel: rename: included',
      '0 fill nonce 0: included',
      '1 fill nonce 1: included',
    ])
    expect(made.previews).toEqual([
      {
        title: 'give up what can not be included',
        target: { chain_id: 31337, contract: now.contract, source: 'the journal' },
        changes: [
          { op: 'add', path: 'nonce 0', before: null, after: EMPTY },
          { op: 'add', path: 'nonce 1', before: null, after: EMPTY },
          { op: 'update', path: 'nonce 2', before: 'rename', after: EMPTY },
        ],
        cost: expect.anything(),
        balanceWei: expect.any(BigInt),
      },
    ])
    expect(made.said.filter((line) => line.startsWith('question'))).toHaveLength(1)
    // What replaces it leaves before anything that sets it free.
    expect(made.sent[0]).toBe(data.transactions.at(-1)?.hash)
    await expectWayOut(state)
  })

  it('clears away all that lies beyond the gap, and not what lies before it', async () => {
    const { made, state, hash } = await stranded({ nonce: 4 })
    await signedWrite(made, enterCall, { nonce: 2, kind: 'maintenance-enter' })
    const { data } = await cancel(made.services, { hash })
    expect(data.transactions.map(({ nonce, what }) => `${nonce} ${what.title}`)).toEqual([
      '0 fill nonce 0',
      '1 fill nonce 1',
      '2 enter maintenance',
      '2 cancel: enter maintenance',
      '3 fill nonce 3',
      '4 rename',
      '4 cancel: rename',
    ])
    expect((await view()).maintenance).toBeNull()
    await expectWayOut(state)
  })

  it.each([0, 1])('outbids whatever was ever signed for its nonce, %i', async (nonce) => {
    // A provider said that it refused the dearer one, and has it.
    const dear = await stranded({ nonce })
    const state = dear.state
    await state.journal.put(dear.key, { ...dear.entry, state: { kind: 'rejected', reason: 'no' } })
    const fees = { maxFeePerGas: dear.entry.fees.maxFeePerGas / 2n, maxPriorityFeePerGas: 1n }
    const { hash } = await signedWrite(dear.made, renameCall('cheap'), { nonce, fees })
    expect((await cancel(services({ state }).services, { hash })).data.cancelled).toBe(true)
    await expectWayOut(state)
  })

  it('waits for what is missing before it takes its place', async () => {
    let pauses = 0
    const { made, hash, state } = await stranded({ clock: fakeClock(() => ++pauses === 3 && foreignIntoBlock()) })
    const error = await rejectedBy(cancel(made.services, { hash }))
    // By then it is in the same block.
    expect(error.code).toBe('TRANSACTION_INVALID')
    expect(ends(state)).toEqual(['1 rename: included'])
  })

  it('loses nothing where another transaction fills the gap first', async () => {
    const { made, state, hash } = await stranded({
      wrap: (chain: Chain) => ({
        ...chain,
        broadcast: async (transaction) => {
          // Right after the cancellation, and before what was to fill the gap.
          if (transaction.nonce === 0 && (await transactionCount()) === 0) await foreignIntoBlock()
          return chain.broadcast(transaction)
        },
      }),
    })
    expect((await cancel(made.services, { hash })).data.cancelled).toBe(true)
    expect(ends(state)).toEqual(['1 rename: replaced', '1 cancel: rename: included', '0 fill nonce 0: replaced'])
    await expectWayOut(state)
  })

  it.each<[string, Options, string]>([
    ['another key', { privateKey: null, operator: OPERATOR }, 'SETTING_MISSING'],
    ['no consent', { confirm: () => false }, 'DECLINED'],
    ['a bid above --max-fee', { maxFeePerGas: 1n }, 'FEE_TOO_HIGH'],
    ['a cost above --max-cost', { maxCostWei: 1n }, 'FEE_TOO_HIGH'],
  ])('sends nothing: %s', async (_, options, code) => {
    const { state, hash } = await stranded()
    const other = services({ state, ...options })
    expect((await rejectedBy(cancel(other.services, { hash }))).code).toBe(code)
    expect(other.sent).toEqual([])
    expect(ends(state)).toEqual(['1 rename: open'])
    await cancel(services({ state }).services, { hash })
    await expectWayOut(state)
  })

  it('sends nothing where the pool changes while somebody thinks', async () => {
    const { state, hash } = await stranded({ nonce: 2 })
    const confirm = async () => typeof (await foreignIntoBlock()) === 'string'
    const thinking = services({ state, interactive: true, confirm })
    expect((await rejectedBy(cancel(thinking.services, { hash }))).code).toBe('STATE_CHANGED')
    expect(thinking.sent).toEqual([])
  })
})

describe('providers that make it hard', () => {
  const refusing = (answer: (nonce: number, taken: Broadcast) => Broadcast, deliver = true) => ({
    wrap: (chain: Chain): Chain => ({
      ...chain,
      broadcast: async (transaction) => {
        const isNext = transaction.nonce <= (await transactionCount())
        if (isNext) return chain.broadcast(transaction)
        const taken = { accepted: true, refusals: [], failures: [] }
        return answer(transaction.nonce, deliver ? await chain.broadcast(transaction) : taken)
      },
    }),
  })

  it('that take nothing beyond a gap get the cancellation right after what fills it', async () => {
    const { state, hash } = await stranded({ inPool: false })
    const no = () => ({ accepted: false, refusals: ['nonce too high'], failures: [] })
    expect((await cancel(services({ state, ...refusing(no, false) }).services, { hash })).data.cancelled).toBe(true)
    await expectWayOut(state)
  })

  it('that take no replacement while the other waits: nothing is filled, and it is tried again', async () => {
    const { state, hash } = await stranded()
    const no = () => ({ accepted: false, refusals: ['replacement transaction underpriced'], failures: [] })
    const refused = services({ state, ...refusing(no, false) })
    const error = await rejectedBy(cancel(refused.services, { hash }))
    expect(error.code).toBe('RPC_ERROR')
    expect(ends(state)).toEqual(['1 rename: open', '1 cancel: rename: rejected'])
    expect(await transactionCount()).toBe(0)
    await cancel(services({ state }).services, { hash })
    await expectWayOut(state)
  })

  it('that say nothing after they took it are looked at', async () => {
    const { state, hash } = await stranded()
    const silent = () => ({ accepted: false, refusals: [], failures: ['ECONNRESET'] })
    expect((await cancel(services({ state, ...refusing(silent) }).services, { hash })).data.cancelled).toBe(true)
    await expectWayOut(state)
  })

  it('of which nobody knows what they took: nothing is filled', async () => {
    const { state, hash } = await stranded()
    const silent = () => ({ accepted: false, refusals: [], failures: ['ECONNRESET'] })
    const lost = services({ state, ...refusing(silent, false) })
    const error = await rejectedBy(cancel(lost.services, { hash }))
    expect(error.code).toBe('OUTCOME_UNKNOWN')
    expect(error.hint).toContain('wcn tx cancel 0x')
    expect(ends(state)).toEqual(['1 rename: open', '1 cancel: rename: open'])
    expect(await transactionCount()).toBe(0)
    await cancel(services({ state }).services, { hash })
    await expectWayOut(state)
  })

  it.each([1, 2, 3, 4, 5, 6, 7])(
    'a run that is killed before it sends the %i. time is finished by the hints',
    async (step) => {
      const { state, hash } = await stranded({ nonce: 2 })
      let sends = 0
      const wrap = (chain: Chain): Chain => ({
        ...chain,
        broadcast: (one) => (++sends === step ? Promise.reject(new Error('killed')) : chain.broadcast(one)),
      })
      await expect(cancel(services({ state, wrap }).services, { hash })).rejects.toThrow('killed')
      const error = await resume(services({ state }).services, {}).then(
        () => null,
        (refusal: WcnError) => refusal,
      )
      expect(error?.code).toBe(step === 1 ? 'TRANSACTION_OPEN' : undefined)
      const [, named = ''] = /wcn tx cancel (0x[0-9a-f]{64})/.exec(error?.hint ?? '') ?? []
      if (error) await cancel(services({ state }).services, { hash: named })
      await expectWayOut(state)
    },
  )
})

describe('a write', () => {
  it('in a terminal offers the way out, and is done after it', async () => {
    const { state } = await stranded()
    const made = services({ state, interactive: true })
    const { data } = await rename(made.services, { newName: 'wanted' })
    expect(data).toMatchObject({ changed: true, transaction: { nonce: 2 } })
    expect(made.previews.map(({ title }) => title)).toEqual([
      'give up what can not be included',
      'rename the operator to "wanted"',
    ])
    await expectWayOut(state)
  })

  it('that is declined there leaves everything as it is', async () => {
    const { state } = await stranded()
    const made = services({ state, interactive: true, confirm: () => false })
    expect((await rejectedBy(rename(made.services, { newName: 'wanted' }))).code).toBe('DECLINED')
    expect(made.sent).toEqual([])
    expect(ends(state)).toEqual(['1 rename: open'])
  })

  it.each<[string, Options]>([
    ['with --yes', { interactive: true, consented: true }],
    ['where nobody can be asked', {}],
  ])('%s gives up nothing by itself', async (_, options) => {
    const { state, hash } = await stranded()
    const made = services({ state, ...options })
    for (const run of [() => rename(made.services, { newName: 'x' }), () => enter(made.services, {})]) {
      const error = await rejectedBy(run())
      expect(error).toMatchObject({ code: 'ACCOUNT_BUSY', details: { hash, nonce: 1, missing_nonce: 0 } })
      expect(error.hint).toContain(`\`wcn tx cancel ${hash}\``)
    }
    expect(made.sent).toEqual([])
  })
})

describe('far beyond what anybody will send', () => {
  it('it is given up as it is, and watched for when the account comes near', async () => {
    const { state, made, hash } = await stranded({ nonce: 1_000_000 })
    expect((await rejectedBy(rename(made.services, { newName: 'x' }))).hint).toContain(`wcn tx cancel ${hash}`)
    const { data } = await cancel(made.services, { hash })
    expect(data).toMatchObject({ cancelled: true, transactions: [{ hash, state: 'rejected' }] })
    expect(made.sent).toEqual([])
    expect((await rename(services({ state }).services, { newName: 'x' })).data.changed).toBe(true)

    await now.chain.rpc('anvil_setNonce', [OPERATOR, '0xf423e'])
    const error = await rejectedBy(rename(services({ state }).services, { newName: 'y' }))
    expect(error).toMatchObject({ code: 'ACCOUNT_BUSY', details: { hash, missing_nonce: 999_998 } })
    expect((await cancel(services({ state }).services, { hash })).data.cancelled).toBe(true)
    await expectWayOut(state)
  })
})

describe('what the journal holds as settled, and the chain does not', () => {
  const block = { number: 1, hash: `0x${'11'.repeat(32)}` as Hex }
  const included = { kind: 'included', block, gasUsed: 1n, feeWei: 1n, l1FeeWei: 0n } as const

  it.each<[string, EntryState]>([
    ['included, by the word of a liar', included],
    ['replaced, by the word of a liar', { kind: 'replaced', by: null }],
    ['refused, by one that kept it', { kind: 'rejected', reason: 'no' }],
  ])('beyond the next nonce: %s', async (_, state) => {
    const one = await stranded({ inPool: false })
    await one.state.journal.put(one.key, { ...one.entry, signedAt: 1, state })
    const error = await rejectedBy(rename(one.made.services, { newName: 'x' }))
    expect(error).toMatchObject({ code: 'ACCOUNT_BUSY', details: { hash: one.hash } })
    expect(one.made.said).toContainEqual(expect.stringContaining('it is open again'))
    await cancel(one.made.services, { hash: one.hash })
    await expectWayOut(one.state)
  })

  it('at the next nonce: what was included is finished first', async () => {
    const one = await stranded({ nonce: 0, inPool: false })
    await one.state.journal.put(one.key, { ...one.entry, signedAt: 1, state: included })
    const { data } = await rename(one.made.services, { newName: 'x' })
    expect(data).toMatchObject({ changes: [{ before: 'stale', after: 'x' }], transaction: { nonce: 1 } })
  })

  it('because the provider lags: it is waited for, and nothing is opened', async () => {
    const one = await stranded({ nonce: 0, inPool: false })
    await resume(one.made.services, {})
    let reads = 0
    const wrap = (chain: Chain): Chain => ({
      ...chain,
      readClusterForWrite: async (...all) => {
        const read = await chain.readClusterForWrite(...all)
        return ++reads > 3 ? read : { ...read, account: { ...read.account, nonce: 0, pendingNonce: 0 } }
      },
    })
    const made = services({ state: one.state, wrap })
    expect((await rename(made.services, { newName: 'x' })).data.transaction?.nonce).toBe(1)
    expect(made.said.filter((line) => line.includes('open again'))).toEqual([])
    reads = Number.NEGATIVE_INFINITY
    const error = await rejectedBy(rename(services({ state: one.state, wrap }).services, { newName: 'y' }))
    expect(error.code).toBe('RPC_ERROR')
    expect(error.message).toContain('one of the two is wrong')
  })
})

describe('a reorganisation that drops what another program sent, and ours after it', () => {
  async function reorganised() {
    await foreignIntoBlock()
    const state = memoryState()
    const made = services({ state })
    const { data } = await rename(made.services, { newName: 'after theirs' })
    expect(data.transaction?.nonce).toBe(1)
    await now.chain.rpc('anvil_reorg', [2, []])
    await now.chain.rpc('anvil_dropAllTransactions')
    return { state, made, hash: data.transaction?.hash ?? '' }
  }

  it.each<[string, (made: ReturnType<typeof services>) => Promise<unknown>]>([
    ['tx resume', ({ services: all }) => resume(all, {})],
    ['a write', ({ services: all }) => rename(all, { newName: 'x' })],
    ['maintenance enter', ({ services: all }) => enter(all, {})],
  ])('%s names the way out', async (_, run) => {
    const { state, made, hash } = await reorganised()
    const error = await rejectedBy(run(made))
    expect(error.hint).toContain(`\`wcn tx cancel ${hash}\``)
    await cancel(made.services, { hash })
    await expectWayOut(state)
  })

  it('and is over where theirs comes back', async () => {
    const { state, made } = await reorganised()
    await foreignIntoBlock()
    expect(await resume(made.services, {})).toMatchObject({
      exitCode: 0,
      data: { transactions: [{ state: 'included' }] },
    })
    expect((await stored()).name).toBe('after theirs')
    await expectWayOut(state)
  })
})

it('a chain that mines nothing leaves all of it open, and a later run finishes it', async () => {
  const { state, hash } = await stranded({ nonce: 2 })
  await automine(false)
  const error = await rejectedBy(cancel(services({ state, timeoutMs: 20_000 }).services, { hash }))
  expect(error.code).toBe('OUTCOME_UNKNOWN')
  expect(ends(state).filter((line) => line.endsWith('open'))).toHaveLength(4)
  await automine(true)
  await mine()
  expect(await resume(services({ state }).services, {})).toMatchObject({ exitCode: 0 })
  await expectWayOut(state)
})
