/** Signals for a command that runs: what is told to stop decides by itself how; the third time it is not asked any more. */

const KILLS = 3

/** `nth`: how often it was told by now, from 1 on. */
export function childSignal<Name extends string>(name: Name, nth: number): Name | 'SIGKILL' {
  return nth < KILLS ? name : 'SIGKILL'
}

/** Whether the next one kills it. */
export function isLastWarning(nth: number): boolean {
  return nth === KILLS - 1
}
