/** A chain's process that an earlier run left behind, known by its ID only: looked at closely before it is ended. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WcnError } from '../errors/wcn-error.js'

const STOP_TIMEOUT_MS = 5_000
const POLL_MS = 10

/** Whether it lives and, where the system tells, is an anvil listening on that port. */
export function isAnvil(pid: number, port: string): boolean {
  if (!isAlive(pid)) return false
  const [program, ...args] = commandLine(pid) ?? []
  return (
    program === undefined || (/^anvil(?:\.exe)?$/.test(basename(program)) && args[args.indexOf('--port') + 1] === port)
  )
}

/** Resolves when it is gone, by force where it does not go by itself. Throws STATE_CHANGED where it can't be ended. */
export async function endProcess(pid: number): Promise<void> {
  signal(pid, 'SIGTERM')
  for (let waitedMs = 0; isAlive(pid); waitedMs += POLL_MS) {
    if (waitedMs === STOP_TIMEOUT_MS) signal(pid, 'SIGKILL')
    if (waitedMs >= 2 * STOP_TIMEOUT_MS)
      throw new WcnError('STATE_CHANGED', `process ${pid}, which runs the development chain, can't be ended`, {
        hint: 'end it as the user who started it',
        details: { pid },
      })
    await sleep(POLL_MS)
  }
}

function isAlive(pid: number): boolean {
  // What has ended but was not collected by its parent has an empty command line.
  return signal(pid, 0) && commandLine(pid)?.length !== 0
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch (error) {
    // Another user's: it is there, but not ours to end.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Null where the system has no /proc. */
function commandLine(pid: number): readonly string[] | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
  } catch {
    return null
  }
}
