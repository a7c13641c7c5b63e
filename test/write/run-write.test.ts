/** What a new write makes of what an account has under way, its own and others'. */
import { describe, expect, it } from 'vitest'
import type { Chain } from '../../src/chain/chain.js'
import type { Broadcast } from '../../src/chain/transaction.js'
import { run as enter } from '../../src/maintenance/maintenance-enter.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { run as cancel } from '../../src/tx/tx-cancel.js'
import { run as resume } from '../../src/tx/tx-resume.js'
import { fakeClock } from '../support/fake-clock.js'
import { memoryState } from '../support/memory-state.js'
import { rejectedBy } from '../support/rejected.js'
import { enterCall, higher, renameCall, signedWrite } from '../support/signed-write.js'
import { blob, OPERATOR, OWN_NODES, useRealCluster } from '../support/use-real-cluster.js'

const { services, now, view, stored, ownerWrites, transactionCount, automine, mine } = useRealCluster()
const foreign = () => now.chain.rpc<string>('eth_sendTransaction', [{ from: OPERATOR, to: OPERATOR, nonce: '0x0' }])
const inPool = async (hash: string) => (await now.chain.rpc('eth_getTransactionByHash', [hash])) !== null

function fresh(options: Parameters<typeof services>[0] = {}) {
  const state = memoryState()
  return { state, made: services({ state, ...options }) }
}

describe('an earlier run left a transaction open', () => {
  it('the very same write takes it up instead of sending another', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, renameCall('same'))
    const { data } = await rename(made.services, { newName: 'same' })
    expect(data).toMatchObject({ changed: true, transaction: { hash } })
    expect(await transactionCount()).toBe(1)
    expect(made.said).toContain(`transaction ${hash} of an earlier run is open and does the same: going on with it`)
  })

  it('another write finishes it first, and changes what it left', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, renameCall('first'))
    const { data } = await rename(made.services, { newName: 'second' })
    expect(data.changes).toEqual([{ op: 'update', path: 'name', before: 'first', after: 'second' }])
    expect(made.sent[0]).toBe(hash)
    expect(await transactionCount()).toBe(2)
  })

  it('what looks as if there were nothing to do is looked at again after it', async () => {
    const { made } = fresh()
    await signedWrite(made, renameCall('on its way'))
    expect((await rename(made.services, { newName: 'member 0' })).data.changed).toBe(true)
    expect((await stored()).name).toBe('member 0')
  })

  it('its state has changed: the new write is refused, and nothing is sent', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, renameCall('yesterday'))
    await ownerWrites(blob('today', OWN_NODES))
    const error = await rejectedBy(rename(made.services, { newName: 'mine' }))
    expect(error).toMatchObject({ code: 'STATE_CHANGED', details: { hash } })
    expect(error.hint).toContain(`wcn tx cancel ${hash}`)
    expect((await stored()).name).toBe('today')
  })

  it('entering maintenance is sent again by nothing but the command itself', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, enterCall, { kind: 'maintenance-enter' })
    expect((await rejectedBy(rename(made.services, { newName: 'x' }))).code).toBe('TRANSACTION_OPEN')
    expect((await view()).maintenance).toBeNull()
    expect((await enter(made.services, {})).data.transaction?.hash).toBe(hash)
    expect((await view()).maintenance).toBe(OPERATOR)
  })

  it('it bids more than is allowed today', async () => {
    const { made, state } = fresh()
    const { entry } = await signedWrite(made, renameCall('dear'))
    const thrifty = services({ state, maxFeePerGas: entry.fees.maxFeePerGas - 1n })
    for (const run of [
      () => resume(thrifty.services, {}),
      () => rename(thrifty.services, { newName: 'other' }),
      () => rename(thrifty.services, { newName: 'dear' }),
    ])
      expect((await rejectedBy(run())).code).toBe('FEE_TOO_HIGH')
    expect(await transactionCount()).toBe(0)
  })
})

describe('a foreign transaction waits at the nonce of one that nobody knows', () => {
  const unsent = async () => {
    await automine(false)
    const { made, state } = fresh({ clock: fakeClock(), timeoutMs: 60_000 })
    const { entry, hash } = await signedWrite(made, renameCall('mine'))
    const dear = await signedWrite(made, renameCall('mine'), { fees: higher(entry.fees) })
    // As if only the dearer one had been signed: it would take the other's place in the pool.
    await state.journal.put(dear.key, { ...entry, state: { kind: 'replaced', by: null } })
    return { made, state, hash: dear.hash, cheap: hash, theirs: await foreign() }
  }

  it.each<[string, (made: ReturnType<typeof services>, hash: string) => Promise<unknown>]>([
    ['tx resume', ({ services: all }) => resume(all, {})],
    ['tx cancel', ({ services: all }, hash) => cancel(all, { hash })],
    ['tx resume --speed-up', ({ services: all }) => resume(all, { speedUp: true })],
    ['the same write', ({ services: all }) => rename(all, { newName: 'mine' })],
    ['another write', ({ services: all }) => rename(all, { newName: 'other' })],
  ])('%s never replaces it', async (_, run) => {
    const { made, hash, theirs } = await unsent()
    expect((await rejectedBy(run(made, hash))).code).toBe('ACCOUNT_BUSY')
    expect(made.sent).toEqual([])
    expect(await inPool(theirs)).toBe(true)
  })

  it('and once it is included, the write starts from there', async () => {
    const { state, theirs } = await unsent()
    const patient = services({ state, clock: fakeClock(() => mine()) })
    expect((await rename(patient.services, { newName: 'mine' })).data).toMatchObject({
      changed: true,
      transaction: { nonce: 1 },
    })
    expect(await now.chain.rpc('eth_getTransactionReceipt', [theirs])).toMatchObject({ status: '0x1' })
  })
})

describe('consent', () => {
  it.each([
    ['given beforehand', { consented: true, interactive: true }],
    ['of who can not be asked again', { interactive: false }],
  ])('%s is for what was shown first, not for what a lost race makes of it', async (_, talk) => {
    let reads = 0
    const { made } = fresh({
      ...talk,
      wrap: (chain) => ({
        ...chain,
        // Right before it signs, another machine is quicker, and changes the very same.
        sign: async (...all) => {
          if (++reads === 1) await rename(services().services, { newName: 'theirs' })
          return chain.sign(...all)
        },
      }),
    })
    const error = await rejectedBy(rename(made.services, { newName: 'mine' }))
    expect(error).toMatchObject({ code: 'STATE_CHANGED', details: { now: [{ before: 'theirs', after: 'mine' }] } })
    expect((await stored()).name).toBe('theirs')
  })
})

describe('what a provider says of a transaction is no proof', () => {
  /** Delivers the first time, whatever it answers; its readers know nothing. */
  const lying = (answers: readonly Partial<Broadcast>[]) => (chain: Chain) => {
    let sends = 0
    return {
      ...chain,
      broadcast: async () => ({ accepted: false, refusals: [], failures: [], ...answers[sends++] }),
      follow: async () => ({ kind: 'unheard' as const }),
    }
  }

  it.each<[string, readonly Partial<Broadcast>[], string]>([
    ['refused', [{ refusals: ['insufficient funds for gas'] }], 'RPC_ERROR'],
    ['no answer, then known', [{ failures: ['ECONNRESET'] }, { refusals: ['already known'] }], 'OUTCOME_UNKNOWN'],
    ['no answer, then refused', [{ failures: ['ECONNRESET'] }, { refusals: ['nonce too low'] }], 'OUTCOME_UNKNOWN'],
    ['known at once', [{ refusals: ['already known'] }], 'OUTCOME_UNKNOWN'],
    [
      'refused by one, no answer from another',
      [{ refusals: ['busy'], failures: ['b: ECONNRESET'] }],
      'OUTCOME_UNKNOWN',
    ],
  ])('%s', async (_, answers, code) => {
    const { made, state } = fresh({ wrap: lying(answers) })
    const error = await rejectedBy(rename(made.services, { newName: 'x' }))
    expect(error.code).toBe(code)
    const [entry] = [...state.files.values()].flatMap(({ entries }) => entries)
    expect(entry?.state.kind).toBe(code === 'RPC_ERROR' ? 'rejected' : 'open')
  })

  it('refused twice is refused twice', async () => {
    const { made, state } = fresh({ wrap: lying([{ refusals: ['nonce too low'] }]) })
    expect((await rejectedBy(rename(made.services, { newName: 'x' }))).code).toBe('RPC_ERROR')
    const { services: all } = services({ state, wrap: lying([{ refusals: ['nonce too low'] }]) })
    expect((await rejectedBy(rename(all, { newName: 'x' }))).code).toBe('RPC_ERROR')
  })

  it('a look that fails is no sign that what waits is ours', async () => {
    await automine(false)
    const { made, state } = fresh({ timeoutMs: 60_000 })
    const { hash } = await signedWrite(made, renameCall('mine'))
    const theirs = await foreign()
    const blind = services({
      state,
      wrap: (chain) => ({ ...chain, follow: async () => ({ kind: 'unknown', reason: 'no answer', shown: false }) }),
    })
    expect((await rejectedBy(cancel(blind.services, { hash }))).code).toBe('ACCOUNT_BUSY')
    expect(await inPool(theirs)).toBe(true)
  })

  it('bytes of an earlier run are never said to be refused', async () => {
    const { made, state } = fresh()
    await signedWrite(made, renameCall('x'))
    const { services: all } = services({ state, wrap: lying([{ refusals: ['nonce too low'] }]) })
    expect((await rejectedBy(rename(all, { newName: 'x' }))).code).toBe('OUTCOME_UNKNOWN')
  })
})

it('an entry that was changed by hand is not sent', async () => {
  const { made, state } = fresh()
  const { key, entry } = await signedWrite(made, renameCall('real'))
  const other = await signedWrite(made, renameCall('other'), { nonce: 0 })
  await state.journal.put(other.key, { ...other.entry, state: { kind: 'replaced', by: null } })
  await state.journal.put(key, { ...entry, request: other.entry.request })
  expect((await rejectedBy(resume(made.services, {}))).code).toBe('JOURNAL_INVALID')
  expect(made.sent).toEqual([])
})
