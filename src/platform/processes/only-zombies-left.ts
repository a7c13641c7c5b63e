/**
 * A process that has ended stays in its group until its parent asks how. In a container whose first process never asks,
 * such as this tool without an init, that is for ever, and nobody should wait for it.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** States in /proc/PID/stat of what runs no more (proc(5)). */
const ENDED = new Set(['Z', 'X', 'x'])

/** False also where that can't be told: not on Linux, or the processes of others are hidden (hidepid). */
export function onlyZombiesLeft(processGroup: number): boolean {
  try {
    // Readable for everybody unless they are hidden.
    readFileSync('/proc/1/stat')
    const members = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(stateOf)
      .filter((one) => one?.group === processGroup)
    return members.length > 0 && members.every((one) => one !== null && ENDED.has(one.state))
  } catch {
    return false
  }
}

/** Null where it is gone meanwhile. */
function stateOf(pid: string): { readonly state: string; readonly group: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name before it is the program's own choice, brackets and blanks included.
    const [state = '', , group] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state, group: Number(group) }
  } catch {
    return null
  }
}
