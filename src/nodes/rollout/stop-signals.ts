/**
 * Ctrl-C and its like during a rollout: the commands under way get them too, and nothing new is begun. What a command
 * was told to stop decides by itself how; the third time it is not asked any more.
 */

import type { InterruptingSignal } from '../../cli/interruption.js'
import type { Services } from '../../cli/services.js'
import { childSignal } from '../../platform/processes/child-signal.js'
import type { RunningCommand } from '../../platform/processes/processes.js'

export interface StopSignals {
  /** Aborted by the first signal. */
  readonly stop: AbortSignal
  /** Aborted by the second. */
  readonly again: AbortSignal
  /** Hands signals on to the command, one that has come already included, until it has ended. */
  guard(command: RunningCommand): void
  /** From here on signals end the tool again. */
  release(): void
}

export function takeStopSignals({ interruption, talk }: Pick<Services, 'interruption' | 'talk'>): StopSignals {
  const [stop, again] = [new AbortController(), new AbortController()]
  const running = new Set<RunningCommand>()
  let count = 0
  let last: InterruptingSignal = 'SIGINT'
  const release = interruption.take((name) => {
    count++
    last = name
    for (const command of running) command.signal(childSignal(name, count))
    talk.tell(inWords(name, count, running.size > 0))
    stop.abort()
    if (count > 1) again.abort()
  })
  return {
    stop: stop.signal,
    again: again.signal,
    guard(command) {
      running.add(command)
      if (stop.signal.aborted) command.signal(last)
      void command.ended.then(() => running.delete(command))
    },
    release,
  }
}

function inWords(name: InterruptingSignal, count: number, runs: boolean): string {
  if (!runs) return `${name}: the rollout stops`
  if (count === 1) return `${name}: handed on to the command; the rollout stops once it has ended`
  if (childSignal(name, count) === 'SIGKILL') return `${name}: the command is killed`
  return `${name}: handed on again; one more kills the command`
}
