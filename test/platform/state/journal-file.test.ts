/** The journal as text: read back as it was written, and nothing else is taken for one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JournalKey } from '../../../src/platform/state/journal-entry.js'
import { formatJournal, type JournalContent, parseJournal } from '../../../src/platform/state/journal-file.js'
import { anyEntries, anyJournalKey } from '../../support/journal-arbitraries.js'
import { INCLUDED, JOURNAL_KEY, journalEntry } from '../../support/journal-entries.js'
import { thrownBy } from '../../support/thrown.js'

const PATH = '/state/journal/some.json'
const parse = (text: string) => parseJournal(text, PATH)
const CONTENT: JournalContent = {
  key: JOURNAL_KEY,
  entries: [journalEntry('0x02aa', { state: INCLUDED }), journalEntry('0x02bb')],
}
const TEXT = formatJournal(CONTENT)

const anyContent: fc.Arbitrary<JournalContent> = anyJournalKey.chain((key: JournalKey) =>
  anyEntries(key.signer).map((entries) => ({ key, entries })),
)

describe('a journal as a file', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        expect(parse(formatJournal(content))).toEqual(content)
      }),
    )
  })

  it('is a document that says what it is, with integers beyond 2^53 as text', () => {
    const [settled] = JSON.parse(TEXT).entries
    expect(JSON.parse(TEXT)).toMatchObject({
      type: 'wcn-journal',
      version: 1,
      chain_id: 31337,
      genesis_hash: JOURNAL_KEY.genesisHash,
      contract: JOURNAL_KEY.contract,
      signer: JOURNAL_KEY.signer,
    })
    expect(settled).toEqual({
      hash: CONTENT.entries[0]?.transaction.hash,
      raw: '0x02aa',
      nonce: 7,
      to: JOURNAL_KEY.contract,
      data: '0xabcd',
      gas: '60000',
      max_fee_per_gas: '2000000000',
      max_priority_fee_per_gas: '1000000',
      kind: 'operator-data',
      title: 'add a node',
      base: {
        block: { number: 7, hash: `0x${'07'.repeat(32)}` },
        operator: { id: JOURNAL_KEY.signer, data: '0x01ff' },
        migration: { id: '3', pulling: false },
        maintenance: null,
      },
      signed_at: 1_790_000_000,
      supersedes: null,
      state: {
        kind: 'included',
        block: { number: 8, hash: `0x${'08'.repeat(32)}` },
        gas_used: '50000',
        fee_wei: '75',
        l1_fee_wei: '25',
      },
    })
    expect(TEXT.endsWith('}\n')).toBe(true)
  })

  it('may be laid out otherwise', () => {
    expect(parse(JSON.stringify(JSON.parse(TEXT)))).toEqual(CONTENT)
    expect(parse(JSON.stringify(JSON.parse(TEXT), null, '\t\t'))).toEqual(CONTENT)
  })

  it('writes no more of a block than its name', () => {
    const block = { ...INCLUDED.block, transactions: ['secret'] }
    const text = formatJournal({ key: JOURNAL_KEY, entries: [journalEntry('0x02', { state: { ...INCLUDED, block } })] })
    expect(text).not.toContain('secret')
  })
})

describe('what is no journal', () => {
  it('is refused, whatever it is', () => {
    const decoded = fc.uint8Array({ maxLength: 500 }).map((raw) => new TextDecoder().decode(raw))
    const anyText = fc.oneof(
      decoded,
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.jsonValue().map((v) => JSON.stringify(v)),
    )
    fc.assert(
      fc.property(anyText, (text) => {
        expect(thrownBy(() => parse(text)).code).toBe('JOURNAL_INVALID')
      }),
      { numRuns: 1000 },
    )
  })

  it('is what any change at all has made of one, or reads as the same', () => {
    const place = fc.nat({ max: TEXT.length - 1 })
    const changed = fc.tuple(place, fc.nat({ max: 40 }), fc.string({ unit: 'binary', maxLength: 3 }))
    fc.assert(
      fc.property(changed, ([at, cut, put]) => {
        const text = TEXT.slice(0, at) + put + TEXT.slice(at + cut)
        let read: JournalContent
        try {
          read = parse(text)
        } catch (error) {
          expect(error).toMatchObject({ code: 'JOURNAL_INVALID' })
          return
        }
        // A digit of a fee may have become another one; bytes that are sent may not.
        const sent = ({ entries }: JournalContent) =>
          entries.filter(({ state }) => state.kind === 'open').map(({ transaction }) => transaction.raw)
        expect(sent(CONTENT)).toEqual(expect.arrayContaining(sent(read)))
      }),
      { numRuns: 2000 },
    )
  })

  it('is what was cut off anywhere', () => {
    for (let length = 0; length < TEXT.length - 1; length++)
      expect(thrownBy(() => parse(TEXT.slice(0, length))).code).toBe('JOURNAL_INVALID')
  })

  const edited = (fields: object) => JSON.stringify({ ...JSON.parse(TEXT), ...fields })
  const editedEntry = (fields: object) => {
    const [first, second] = JSON.parse(TEXT).entries
    return edited({ entries: [first, { ...second, ...fields }] })
  }
  const other = `0x${'11'.repeat(32)}`
  it.each([
    ['nothing', '', 'it is cut off or damaged'],
    ['trailing garbage', `${TEXT}x`, 'it is cut off or damaged'],
    ['a byte order mark', `\ufeff${TEXT}`, 'it is cut off or damaged'],
    ['another document', '{"type":"wcn-plan","version":1}', 'it is something else'],
    ['a list', '[]', 'it is something else'],
    ['a newer one', edited({ version: 2 }), 'it was written by a newer wcn (its version is 2)'],
    ['an impossible one', edited({ version: 0 }), 'its version is 0, which does not exist'],
    ['an unknown field', edited({ more: 1 }), 'more: unknown key "more"'],
    ['an unknown field of an entry', editedEntry({ more: 1 }), 'entries[1].more: unknown key "more"'],
    ['a field called __proto__', TEXT.replace('{', '{"__proto__": {},'), 'unknown key "__proto__"'],
    ['a missing field', editedEntry({ base: undefined }), 'entries[1].base: is missing'],
    ['the same key twice', TEXT.replace('"chain_id"', '"chain_id": 10, "chain_id"'), 'the same key twice'],
    ['a rounded number', TEXT.replace('"nonce": 7', '"nonce": 7.0'), 'a number in an unusual form'],
    ['a number that is too large', TEXT.replace('"nonce": 7', '"nonce": 9007199254740993'), 'nonce'],
    ['a negative nonce', TEXT.replace('"nonce": 7', '"nonce": -7'), 'nonce: must not be negative'],
    ['a time beyond all dates', TEXT.replace('1790000000', '8640000000001'), 'signed_at: is no time'],
    ['an integer that is none', TEXT.replace('"60000"', '"6e4"'), 'gas: must be a whole number as text'],
    ['a negative integer', TEXT.replace('"60000"', '"-6"'), 'gas: must be a whole number as text'],
    ['half a byte', TEXT.replace('0xabcd', '0xabc'), 'data: must be lower-case hex'],
    ['capitals in hex', TEXT.replace('0xabcd', '0xABCD'), 'data: must be lower-case hex'],
    ['a short address', TEXT.replace(/c0c0"/, 'c0"'), 'must be 20 bytes'],
    ['an unknown kind', TEXT.replace('"operator-data"', '"operator-wish"'), 'kind: must be'],
    ['an unknown state', TEXT.replace('"open"', '"closed"'), 'state'],
    ['other bytes', TEXT.replace('"0x02bb"', '"0x02bc"'), 'entries[1].raw: is not the transaction of that hash'],
    ['another hash', editedEntry({ hash: other }), 'entries[1].raw'],
    ['one transaction twice', editedEntry(JSON.parse(TEXT).entries[0]), 'entries: holds a transaction twice'],
  ])('is %s', (_, text, why) => {
    const error = thrownBy(() => parse(text))
    expect(error.code).toBe('JOURNAL_INVALID')
    expect(error.message).toContain(`"${PATH}" is no journal of transactions that this wcn understands: `)
    expect(error.message).toContain(why)
    expect(error.hint).toContain('move it away once you know what became of its transactions')
    expect(error.details).toMatchObject({ path: PATH })
  })

  it('does not exhaust anything', () => {
    const deep = '['.repeat(2_000_000)
    const escapes = `{"type":"wcn-journal","version":1,"entries":"${'\\n'.repeat(5_000_000)}"}`
    const twice = TEXT.replace('{', `{"title": "${'\\n'.repeat(5_000_000)}",`)
    for (const text of [deep, deep + ']'.repeat(2_000_000), escapes, twice])
      expect(thrownBy(() => parse(text)).code).toBe('JOURNAL_INVALID')
  })
})
