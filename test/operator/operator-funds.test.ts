import { describe, expect, it } from 'vitest'
import { plainPaint } from '../../src/cli/paint.js'
import { run as funds } from '../../src/operator/operator-funds.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { operatorFundsText } from '../../src/operator/view.js'
import type { EntryState } from '../../src/platform/state/journal-entry.js'
import { INCLUDED, journalEntry } from '../support/journal-entries.js'
import { memoryState } from '../support/memory-state.js'
import { member, OPERATOR, useRealCluster } from '../support/use-real-cluster.js'

const { services, setBalance, now } = useRealCluster()
const ETHER = 10n ** 18n
const keyless = { privateKey: null, operator: OPERATOR, encryptionKey: null }

/** A journal of the operator on this chain, with an entry for each of these ends. */
async function journalOf(ends: readonly EntryState[], key: { chainId?: number; genesisHash?: `0x${string}` } = {}) {
  const state = memoryState()
  const chain = await services().services.chain()
  const { chainId, genesisHash } = await chain.readAccount(OPERATOR)
  const entries = ends.map((end, nonce) => {
    const raw = `0x${(nonce + 1).toString(16).padStart(4, '0')}` as const
    const entry = journalEntry(raw, { state: end })
    return { ...entry, transaction: { ...entry.transaction, nonce, from: OPERATOR } }
  })
  const path = 'a journal'
  state.files.set(path, {
    path,
    key: { chainId, genesisHash, contract: now.contract, signer: OPERATOR, ...key },
    entries,
  })
  return state
}
const paid = (feeWei: bigint): EntryState => ({ ...INCLUDED, feeWei })

describe('operator funds', () => {
  it('tells the balance, what past writes cost on average, and for how many more it lasts', async () => {
    await setBalance(1000n)
    const state = await journalOf([paid(10n), paid(20n), { ...INCLUDED, kind: 'reverted', feeWei: 33n }])
    const { data, exitCode } = await funds(services({ ...keyless, state }).services)
    expect(exitCode).toBeUndefined()
    expect(data).toEqual({
      operator: OPERATOR,
      balance_wei: '1000',
      balance_eth: '0.000000000000001',
      average_cost_wei: '21',
      basis: 'journal',
      writes_left: 47,
      min_wei: null,
      sufficient: true,
    })
  })

  it('after a real write goes by what it cost', async () => {
    const state = memoryState()
    const { data: write } = await rename(services({ state }).services, { newName: 'acme' })
    const { data } = await funds(services({ ...keyless, state }).services)
    expect(data).toMatchObject({ basis: 'journal', average_cost_wei: write.transaction?.fee_wei })
    expect(data.writes_left).toBe(Number(BigInt(data.balance_wei) / BigInt(data.average_cost_wei ?? 0)))
  })

  it('goes by the last 20 only, and neither by what is open, came to nothing or has an unknown cost', async () => {
    const old = new Array<EntryState>(5).fill(paid(1_000_000n))
    const last = new Array<EntryState>(20).fill(paid(7n))
    const free: EntryState[] = [
      { ...INCLUDED, feeWei: null },
      { kind: 'open' },
      { kind: 'replaced', by: null },
      { kind: 'rejected', reason: 'no' },
    ]
    const state = await journalOf([...old, ...last, ...free])
    expect((await funds(services({ ...keyless, state }).services)).data.average_cost_wei).toBe('7')
  })

  it.each([
    ['another chain', { chainId: 10 }],
    ['a chain that was started anew', { genesisHash: `0x${'12'.repeat(32)}` as const }],
  ])('does not count what was paid on %s', async (_, key) => {
    const state = await journalOf([paid(7n)], key)
    expect((await funds(services({ ...keyless, state }).services)).data.basis).toBe('estimate')
  })

  it('estimates where nothing was sent yet, and says so', async () => {
    const { data } = await funds(services(keyless).services)
    expect(data.basis).toBe('estimate')
    expect(BigInt(data.average_cost_wei ?? 0)).toBeGreaterThan(0n)
    expect(data.writes_left).toBeGreaterThan(1000)
    expect(operatorFundsText(data, plainPaint)).toContain('at most, by estimate')
  })

  it('does not take a deployment for a write', async () => {
    const state = await journalOf([paid(7n), paid(1_000_000n)])
    const [file] = state.files.values()
    const [write, deployment] = file?.entries ?? []
    if (!file || !write || !deployment) throw new Error('there is no journal')
    const what = { kind: 'deploy', title: 'deploy' } as const
    state.files.set(file.path, { ...file, entries: [write, { ...deployment, what }] })
    expect((await funds(services({ ...keyless, state }).services)).data.average_cost_wei).toBe('7')
  })

  it('tells the balance of who is no operator yet as well', async () => {
    await setBalance(ETHER, member(9))
    const { data } = await funds(services({ ...keyless, operator: member(9) }).services)
    expect(data).toMatchObject({ balance_eth: '1', average_cost_wei: null, basis: 'estimate', writes_left: null })
    expect(operatorFundsText(data, plainPaint)).toContain('not known')
  })

  it('names a journal that is damaged, and goes on', async () => {
    const { services: all, said } = services({ ...keyless, state: await journalOf([paid(7n)]) })
    const state = await all.state()
    Object.assign(state, {
      journal: {
        ...state.journal,
        all: async () => ({
          ...(await journalOf([])),
          journals: [],
          faults: [{ path: '/x.json', reason: 'it is torn' }],
        }),
      },
    })
    expect((await funds(all)).data.basis).toBe('estimate')
    expect(said).toEqual([expect.stringContaining('warning: /x.json is not taken into account: it is torn')])
  })

  it.each([
    [10n ** 18n, false, 8],
    [1001n, false, 8],
    [1000n, true, undefined],
    [0n, true, undefined],
  ])('held against --min of %s wei', async (minFundsWei, sufficient, code) => {
    await setBalance(1000n)
    const { services: all, said } = services({ ...keyless, minFundsWei })
    const { data, exitCode } = await funds(all)
    expect([data.sufficient, data.min_wei, exitCode]).toEqual([sufficient, String(minFundsWei), code])
    expect(said).toEqual(
      sufficient ? [] : [expect.stringMatching(/^warning: account 0x\w+ holds less than 0.000001 ETH, less than the /)],
    )
  })
})
