/**
 * Runs the command inside the maintenance, and waits until all of it is gone: what it leaves in its process group may
 * be what keeps the database down.
 */

import { createHeartbeat, type Heartbeat } from '../../cli/heartbeat.js'
import type { InterruptingSignal } from '../../cli/interruption.js'
import type { Services } from '../../cli/services.js'
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
    const heartbeat = createHeartbeat(services, order.maxDurationMs)
    const end = await untilEnded(running, heartbeat)
    const groupGone = await untilGroupGone(services, signals, { running, end, heartbeat })
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

async function untilEnded(running: RunningCommand, heartbeat: Heartbeat): Promise<CommandEnd> {
  const over = new AbortController()
  void running.ended.then(() => over.abort())
  const words = (duration: string) =>
    `the command has been running for ${duration} (process group ${running.pid}); the maintenance slot is held`
  while (!over.signal.aborted) await heartbeat.sleep(Infinity, words, over.signal)
  return running.ended
}

/** The first signal goes to those that are left, the second one ends the wait for them. */
async function untilGroupGone(
  { talk }: Services,
  signals: SignalHandover,
  { running, end, heartbeat }: { running: RunningCommand; end: CommandEnd; heartbeat: Heartbeat },
) {
  const enough = new AbortController()
  let count = 0
  signals.take((name) => {
    count++
    if (count > 1) return enough.abort()
    running.signal(name)
    talk.tell(`${name}: handed on to what the command left running; once more ends the wait for it and keeps the slot`)
  })
  const left = `processes that it left in its group ${running.pid} still run: \`pgrep -lg ${running.pid}\` lists them`
  const words = (duration: string) => `the command ${endInWords(end)} (${duration} after its start), and ${left}`
  let told = false
  for (let pauseMs = FIRST_PAUSE_MS; running.groupAlive(); pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
    if (enough.signal.aborted) return false
    // What ends with it takes a moment.
    if (pauseMs === LONGEST_PAUSE_MS && !told) talk.tell(`the command ${endInWords(end)}; waiting: ${left}`)
    told ||= pauseMs === LONGEST_PAUSE_MS
    await heartbeat.sleep(pauseMs, words, enough.signal)
  }
  return true
}
