import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { plainPaint } from '../../src/cli/paint.js'
import { createJournal } from '../../src/platform/state/journal.js'
import { run as list } from '../../src/tx/tx-list.js'
import { txListText } from '../../src/tx/view.js'
import { sandbox } from '../support/cli.js'
import { INCLUDED, JOURNAL_KEY, journalEntry } from '../support/journal-entries.js'
import { memoryState } from '../support/memory-state.js'
import { testServices } from '../support/services.js'

const box = sandbox()
afterAll(box.remove)

const other = { ...JOURNAL_KEY, chainId: 10, contract: null }
const first = journalEntry('0x01', { state: INCLUDED })
const second = journalEntry('0x02', { signedAt: first.signedAt + 60, supersedes: first.transaction.hash })
const third = journalEntry('0x03', {
  signedAt: first.signedAt + 60,
  state: { kind: 'replaced', by: second.transaction.hash },
})
const elsewhere = journalEntry('0x04', {
  signedAt: first.signedAt + 30,
  what: { kind: 'deploy', title: 'deploy \u001b[2J' },
  base: null,
  state: { kind: 'rejected', reason: 'no' },
})

async function several() {
  const state = memoryState()
  for (const entry of [first, second, third]) await state.journal.put(JOURNAL_KEY, entry)
  await state.journal.put(other, elsewhere)
  return testServices({ state: async () => state })
}

describe('tx list', () => {
  it('shows every journal, newest first, without a setting or a chain', async () => {
    const { data } = await list(await several(), {})
    expect(data.transactions.map(({ hash }) => hash)).toEqual(
      [third, second, elsewhere, first].map(({ transaction }) => transaction.hash),
    )
    expect(data.transactions[1]).toEqual({
      hash: second.transaction.hash,
      nonce: 7,
      chain_id: 31337,
      contract: JOURNAL_KEY.contract,
      signer: JOURNAL_KEY.signer,
      what: { kind: 'operator-data', title: 'add a node' },
      signed_at: second.signedAt,
      state: 'open',
      block: null,
      fee_wei: null,
      replaced_by: null,
      supersedes: first.transaction.hash,
    })
    expect(data.transactions[3]).toMatchObject({ state: 'included', block: INCLUDED.block, fee_wei: '75' })
    expect(data.transactions[0]).toMatchObject({ state: 'replaced', replaced_by: second.transaction.hash })
    expect(data.transactions[2]).toMatchObject({ chain_id: 10, contract: null, state: 'rejected' })
    expect(data.faults).toEqual([])
  })

  it('shows what is open only', async () => {
    const { data } = await list(await several(), { open: true })
    expect(data.transactions).toMatchObject([{ hash: second.transaction.hash, state: 'open' }])
  })

  it('has a table for people, in which titles are harmless', async () => {
    const text = txListText((await list(await several(), {})).data, plainPaint)
    expect(text).toContain('deploy \\u{1b}[2J')
    expect(text).not.toContain('\u001b')
    expect(text).toMatch(
      new RegExp(`2026-09-21 \\S+ UTC +open, \\S+ \\S+ +7 +${second.transaction.hash.slice(0, 12)} +31337`),
    )
    expect(text).toContain('included in 8')
    expect(txListText({ transactions: [], faults: [] }, plainPaint)).toBe('no transactions\n')
  })

  it('names journals that are damaged, and shows the others', async () => {
    const directory = box.path('journal')
    mkdirSync(directory)
    const journal = createJournal(directory)
    await journal.put(JOURNAL_KEY, first)
    const torn = `${directory}/31337-6e6e6e6e-deploy-${JOURNAL_KEY.signer}.json`
    writeFileSync(torn, '{"type":"wcn-journal","ver', { mode: 0o600 })
    const services = testServices({ state: async () => ({ ...memoryState(), journal }) })
    const { data } = await list(services, {})
    expect(data.transactions).toMatchObject([{ hash: first.transaction.hash }])
    expect(data.faults).toEqual([{ path: torn, reason: expect.any(String) }])
    expect(services.said).toEqual([expect.stringContaining(`warning: ${torn} is not taken into account`)])
  })

  it('never shows the signed bytes', async () => {
    const raw = `0x02f8${'77'.repeat(60)}` as const
    const state = memoryState()
    await state.journal.put(JOURNAL_KEY, journalEntry(raw))
    const { data } = await list(testServices({ state: async () => state }), {})
    expect(JSON.stringify(data) + txListText(data, plainPaint)).not.toContain('7777')
  })
})
