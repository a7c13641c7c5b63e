/** The journal in its directory: what is put is there, and what is not understood is not touched. */
import * as fs from 'node:fs'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Address } from '../../../src/base/address.js'
import type { Journal } from '../../../src/platform/state/journal.js'
import type { JournalEntry, JournalKey } from '../../../src/platform/state/journal-entry.js'
import { formatJournal } from '../../../src/platform/state/journal-file.js'
import { createState } from '../../../src/platform/state/local-state.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { INCLUDED, JOURNAL_KEY, journalEntry } from '../../support/journal-entries.js'
import { rejectionOf } from '../../support/rejection.js'

// A full disk can't be brought about otherwise.
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>()
  return { ...real, writeFileSync: vi.fn(real.writeFileSync) }
})

let box: Sandbox
let journal: Journal
beforeEach(() => {
  box = sandbox()
  journal = journalIn(box.path('state'))
})
afterEach(() => box.remove())

const NAME = `31337-6e6e6e6e-${JOURNAL_KEY.contract}-${JOURNAL_KEY.signer}.json`
const pathOf = (name = NAME) => box.path(`state/journal/${name}`)
const journalIn = (directory: string) => createState({ directory, host: 'h', command: 'c', now: () => 0 }).journal
const FIRST = journalEntry('0x0201')
const SECOND = journalEntry('0x0202', { supersedes: FIRST.transaction.hash })
const ended = ({ transaction }: JournalEntry, state: JournalEntry['state'] = INCLUDED) =>
  journalEntry(transaction.raw, { state })

/** `count` different ones, from `from` on. */
function row(from: number, count: number, fields: Partial<JournalEntry> = {}): readonly JournalEntry[] {
  return Array.from({ length: count }, (_, i) => journalEntry(`0x${(0x1000 + from + i).toString(16)}`, fields))
}

/** As an earlier run left it. */
function leave(entries: readonly JournalEntry[]): void {
  mkdirSync(pathOf('.'), { recursive: true })
  writeFileSync(pathOf(), formatJournal({ key: JOURNAL_KEY, entries }))
}

describe('the journal', () => {
  it('is empty where nothing was put', async () => {
    expect(await journal.entries(JOURNAL_KEY)).toEqual([])
    expect(await journal.all()).toEqual({ journals: [], faults: [] })
    expect(readdirSync(box.path('.'))).toEqual([])
  })

  it('keeps what is put, oldest first, for every later run', async () => {
    await journal.put(JOURNAL_KEY, FIRST)
    await journal.put(JOURNAL_KEY, SECOND)
    expect(await journalIn(box.path('state')).entries(JOURNAL_KEY)).toEqual([FIRST, SECOND])
  })

  it('replaces an entry by its hash, in its place', async () => {
    await journal.put(JOURNAL_KEY, FIRST)
    await journal.put(JOURNAL_KEY, SECOND)
    const replaced = ended(FIRST, { kind: 'replaced', by: SECOND.transaction.hash })
    await journal.put(JOURNAL_KEY, replaced)
    expect(await journal.entries(JOURNAL_KEY)).toEqual([replaced, SECOND])
  })

  it('takes up what another process has put in the meantime', async () => {
    await journal.put(JOURNAL_KEY, FIRST)
    await journalIn(box.path('state')).put(JOURNAL_KEY, SECOND)
    await journal.put(JOURNAL_KEY, ended(FIRST))
    expect(await journal.entries(JOURNAL_KEY)).toEqual([ended(FIRST), SECOND])
  })

  it('is one file per chain, genesis block, contract and signer, for its owner only', async () => {
    const before = process.umask(0)
    const other = '0x1111111111111111111111111111111111111111' as Address
    const keys: readonly JournalKey[] = [
      JOURNAL_KEY,
      { ...JOURNAL_KEY, chainId: 10 },
      { ...JOURNAL_KEY, genesisHash: `0x${'01'.repeat(32)}` },
      { ...JOURNAL_KEY, contract: other },
      { ...JOURNAL_KEY, contract: null },
    ]
    for (const [nonce, key] of keys.entries())
      await journal.put(key, { ...FIRST, transaction: { ...FIRST.transaction, nonce } })
    await journal.put(
      { ...JOURNAL_KEY, signer: other },
      { ...FIRST, transaction: { ...FIRST.transaction, from: other } },
    )
    process.umask(before)

    const { journals, faults } = await journal.all()
    expect(faults).toEqual([])
    expect(journals.map(({ key }) => key)).toEqual(expect.arrayContaining([...keys]))
    expect(journals.map(({ path }) => path.replace(pathOf(''), '')).sort()).toEqual(
      [
        NAME,
        NAME.replace('31337', '10'),
        NAME.replace('6e6e6e6e', '01010101'),
        NAME.replace(`${JOURNAL_KEY.contract}`, other),
        NAME.replace(`${JOURNAL_KEY.contract}`, 'deploy'),
        NAME.replace(JOURNAL_KEY.signer, other),
      ].sort(),
    )
    for (const path of ['state', 'state/journal']) expect(statSync(box.path(path)).mode & 0o777).toBe(0o700)
    for (const { path } of journals) expect(statSync(path).mode & 0o777).toBe(0o600)
    for (const [nonce, key] of keys.entries())
      expect((await journal.entries(key)).map(({ transaction }) => transaction.nonce)).toEqual([nonce])
  })

  it('forgets old ones that have settled, and never an open one', async () => {
    const open = row(0, 5)
    const settled = row(100, 104, { state: INCLUDED })
    leave([...open.slice(0, 3), ...settled, ...open.slice(3)])
    await journal.put(JOURNAL_KEY, FIRST)
    expect(await journal.entries(JOURNAL_KEY)).toEqual([
      ...open.slice(0, 3),
      ...settled.slice(4),
      ...open.slice(3),
      FIRST,
    ])
  })

  it('forgets more of them where they are large, so that it can still be read', async () => {
    const data = `0x${'00'.repeat(80_000)}` as const
    leave(row(0, 99, { state: INCLUDED, request: { to: null, data } }))
    await journal.put(JOURNAL_KEY, { ...FIRST, request: { to: null, data } })
    await journal.put(JOURNAL_KEY, { ...SECOND, request: { to: null, data: `0x${'00'.repeat(400_000)}` } })
    const entries = await journal.entries(JOURNAL_KEY)
    expect(entries).toHaveLength(52)
    expect(entries.at(-1)?.transaction).toEqual(SECOND.transaction)
    expect(entries.at(-2)?.transaction).toEqual(FIRST.transaction)
  })

  it('is not written where it could not be read any more', async () => {
    const request = { to: null, data: `0x${'00'.repeat(3_000_000)}` } as const
    for (const entry of row(0, 2, { request })) await journal.put(JOURNAL_KEY, entry)
    const before = readFileSync(pathOf(), 'utf8')
    const error = await rejectionOf(journal.put(JOURNAL_KEY, { ...FIRST, request }))
    expect(error.code).toBe('FILE_UNWRITABLE')
    expect(error.hint).toContain('wcn tx resume')
    expect(readFileSync(pathOf(), 'utf8')).toBe(before)
  })

  it('takes nothing that it could not be read with', async () => {
    const other = '0x1111111111111111111111111111111111111111' as Address
    await expect(journal.put({ ...JOURNAL_KEY, signer: other }, FIRST)).rejects.toThrow('another account')
    const wrong = { ...FIRST, transaction: { ...FIRST.transaction, raw: '0x0299' as const } }
    await expect(journal.put(JOURNAL_KEY, wrong)).rejects.toThrow('could not be read with')
    expect(readdirSync(box.path('.'))).toEqual([])
  })
})

describe('a file that is no journal of this wcn', () => {
  const good = () => formatJournal({ key: JOURNAL_KEY, entries: [FIRST, SECOND] })
  const MOVE_AWAY = 'move it away once you know what became of its transactions'

  it.each<[string, () => string | Buffer, string]>([
    ['empty', () => '', 'cut off or damaged'],
    ['cut off', () => good().slice(0, -100), 'cut off or damaged'],
    ['followed by something', () => `${good()}{}`, 'cut off or damaged'],
    ['a newer one', () => good().replace('"version": 1', '"version": 2'), 'written by a newer wcn'],
    ['one with a field more', () => good().replace('"chain_id"', '"more": 1, "chain_id"'), 'unknown key "more"'],
    ['of other bytes', () => good().replace('"0x0202"', '"0x0203"'), 'not the transaction of that hash'],
    ['not UTF-8', () => Buffer.concat([Buffer.from(good()), Buffer.from([0xff])]), 'not text in UTF-8'],
    ['of another chain', () => good().replace('31337', '10'), 'its content belongs in 10-6e6e6e6e-'],
    ['of another signer', () => good().replaceAll('5151"', '5252"'), `its content belongs in 31337-6e6e6e6e-`],
    ['of another genesis', () => good().replace('6e6e"', '6f6f"'), 'a chain with another genesis block'],
    ['something else', () => '{"type":"wcn-lock","version":1,"holder":null}', 'it is something else'],
  ])('is refused and left as it is: %s', async (_, content, why) => {
    mkdirSync(pathOf('.'), { recursive: true })
    writeFileSync(pathOf(), content())
    for (const call of [journal.entries(JOURNAL_KEY), journal.put(JOURNAL_KEY, SECOND)]) {
      const error = await rejectionOf(call)
      expect(error.code).toBe('JOURNAL_INVALID')
      expect(error.message).toContain(pathOf())
      expect(error.message).toContain(why)
      expect(error.hint).toContain(MOVE_AWAY)
    }
    expect(readFileSync(pathOf())).toEqual(Buffer.from(content()))
    expect(readdirSync(pathOf('.'))).toEqual([NAME])
  })

  it('is listed beside those that can be read', async () => {
    await journal.put(JOURNAL_KEY, FIRST)
    const renamed = NAME.replace('31337', '10')
    writeFileSync(pathOf('a.json'), 'x')
    writeFileSync(pathOf(renamed), readFileSync(pathOf()))
    mkdirSync(pathOf('folder.json'))
    writeFileSync(pathOf('.wcn-0123.tmp'), 'half')
    writeFileSync(pathOf('notes.txt'), 'x')
    truncateSync(pathOf('a.json'), 17 * 1024 * 1024)
    const { journals, faults } = await journal.all()
    expect(journals).toEqual([{ path: pathOf(), key: JOURNAL_KEY, entries: [FIRST] }])
    expect(faults).toEqual([
      { path: pathOf(renamed), reason: `its content belongs in ${NAME}` },
      { path: pathOf('a.json'), reason: "it can't be read: it is longer than 16777216 bytes" },
      { path: pathOf('folder.json'), reason: "it can't be read: it is not a regular file" },
    ])
  })

  it('is refused unread where it is huge, a directory, a device or a pipe', async () => {
    mkdirSync(pathOf('.'), { recursive: true })
    writeFileSync(pathOf(), '')
    truncateSync(pathOf(), 17 * 1024 * 1024)
    expect((await rejectionOf(journal.put(JOURNAL_KEY, FIRST))).message).toContain('longer than 16777216 bytes')
    renameSync(pathOf(), pathOf('old'))
    symlinkSync('/dev/zero', pathOf())
    const error = await rejectionOf(journal.put(JOURNAL_KEY, FIRST))
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', hint: 'move it away' })
    expect(error.message).toContain('not a regular file')
  })
})

describe('where it can not be written', () => {
  it.each([
    ['a file in the place of the directory', () => writeFileSync(box.path('state'), ''), 'FILE_UNREADABLE'],
    ['a file in the place of the journals', () => writeFileSync(made('journal'), ''), 'FILE_UNREADABLE'],
    ['a link in the place of the journals', () => symlinkSync('/tmp', made('journal')), 'OUTPUT_UNSAFE'],
    [
      'a dangling link in the place of the file',
      () => symlinkSync('nowhere', made(`journal/${NAME}`)),
      'OUTPUT_UNSAFE',
    ],
    ['a full disk', () => fullDisk(), 'FILE_UNWRITABLE'],
  ])('says so: %s', async (_, prepare, code) => {
    prepare()
    const error = await rejectionOf(journal.put(JOURNAL_KEY, FIRST))
    expect(error.code).toBe(code)
    expect(error.message).toContain(box.path('state'))
    if (code === 'FILE_UNWRITABLE') expect(error.hint).toContain('--state-dir or WCN_STATE_DIR')
  })

  it('names the directory that can not be made', async () => {
    const error = await rejectionOf(journalIn('/proc/wcn-state').put(JOURNAL_KEY, FIRST))
    expect(error.code).toBe('FILE_UNWRITABLE')
    expect(error.message).toContain('/proc/wcn-state/journal')
    expect(error.hint).toContain('--state-dir or WCN_STATE_DIR')
  })

  it('keeps the old one', async () => {
    await journal.put(JOURNAL_KEY, FIRST)
    fullDisk()
    expect((await rejectionOf(journal.put(JOURNAL_KEY, SECOND))).message).toContain('the disk is full')
    expect(await journal.entries(JOURNAL_KEY)).toEqual([FIRST])
    expect(readdirSync(pathOf('.'))).toEqual([NAME])
  })

  it('does not write through a link to a journal', async () => {
    await journal.put(JOURNAL_KEY, FIRST)
    renameSync(pathOf(), box.path('elsewhere.json'))
    symlinkSync(box.path('elsewhere.json'), pathOf())
    expect(await journal.entries(JOURNAL_KEY)).toEqual([FIRST])
    expect((await rejectionOf(journal.put(JOURNAL_KEY, SECOND))).code).toBe('OUTPUT_UNSAFE')
    expect(readFileSync(box.path('elsewhere.json'), 'utf8')).not.toContain('0x0202')
  })

  it('leaves the mode of a directory that is there alone', async () => {
    mkdirSync(box.path('state'))
    chmodSync(box.path('state'), 0o755)
    await journal.put(JOURNAL_KEY, FIRST)
    expect(statSync(box.path('state')).mode & 0o777).toBe(0o755)
    expect(statSync(box.path('state/journal')).mode & 0o777).toBe(0o700)
  })

  function made(name: string): string {
    mkdirSync(box.path(name.includes('/') ? 'state/journal' : 'state'), { recursive: true })
    return box.path(`state/${name}`)
  }

  function fullDisk(): void {
    vi.mocked(fs.writeFileSync).mockImplementationOnce(() => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    })
  }
})
