/**
 * Whether a process that left its mark still runs. Its ID alone does not tell: IDs are used again, mean something else
 * in each container, and nothing on another machine.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { errnoOf } from '../files/file-errors.js'
import type { ProcessRecord } from './account-lock-file.js'

/** `unknown`: it belongs to another machine or container, of which nothing is seen from here. */
export type Fate = 'running' | 'gone' | 'unknown'

export function ownProcess(host: string): ProcessRecord {
  return {
    pid: process.pid,
    host,
    bootId: quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: quietly(() => readlinkSync('/proc/self/ns/pid')),
    startTime: statusOf(process.pid)?.startTime ?? null,
  }
}

/** `own` is the process that asks. */
export function fateOf(other: ProcessRecord, own: ProcessRecord): Fate {
  if (other.bootId !== null && own.bootId !== null) {
    if (other.bootId !== own.bootId) return other.host === own.host ? 'gone' : 'unknown'
    if (other.pidNamespace !== own.pidNamespace) return 'unknown'
  } else if (other.host !== own.host) return 'unknown'
  if (!hasProcess(other.pid)) return 'gone'
  const status = statusOf(other.pid)
  if (status === null) return 'running'
  const sameStart = other.startTime === null || other.startTime === status.startTime
  return sameStart && !status.ended ? 'running' : 'gone'
}

function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there, but another user's.
    return errnoOf(error) !== 'ESRCH'
  }
}

/**
 * proc(5), /proc/PID/stat: field 3 is the state, 22 the start time. Null where there is no such file. Field 2 is the
 * program's name, which may hold anything, `)` and spaces included.
 */
function statusOf(pid: number): { readonly startTime: string; readonly ended: boolean } | null {
  const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  const [state, ...others] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  const startTime = others[22 - 4]
  if (state === undefined || startTime === undefined) return null
  // Zombie or dead: it only waits for its parent to take note.
  return { startTime, ended: state === 'Z' || state === 'X' }
}

function quietly(read: () => string): string | null {
  try {
    return read()
  } catch {
    return null
  }
}
