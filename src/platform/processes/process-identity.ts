/**
 * Whether a process that left its mark still runs. Its ID alone does not tell: IDs are used again, mean something else
 * in each container, and nothing on another machine.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { errnoOf } from '../files/file-errors.js'

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
 * Of a group. A process that has ended stays in it until its parent asks how: in a container whose first process never
 * asks, such as this tool without an init, that is for ever, and nobody should wait for it. False also where that can't be
 * told: not on Linux, or the processes of others are hidden (hidepid).
 */
export function onlyZombiesLeft(processGroup: number): boolean {
  // Readable for everybody unless they are hidden.
  if (statusOf(1) === null) return false
  const members = (quietly(() => readdirSync('/proc')) ?? [])
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statusOf(Number(name)))
    .filter((status) => status?.group === processGroup)
  return members.length > 0 && members.every((status) => status?.ended)
}

/**
 * proc(5), /proc/PID/stat: field 3 is the state, 5 the group, 22 the start time. Null where there is no such file. Field 2
 * is the program's name, which may hold anything, `)` and spaces included.
 */
function statusOf(pid: number) {
  const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  const [state, ...others] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  const [group, startTime] = [others[5 - 4], others[22 - 4]]
  if (state === undefined || startTime === undefined) return null
  // Zombie or dead: it only waits for its parent to take note.
  return { startTime, group: Number(group), ended: /^[ZXx]$/.test(state) }
}

function quietly<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
