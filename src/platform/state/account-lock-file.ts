/** Who holds an account's lock, as a file (platform/state/account-lock). */
import { z } from 'zod'
import { timeValue } from '../../documents/chain-values.js'
import { formatStateDocument, parseStateDocument, type StateDocument } from '../../documents/state-document.js'

/** A process, and what tells it from a later one that has its ID again; null where the system does not say. */
export interface ProcessRecord {
  readonly pid: number
  readonly host: string
  /** Of the running kernel; a new one with each start of the machine. */
  readonly bootId: string | null
  /** The set of processes that `pid` counts in; containers have one each. */
  readonly pidNamespace: string | null
  /** In the kernel's ticks since its start. */
  readonly startTime: string | null
}

export interface LockRecord extends ProcessRecord {
  /** Unix seconds. */
  readonly since: number
  readonly command: string
}

const PID_MAX = 2 ** 31 - 1

export const LOCK_DOCUMENT: StateDocument<LockRecord | null> = {
  type: 'wcn-lock',
  version: 1,
  what: 'lock of an account',
  moveAway: 'once no wcn writes from that account',
  schema: z
    .strictObject({
      holder: z
        .strictObject({
          pid: z.int().positive('must be positive').max(PID_MAX, 'is too large'),
          host: z.string(),
          boot_id: z.string().nullable(),
          pid_namespace: z.string().nullable(),
          start_time: z.string().nullable(),
          since: timeValue,
          command: z.string(),
        })
        .nullable(),
    })
    .transform(({ holder }) => {
      if (holder === null) return null
      const { boot_id, pid_namespace, start_time, ...rest } = holder
      return { ...rest, bootId: boot_id, pidNamespace: pid_namespace, startTime: start_time }
    }),
}

/** Null: nobody holds it. `path` is the file's, for the sentence. Throws JOURNAL_INVALID. */
export function parseLock(text: string, path: string): LockRecord | null {
  return parseStateDocument(text, path, LOCK_DOCUMENT)
}

export function formatLock(holder: LockRecord | null): string {
  return formatStateDocument(LOCK_DOCUMENT, {
    holder: holder && {
      pid: holder.pid,
      host: holder.host,
      boot_id: holder.bootId,
      pid_namespace: holder.pidNamespace,
      start_time: holder.startTime,
      since: holder.since,
      command: holder.command,
    },
  })
}
