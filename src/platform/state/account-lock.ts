/**
 * One writer per account among the processes of a machine, without flock, which Node does not have; no lock outlives its
 * process for long, since others see that it has ended.
 *
 * An account has a directory of files called 1, 2, 3, …, each with its holder's name or the word that it is free. The
 * highest number is the lock. Whoever finds it free, or its holder gone, makes the next higher one. Why two never hold it:
 *
 * 1. A file appears whole and under a number that had none (`link`), so one process makes it.
 * 2. The highest is never removed: not by its holder, who writes "free" into it, and not by others, who remove what is
 *    lower. So the highest number only ever grows.
 * 3. Having made N, a process looks again. Where there is a higher one, it came too late (it was held up, and N had been
 *    there and was gone): it withdraws N, which is not the highest, and starts anew. Where there is none, N is the highest
 *    from now on until another process sees that this one is done or gone. Of two processes that both made a file and
 *    looked afterwards, the second to look sees the higher of the two.
 * 4. A listing shows every file that was there all along. The highest of the moment may go while it is read, when the next
 *    ones are made; so the last few are kept, and that many holders would have to come and go within one listing.
 * 5. Killed at any point, a process leaves a file whose holder is gone: the next number may follow it.
 *
 * File systems without hard links show an empty file for a moment. It may be a killed process's, so it is followed as well;
 * there two could hold the lock, and the account's nonce decides between them as it does between machines.
 */

import { readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { monotonicMs } from '../../base/monotonic-ms.js'
import { snakeJson } from '../../base/snake-json.js'
import { utc } from '../../base/utc.js'
import { positiveValue, timeValue } from '../../documents/chain-values.js'
import { integerThat, mapped, orNull, recordOf, text } from '../../documents/shape.js'
import {
  formatStateDocument,
  invalidStateFile,
  parseStateDocument,
  type StateDocument,
} from '../../documents/state-document.js'
import { WcnError } from '../../errors/wcn-error.js'
import { errnoOf, unreadable, unwritable } from '../files/file-errors.js'
import { createFile, replaceFile } from '../files/safe-write.js'
import { type Fate, fateOf, type ProcessRecord } from '../processes/process-identity.js'
import { hintingAtSetting, makeStateDirectory, readStateFile } from './state-file.js'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 250
/** Numbers up to the highest that stay, see 4. */
const KEPT = 8
/** Of fifteen digits; nobody gets there by writing. */
const LAST = 999_999_999_999_999

const PID_MAX = 2 ** 31 - 1

export interface LockRecord extends ProcessRecord {
  /** Unix seconds. */
  readonly since: number
  /** The command's words without their values, such as `nodes add`. */
  readonly command: string
}

export type LockHolder = Pick<LockRecord, 'pid' | 'host' | 'since' | 'command'>

export interface LockOptions {
  /** So long it is waited for; 0: not at all. */
  readonly waitMs: number
  /** Called as often as it is looked for in vain. */
  readonly onWait: (holder: LockHolder) => void
}

/** Who holds the lock; null: nobody does. */
export const LOCK_DOCUMENT: StateDocument<LockRecord | null> = {
  type: 'wcn-lock',
  version: 1,
  what: 'lock of an account',
  moveAway: 'once no wcn writes from that account',
  shape: mapped(
    recordOf({
      holder: orNull(
        recordOf({
          pid: mapped(
            positiveValue,
            integerThat((pid) => pid <= PID_MAX, 'is too large'),
          ),
          host: text,
          bootId: orNull(text),
          pidNamespace: orNull(text),
          startTime: orNull(text),
          since: timeValue,
          command: text,
        }),
      ),
    }),
    ({ holder }) => holder,
  ),
}

export function formatLock(holder: LockRecord | null): string {
  return formatStateDocument(LOCK_DOCUMENT, snakeJson({ holder }))
}

interface Obstacle {
  readonly path: string
  readonly holder: LockRecord
  readonly fate: Exclude<Fate, 'gone'>
}

/**
 * `own` is written into the lock. Gives what frees it; that never throws. Throws ACCOUNT_LOCKED after `waitMs`,
 * JOURNAL_INVALID for a file that is no lock, FILE_UNREADABLE, FILE_UNWRITABLE.
 */
export async function takeLock(
  directory: string,
  own: LockRecord,
  { waitMs, onWait }: LockOptions,
): Promise<() => void> {
  makeStateDirectory(directory)
  const end = monotonicMs() + waitMs
  let pauseMs = FIRST_PAUSE_MS
  for (;;) {
    const taken = tryToTake(directory, own)
    if (typeof taken === 'function') return taken
    const leftMs = end - monotonicMs()
    if (leftMs <= 0) throw locked(taken)
    const { pid, host, since, command } = taken.holder
    onWait({ pid, host, since, command })
    // At random, so that those who wait don't all look at the same moment.
    await sleep(Math.min(leftMs, pauseMs * (0.5 + Math.random() / 2)))
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)
  }
}

/** Each new round is due to another process that got further. */
function tryToTake(directory: string, own: LockRecord): (() => void) | Obstacle {
  for (let missing = 0; ; ) {
    const highest = Math.max(0, ...numbersIn(directory))
    if (highest > 0) {
      const path = join(directory, String(highest))
      if (highest === LAST) throw invalidStateFile(path, 'no number comes after it', LOCK_DOCUMENT)
      const content = readStateFile(path, LOCK_DOCUMENT)
      if (content === null) {
        // There were higher ones before it went, so it does not come back.
        if (highest === missing) throw invalidStateFile(path, 'it is a link that leads nowhere', LOCK_DOCUMENT)
        missing = highest
        continue
      }
      const holder = content === '' ? null : parseStateDocument(content, path, LOCK_DOCUMENT)
      const fate = holder ? fateOf(holder, own) : 'gone'
      if (holder && fate !== 'gone') return { path, holder, fate }
    }
    const number = highest + 1
    const path = join(directory, String(number))
    if (!isMade(path, own)) continue
    const numbers = numbersIn(directory)
    if (Math.max(...numbers) === number) {
      for (const old of numbers) if (old <= number - KEPT) removeQuietly(join(directory, String(old)))
      return () => free(path)
    }
    remove(path)
  }
}

function isMade(path: string, own: LockRecord): boolean {
  try {
    hintingAtSetting(() => createFile(path, formatLock(own), 0o600))
    return true
  } catch (error) {
    if (error instanceof WcnError && error.code === 'FILE_EXISTS') return false
    throw error
  }
}

/** Where that fails, the lock is free once this process has ended. */
function free(path: string): void {
  try {
    replaceFile(path, formatLock(null), 0o600)
  } catch {
    // The write that it was held for is done, and its outcome matters more.
  }
}

function numbersIn(directory: string): readonly number[] {
  try {
    return readdirSync(directory)
      .filter((name) => /^[1-9][0-9]{0,14}$/.test(name))
      .map(Number)
  } catch (error) {
    throw unreadable(directory, error)
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw unwritable(path, error)
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Another holder's business from now on.
  }
}

function locked({ path, holder: { pid, host, since, command }, fate }: Obstacle): WcnError {
  const who = `\`wcn ${command}\`, process ${pid} on ${host}, since ${utc(since)}`
  const unseen =
    "it runs on another machine or in another container, so it can't be told from here whether it still does"
  return new WcnError('ACCOUNT_LOCKED', `another run writes from this account: ${who}`, {
    hint:
      fate === 'running'
        ? 'wait for it, or end it'
        : `wait for it, or end it; ${unseen}: once it is certain that it does not, remove ${path}`,
    details: { pid, host, since, command, path },
  })
}
