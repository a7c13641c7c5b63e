/**
 * Runs the command inside the maintenance, and waits until all of it is gone: what it leaves in its process group may
 * be what keeps the database down.
 */

import type { InterruptingSignal } from '../../cli/interruption.js'
import type { Services } from '../../cli/services.js'
import { waiting } from '../../cli/wait.js'
import { childSignal, isLastWarning } from '../../platform/processes/child-signal.js'
import type { CommandEnd, RunningCommand } from '../../platform/processes/processes.js'
import { endInWords } from '../model/slot.js'
import type { SignalHandover } from './enter-for-run.js'

/** Between two looks at the process group; it grows from the first to the longest. */
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 500

/**
 * `group`: the number that its processes share; `groupGone`: whether all of them are gone, false where a second signal
 * ended the wait for them.
 */
export type CommandRun = Awaited<ReturnType<typeof superviseCommand>>

interface CommandOrder {
  readonly command: readonly string[]
  readonly passEnv: readonly string[]
  /** From here on it is warned of; null: never. */
  readonly maxDurationMs: number | null
}

/** Throws COMMAND_NOT_RUNNABLE: nothing was run. `--timeout` does not count it. */
export function superviseCommand(services: Services, signals: SignalHandover, order: CommandOrder) {
  return services.deadline.paused(async () => {
    const { clock, talk } = services
    const early: InterruptingSignal[] = []
    signals.take((name) => early.push(name))
    const { command, passEnv } = order
    const running = await (await services.processes()).start(command, { env: {}, passEnv, input: true })
    const handOn = handingOn(services, running)
    signals.take(handOn)
    early.forEach(handOn)
    talk.note(`running the command, process group ${running.pid}`)
    const startMs = clock.monotonicMs()
    const end = await untilEnded(services, running, order.maxDurationMs)
    const groupGone = await untilGroupGone(services, signals, { running, end })
    return { end, group: running.pid, groupGone, durationMs: clock.monotonicMs() - startMs }
  })
}

function handingOn({ talk }: Services, running: RunningCommand) {
  let count = 0
  return (name: InterruptingSignal) => {
    count++
    const sent = childSignal(name, count)
    running.signal(sent)
    const more = isLastWarning(count) ? '. One more kills it' : ''
    talk.tell(
      sent === 'SIGKILL'
        ? `${name}: the command is killed`
        : `${name}: handed on to the command, process group ${running.pid}; the slot's fate is decided once it has ended${more}`,
    )
  }
}

async function untilEnded(services: Services, running: RunningCommand, maxMs: number | null): Promise<CommandEnd> {
  const over = new AbortController()
  void running.ended.then(() => over.abort())
  const what = `the command runs (process group ${running.pid})`
  const held = 'the maintenance slot is held'
  await waiting(services, { what, told: true, beside: true }, async (wait) => {
    wait.see(held, '')
    await wait.sleep(maxMs ?? Infinity, over.signal)
    if (over.signal.aborted) return
    services.talk.warn(`this takes longer than --max-duration (${(maxMs ?? 0) / 1000} s): ${what}; ${held}`)
    await wait.sleep(Infinity, over.signal)
  })
  return running.ended
}

/** The first signal goes to those that are left, the second one ends the wait for them. */
async function untilGroupGone(
  services: Services,
  signals: SignalHandover,
  { running, end }: { running: RunningCommand; end: CommandEnd },
) {
  const enough = new AbortController()
  let count = 0
  signals.take((name) => {
    count++
    if (count > 1) return enough.abort()
    running.signal(name)
    services.talk.tell(
      `${name}: handed on to what the command left running; once more ends the wait for it and keeps the slot`,
    )
  })
  const what = `the command ${endInWords(end)}; waiting for what it left in its process group ${running.pid}`
  return waiting(services, { what, beside: true }, async (wait) => {
    wait.see(`\`pgrep -lg ${running.pid}\` lists it`)
    // What ends with it takes a moment.
    for (let pauseMs = FIRST_PAUSE_MS; running.groupAlive(); pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
      if (enough.signal.aborted) return false
      await wait.sleep(pauseMs, enough.signal)
    }
    return true
  })
}
