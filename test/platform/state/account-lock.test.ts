/** The lock of an account: who holds it, who does not any more, and what is told to those who wait. */
import * as fs from 'node:fs'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseStateDocument } from '../../../src/documents/state-document.js'
import { ownProcess } from '../../../src/platform/processes/process-identity.js'
import {
  formatLock,
  LOCK_DOCUMENT,
  type LockHolder,
  type LockRecord,
} from '../../../src/platform/state/account-lock.js'
import { createState } from '../../../src/platform/state/local-state.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { JOURNAL_KEY } from '../../support/journal-entries.js'
import { rejectionOf } from '../../support/rejection.js'

// Others who get in between, and file systems without hard links, can't be brought about otherwise.
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>()
  return {
    ...real,
    linkSync: vi.fn(real.linkSync),
    renameSync: vi.fn(real.renameSync),
    readdirSync: vi.fn(real.readdirSync),
  }
})

let box: Sandbox
beforeEach(() => {
  box = sandbox()
})
afterEach(() => {
  vi.mocked(fs.linkSync).mockReset()
  vi.mocked(fs.renameSync).mockReset()
  vi.mocked(fs.readdirSync).mockReset()
  box.remove()
})

const SINCE = Date.UTC(2026, 8, 21, 12) / 1000
const HOST = 'this-host'
const OWN: LockRecord = { ...ownProcess(HOST), since: SINCE, command: 'nodes add' }
const FOREIGN: LockRecord = { ...OWN, host: 'other-host', bootId: 'another', pid: 7 }
const GONE: LockRecord = { ...OWN, startTime: '1' }

const folder = () => box.path(`state/locks/31337-${JOURNAL_KEY.signer}`)
const numbers = () =>
  readdirSync(folder())
    .map(Number)
    .sort((a, b) => a - b)
const holderOf = (number: number) =>
  parseStateDocument(readFileSync(`${folder()}/${number}`, 'utf8'), 'x', LOCK_DOCUMENT)
const state = () => createState({ directory: box.path('state'), host: HOST, command: 'nodes add', now: () => SINCE })

function take(waitMs = 0, told: LockHolder[] = []): Promise<() => void> {
  const onWait = (holder: LockHolder) => void told.push(holder)
  return state().lockAccount(JOURNAL_KEY.chainId, JOURNAL_KEY.signer, { waitMs, onWait })
}

function leave(number: number, content: LockRecord | null | string): void {
  mkdirSync(folder(), { recursive: true })
  writeFileSync(`${folder()}/${number}`, typeof content === 'string' ? content : formatLock(content))
}

describe('the lock of an account', () => {
  it('says who holds it, for its owner only, and afterwards that nobody does', async () => {
    const release = await take()
    expect(holderOf(1)).toEqual(OWN)
    expect(statSync(`${folder()}/1`).mode & 0o777).toBe(0o600)
    for (const path of ['state', 'state/locks']) expect(statSync(box.path(path)).mode & 0o777).toBe(0o700)
    release()
    expect(holderOf(1)).toBeNull()
  })

  it('is taken again and again, and leaves no more than a few files', async () => {
    for (let round = 0; round < 30; round++) (await take())()
    expect(numbers()).toEqual([23, 24, 25, 26, 27, 28, 29, 30])
  })

  it('is one per chain and account', async () => {
    const options = { waitMs: 0, onWait: () => {} }
    const other = JOURNAL_KEY.contract ?? JOURNAL_KEY.signer
    await take()
    await state().lockAccount(10, JOURNAL_KEY.signer, options)
    await state().lockAccount(31337, other, options)
    await rejectionOf(state().lockAccount(31337, other, options))
    expect(readdirSync(box.path('state/locks'))).toHaveLength(3)
  })

  it('is held against the same process as well', async () => {
    const release = await take()
    expect((await rejectionOf(take())).code).toBe('ACCOUNT_LOCKED')
    release()
    release()
    await take()
    expect((await rejectionOf(take(30))).code).toBe('ACCOUNT_LOCKED')
  })

  it('names its holder, since when, and what to do', async () => {
    await take()
    const error = await rejectionOf(take())
    expect(error.code).toBe('ACCOUNT_LOCKED')
    expect(error.message).toBe(
      `another run writes from this account: \`wcn nodes add\`, process ${process.pid} on this-host, since 2026-09-21 12:00 UTC`,
    )
    expect(error.hint).toBe('wait for it, or end it')
    expect(error.details).toEqual({
      pid: process.pid,
      host: HOST,
      since: SINCE,
      command: 'nodes add',
      path: `${folder()}/1`,
    })
  })

  it('is got by who waits, who is told for whom', async () => {
    const release = await take()
    const told: LockHolder[] = []
    const waiting = take(100_000, told)
    await expect.poll(() => told.length).toBeGreaterThan(0)
    // Longer than some looks.
    setTimeout(release, 500)
    await waiting
    expect(told[0]).toEqual({ pid: process.pid, host: HOST, since: SINCE, command: 'nodes add' })
    expect(new Set(told.map(({ pid }) => pid)).size).toBe(1)
    expect(holderOf(2)).toEqual(OWN)
  })

  it('is not waited for longer than asked', async () => {
    await take()
    const told: LockHolder[] = []
    expect((await rejectionOf(take(1000, told))).code).toBe('ACCOUNT_LOCKED')
    expect(told.length).toBeGreaterThan(0)
  })

  it('is taken from a process that is gone', async () => {
    leave(7, GONE)
    await take()
    expect(holderOf(8)).toEqual(OWN)
  })

  it('is held by another machine, of which nothing can be told, until its file is removed', async () => {
    leave(4, null)
    leave(5, FOREIGN)
    const error = await rejectionOf(take())
    expect(error.code).toBe('ACCOUNT_LOCKED')
    expect(error.message).toContain('process 7 on other-host')
    expect(error.hint).toContain(`once it is certain that it does not, remove ${folder()}/5`)
    fs.unlinkSync(`${folder()}/5`)
    await take()
    expect(holderOf(5)).toEqual(OWN)
  })

  it('is not lost by a full disk on the way out: it is free when the process has ended', async () => {
    const release = await take()
    vi.mocked(fs.renameSync).mockImplementationOnce(() => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    })
    release()
    expect(holderOf(1)).toEqual(OWN)
    expect(numbers()).toEqual([1])
  })

  it('works where there are no hard links', async () => {
    vi.mocked(fs.linkSync).mockImplementation(() => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
    })
    const release = await take()
    expect(holderOf(1)).toEqual(OWN)
    await rejectionOf(take())
    release()
    await take()
    expect(numbers()).toEqual([1, 2])
  })
})

describe('who gets in between', () => {
  it('is not pushed aside by a process that was held up', async () => {
    leave(1, null)
    const { linkSync } = await vi.importActual<typeof fs>('node:fs')
    vi.mocked(fs.linkSync).mockImplementationOnce((from, to) => {
      // Ten others came and went since the first was found free, and one holds it.
      fs.unlinkSync(`${folder()}/1`)
      leave(11, null)
      leave(12, FOREIGN)
      linkSync(from, to)
      expect(numbers()).toContain(2)
    })
    expect((await rejectionOf(take())).message).toContain('other-host')
    expect(numbers()).toEqual([11, 12])
  })

  it('gets it, where both saw it free', async () => {
    leave(1, null)
    const { linkSync } = await vi.importActual<typeof fs>('node:fs')
    vi.mocked(fs.linkSync).mockImplementationOnce((from, to) => {
      leave(2, FOREIGN)
      linkSync(from, to)
    })
    expect((await rejectionOf(take())).message).toContain('other-host')
    expect(holderOf(2)).toEqual(FOREIGN)
  })

  it('is looked for anew where what was listed is gone', async () => {
    leave(9, null)
    vi.mocked(fs.readdirSync).mockImplementationOnce(() => ['1'] as never)
    await take()
    expect(numbers()).toEqual([9, 10])
  })
})

describe('a file that is no lock', () => {
  it.each([
    ['garbage', 'x', 'cut off or damaged'],
    ['a newer one', formatLock(null).replace('"version": 1', '"version": 2'), 'written by a newer wcn'],
    ['a process that can not be', formatLock({ ...OWN, pid: 0 }), 'holder.pid: must be positive'],
    ['a process group', formatLock({ ...OWN, pid: -1 }), 'holder.pid: must be positive'],
    ['a time beyond all dates', formatLock({ ...OWN, since: 2 ** 53 - 1 }), 'holder.since: is no time'],
  ])('is refused, and stays: %s', async (_, text, why) => {
    leave(3, text)
    const error = await rejectionOf(take())
    expect(error.code).toBe('JOURNAL_INVALID')
    expect(error.message).toContain(`${folder()}/3`)
    expect(error.message).toContain(why)
    expect(error.hint).toContain('move it away once no wcn writes from that account')
    expect(readFileSync(`${folder()}/3`, 'utf8')).toBe(text)
  })

  it('is refused where it is a link that leads nowhere', async () => {
    mkdirSync(folder(), { recursive: true })
    symlinkSync('nowhere', `${folder()}/3`)
    expect((await rejectionOf(take())).message).toContain('it is a link that leads nowhere')
  })

  it('is refused where no number comes after it', async () => {
    leave(999_999_999_999_999, null)
    expect((await rejectionOf(take())).message).toContain('no number comes after it')
  })

  it('is passed over where it is empty: whoever was about to fill it will look again', async () => {
    leave(3, '')
    await take()
    expect(holderOf(4)).toEqual(OWN)
  })

  it('is passed over where it has another name', async () => {
    leave(1, null)
    for (const name of ['0', '-1', '01', '2.json', 'x', '.wcn-00.tmp']) writeFileSync(`${folder()}/${name}`, 'x')
    await take()
    expect(holderOf(2)).toEqual(OWN)
  })
})

describe('a directory that can not be used', () => {
  it('is named', async () => {
    writeFileSync(box.path('state'), '')
    const error = await rejectionOf(take())
    expect(error.code).toBe('FILE_UNWRITABLE')
    expect(error.message).toContain(folder())
    expect(error.hint).toContain('--state-dir or WCN_STATE_DIR')
  })

  it('is not reached through a link', async () => {
    mkdirSync(box.path('state/locks'), { recursive: true })
    symlinkSync(box.path('.'), folder())
    expect((await rejectionOf(take())).code).toBe('OUTPUT_UNSAFE')
  })
})
