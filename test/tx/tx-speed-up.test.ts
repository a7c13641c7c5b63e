import { describe, expect, it } from 'vitest'
import type { Chain } from '../../src/chain/chain.js'
import { run as resume } from '../../src/tx/tx-resume.js'
import { fakeClock } from '../support/fake-clock.js'
import { memoryState } from '../support/memory-state.js'
import { rejectedBy } from '../support/rejected.js'
import { enterCall, renameCall, signedWrite } from '../support/signed-write.js'
import { blob, OPERATOR, OWN_NODES, useRealCluster } from '../support/use-real-cluster.js'

const { services, now, view, stored, ownerWrites, transactionCount, automine, mine, ...cluster } = useRealCluster()
const { intoBlock, intoPool } = cluster
const speedUp = { speedUp: true }

function fresh(options: Parameters<typeof services>[0] = {}) {
  const state = memoryState()
  return { state, made: services({ state, ...options }) }
}
const entriesIn = (state: ReturnType<typeof memoryState>) => [...state.files.values()].flatMap(({ entries }) => entries)

describe('tx resume --speed-up', () => {
  it('bids more for the same call at the same nonce', async () => {
    await automine(false)
    const { made, state } = fresh({ clock: fakeClock(mine) })
    const { hash, entry } = await signedWrite(made, renameCall('faster'))
    await intoPool(entry.transaction.raw)
    const { data, exitCode } = await resume(made.services, speedUp)
    expect(exitCode).toBe(0)
    const [original, faster] = data.transactions
    expect(original).toMatchObject({ hash, state: 'replaced', replaced_by: faster?.hash })
    expect(faster).toMatchObject({ nonce: 0, state: 'included', supersedes: hash, what: { kind: 'operator-data' } })
    expect(made.said).toContain('preview: speed up: rename')
    expect(made.said).toContain('question: Send this transaction?')
    const [before, after] = entriesIn(state)
    expect(after?.request).toEqual(before?.request)
    expect(after?.base).toEqual(before?.base)
    expect(after?.fees.maxFeePerGas).toBeGreaterThanOrEqual((entry.fees.maxFeePerGas * 110n) / 100n)
    expect((await stored()).name).toBe('faster')
    expect(await transactionCount()).toBe(1)
    expect(state.locks.held()).toBe(0)
  })

  it('is as good where the slower one is included in the end', async () => {
    await automine(false)
    const { made, state } = fresh({
      clock: fakeClock(mine),
      wrap: (chain: Chain) => ({
        ...chain,
        broadcast: async () => ({ accepted: true, refusals: [], failures: [] }),
      }),
    })
    const { hash, entry } = await signedWrite(made, renameCall('faster'))
    await intoPool(entry.transaction.raw)
    const { data, exitCode } = await resume(made.services, { speedUp: true, hash })
    expect(exitCode).toBe(0)
    expect(data.transactions).toMatchObject([
      { hash, state: 'included' },
      { state: 'replaced', replaced_by: hash },
    ])
    expect(entriesIn(state).map((one) => one.state.kind)).toEqual(['included', 'replaced'])
  })

  it('leaves both open where neither is included in time', async () => {
    await automine(false)
    const { made, state } = fresh({ timeoutMs: 1000 })
    const { entry } = await signedWrite(made, renameCall('faster'))
    await intoPool(entry.transaction.raw)
    const { data, exitCode } = await resume(made.services, speedUp)
    expect(exitCode).toBe(6)
    expect(data.transactions).toMatchObject([{ state: 'open' }, { state: 'open' }])
    // And both are finished together.
    const later = services({ state, clock: fakeClock(mine) })
    expect(await resume(later.services, {})).toMatchObject({
      exitCode: 0,
      data: { transactions: [{ state: 'replaced' }, { state: 'included' }] },
    })
  })

  it('speeds up entering maintenance while it waits', async () => {
    await automine(false)
    const { made } = fresh({ clock: fakeClock(mine) })
    const { entry } = await signedWrite(made, enterCall, { kind: 'maintenance-enter' })
    await intoPool(entry.transaction.raw)
    expect(await resume(made.services, speedUp)).toMatchObject({ exitCode: 0 })
    expect((await view()).maintenance).toBe(OPERATOR)
  })

  it('has nothing to do where nothing is open', async () => {
    const { made } = fresh()
    expect(await resume(made.services, speedUp)).toMatchObject({ exitCode: 0, data: { transactions: [] } })
  })

  it('has nothing to do but to say so where it is included meanwhile', async () => {
    const { made } = fresh()
    const { hash, entry } = await signedWrite(made, renameCall('done'))
    await intoBlock(entry.transaction.raw)
    const { data, exitCode } = await resume(made.services, speedUp)
    expect(exitCode).toBe(0)
    expect(data.transactions).toMatchObject([{ hash, state: 'included' }])
    expect(made.sent).toEqual([])
    expect(await resume(made.services, { speedUp: true, hash })).toMatchObject({
      exitCode: 0,
      data: { transactions: [{ hash, state: 'included' }] },
    })
  })
})

describe('tx resume --speed-up refuses', () => {
  it('what was made for another state', async () => {
    const { made } = fresh()
    await signedWrite(made, renameCall('yesterday'))
    await ownerWrites(blob('fixed today', OWN_NODES))
    expect((await rejectedBy(resume(made.services, speedUp))).code).toBe('STATE_CHANGED')
    expect(made.sent).toEqual([])
  })

  it('entering maintenance that nobody knows', async () => {
    const { made } = fresh()
    await signedWrite(made, enterCall, { kind: 'maintenance-enter' })
    expect((await rejectedBy(resume(made.services, speedUp))).code).toBe('TRANSACTION_OPEN')
    expect(made.sent).toEqual([])
  })

  it('what comes after a nonce that nobody knows', async () => {
    const { made } = fresh()
    await signedWrite(made, renameCall('late'), { nonce: 1 })
    expect((await rejectedBy(resume(made.services, speedUp))).code).toBe('TRANSACTION_OPEN')
  })

  it('to claim anything where a provider takes no replacement', async () => {
    await automine(false)
    const { made, state } = fresh({
      wrap: (chain: Chain) => ({
        ...chain,
        broadcast: async () => ({ accepted: false, refusals: ['replacement transaction underpriced'], failures: [] }),
      }),
    })
    const { entry } = await signedWrite(made, renameCall('faster'))
    await intoPool(entry.transaction.raw)
    expect((await rejectedBy(resume(made.services, speedUp))).code).toBe('RPC_ERROR')
    expect(entriesIn(state).map((one) => one.state.kind)).toEqual(['open', 'rejected'])
  })

  it('to guess which one is meant', async () => {
    const { made } = fresh()
    const first = await signedWrite(made, renameCall('first'))
    const second = await signedWrite(made, renameCall('second'), { nonce: 1 })
    const error = await rejectedBy(resume(made.services, speedUp))
    expect(error.code).toBe('SELECTOR_AMBIGUOUS')
    expect(error.hint).toContain(`${first.hash}, ${second.hash}`)
  })

  it.each<[string, Parameters<typeof services>[0], string]>([
    ['without consent', { confirm: () => false }, 'DECLINED'],
    ['without the key', { privateKey: null, operator: OPERATOR }, 'SETTING_MISSING'],
    ['above --max-fee', { maxFeePerGas: 1n }, 'FEE_TOO_HIGH'],
    ['above --max-cost', { maxCostWei: 1n }, 'FEE_TOO_HIGH'],
  ])('%s', async (_, options, code) => {
    const { made, state } = fresh()
    await signedWrite(made, renameCall('faster'))
    const other = services({ state, ...options })
    expect((await rejectedBy(resume(other.services, speedUp))).code).toBe(code)
    expect(other.sent).toEqual([])
    expect(entriesIn(state)).toHaveLength(1)
  })
})
