import { describe, expect, it } from 'vitest'
import type { Chain } from '../../src/chain/chain.js'
import { plainPaint } from '../../src/cli/paint.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { run as resume } from '../../src/tx/tx-resume.js'
import { run as show } from '../../src/tx/tx-show.js'
import { txShowText } from '../../src/tx/view.js'
import { INCLUDED, JOURNAL_KEY, journalEntry } from '../support/journal-entries.js'
import { memoryState } from '../support/memory-state.js'
import { rejectedBy } from '../support/rejected.js'
import { testServices } from '../support/services.js'
import { enterCall, renameCall, signedWrite } from '../support/signed-write.js'
import { member, useRealCluster } from '../support/use-real-cluster.js'

const { services, now, automine, foreignIntoBlock, intoBlock, intoPool } = useRealCluster()
const none = async (): Promise<never> => {
  throw new WcnError('SETTING_MISSING', 'no provider is set')
}

function fresh(options: Parameters<typeof services>[0] = {}) {
  const state = memoryState()
  return { state, made: services({ state, ...options }) }
}

describe('tx show', () => {
  it('tells all that the journal holds but the signed bytes, where no provider is set', async () => {
    const state = memoryState()
    const raw = `0x02f8${'77'.repeat(60)}` as const
    const entry = journalEntry(raw, { state: INCLUDED })
    await state.journal.put(JOURNAL_KEY, entry)
    const offline = testServices({ state: async () => state, settings: { providers: none } })
    const { data } = await show(offline, { hash: entry.transaction.hash })
    expect(data).toMatchObject({
      hash: entry.transaction.hash,
      genesis_hash: JOURNAL_KEY.genesisHash,
      state: 'included',
      block: INCLUDED.block,
      to: JOURNAL_KEY.contract,
      data: '0xabcd',
      gas: 60_000,
      gas_used: 50_000,
      fee_wei: '75',
      l1_fee_wei: '25',
      max_fee_per_gas_wei: '2000000000',
      max_priority_fee_per_gas_wei: '1000000',
      reason: null,
      base: { operator: { id: JOURNAL_KEY.signer, data: '0x01ff' }, migration: { id: 3, pulling: false } },
      now: null,
    })
    const text = txShowText(data, plainPaint)
    expect(JSON.stringify(data) + text).not.toContain('7777')
    expect(text).toContain('up to 2 gwei per gas, of which 0.001 gwei as priority fee; at most 60000 gas')
    expect(text).toContain('included in 8')
  })

  it('tells that nobody knows what it cost', async () => {
    const state = memoryState()
    const end = { ...INCLUDED, gasUsed: null, feeWei: null, l1FeeWei: null }
    const entry = journalEntry('0x02aa', { state: end })
    await state.journal.put(JOURNAL_KEY, entry)
    const offline = testServices({ state: async () => state, settings: { providers: none } })
    const { data } = await show(offline, { hash: entry.transaction.hash })
    expect(data).toMatchObject({ state: 'included', gas_used: null, fee_wei: null, l1_fee_wei: null })
    expect(txShowText(data, plainPaint)).toMatch(/cost +not known: the RPC providers do not tell\n/)
  })

  it('tells that it waits, is included, or that nobody knows it, and writes nothing down', async () => {
    await automine(false)
    const { made, state } = fresh()
    const { hash, entry } = await signedWrite(made, renameCall('shown'))
    const look = async () => (await show(made.services, { hash })).data
    expect((await look()).now).toMatchObject({ state: 'unheard', block: null })
    await intoPool(entry.transaction.raw)
    expect((await look()).now).toMatchObject({ state: 'open', reason: expect.stringContaining('waits in the pool') })
    await now.chain.rpc('evm_mine')
    const data = await look()
    expect(data).toMatchObject({ state: 'open', now: { state: 'included', block: { number: expect.any(Number) } } })
    expect(txShowText(data, plainPaint)).toMatch(/state +open\n(.*\n)*chain +included in block \d+/)
    expect([...state.files.values()][0]?.entries[0]?.state.kind).toBe('open')
    expect(state.locks.taken).toEqual([])
    expect(made.sent).toEqual([])
  })

  it('tells the reason where the contract refused it', async () => {
    const { made } = fresh()
    const { hash, entry } = await signedWrite(made, enterCall, { kind: 'maintenance-enter' })
    await now.cluster.write(member(2), 'setMaintenance', [true])
    await intoBlock(entry.transaction.raw)
    const { data } = await show(made.services, { hash })
    expect(data.now).toMatchObject({ state: 'reverted', reason: expect.stringContaining('maintenance slot is taken') })
  })

  it('tells what took its nonce', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, renameCall('shown'))
    const by = await foreignIntoBlock()
    const { data } = await show(made.services, { hash: hash.toUpperCase().replace('0X', '0x') })
    expect(data.now).toMatchObject({ state: 'replaced', replaced_by: by })
    expect(txShowText(data, plainPaint)).toContain(`its nonce was used by ${by}`)
  })

  it('says where the journal is wrong, such as after its block was taken back', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, renameCall('shown'))
    await resume(made.services, {})
    await now.chain.rpc('anvil_reorg', [1, []])
    await now.chain.rpc('anvil_dropAllTransactions')
    const { data } = await show(made.services, { hash })
    expect(data).toMatchObject({ state: 'included', now: { state: 'unheard' } })
  })

  it.each<[string, Parameters<typeof services>[0], string]>([
    ['another chain', { chainId: 10 }, 'belongs to chain 31337'],
    [
      'a provider that does not answer',
      {
        wrap: (chain: Chain) => ({
          ...chain,
          readAccount: () => Promise.reject(new WcnError('NETWORK', 'nobody answers')),
        }),
      },
      'warning: what the chain says is not known: nobody answers',
    ],
  ])('shows the journal alone with %s, and says so', async (_, options, sentence) => {
    const { made, state } = fresh()
    const { hash } = await signedWrite(made, renameCall('shown'))
    const { services: other, said } = services({ state, ...options })
    expect((await show(other, { hash })).data).toMatchObject({ hash, state: 'open', now: null })
    expect(said).toContainEqual(expect.stringContaining(sentence))
  })

  it('shows the journal alone of a development chain that was started anew', async () => {
    const { made, state } = fresh()
    const { key, entry, hash } = await signedWrite(made, renameCall('shown'))
    const [path = ''] = state.files.keys()
    state.files.set(path, { path, key: { ...key, genesisHash: `0x${'12'.repeat(32)}` }, entries: [entry] })
    expect((await show(made.services, { hash })).data.now).toBeNull()
    expect(made.said).toContainEqual(expect.stringContaining('started anew'))
    // The same bytes, signed once more on the new one: that one is meant.
    await state.journal.put(key, { ...entry, signedAt: entry.signedAt - 1 })
    expect((await show(made.services, { hash })).data).toMatchObject({ genesis_hash: key.genesisHash, now: {} })
  })

  it.each([
    ['what is not there', '0x123456789', 'SELECTOR_NO_MATCH'],
    ['too few digits', '1234567', 'USAGE'],
    ['a word', 'last', 'USAGE'],
  ])('refuses %s', async (_, hash, code) => {
    expect((await rejectedBy(show(fresh().made.services, { hash }))).code).toBe(code)
  })

  it('does not repeat what may be a key', async () => {
    const key = 'c0ffee'.repeat(11).slice(0, 64)
    const error = await rejectedBy(show(fresh().made.services, { hash: key }))
    expect(`${error.message} ${error.hint}`).not.toContain('c0ffee')
  })

  it('asks for more digits where two begin alike, and names a journal that it could not look into', async () => {
    const state = memoryState()
    const [one, two] = [journalEntry('0x01'), journalEntry('0x02')]
    const alike = (entry: typeof one, last: string) => ({
      ...entry,
      transaction: { ...entry.transaction, hash: `0xabcdef12${last.repeat(56)}` as const },
    })
    state.files.set('x', { path: 'x', key: JOURNAL_KEY, entries: [alike(one, '1'), alike(two, '2')] })
    const offline = testServices({ state: async () => state, settings: { providers: none } })
    const error = await rejectedBy(show(offline, { hash: 'abcdef12' }))
    expect(error.code).toBe('SELECTOR_AMBIGUOUS')
    expect((await show(offline, { hash: '0xABCDEF121' })).data.hash).toBe(`0xabcdef12${'1'.repeat(56)}`)
    state.faults.push({ path: '/broken.json', reason: 'torn' })
    expect((await rejectedBy(show(offline, { hash: 'ffffffff' }))).hint).toContain('/broken.json')
  })
})
