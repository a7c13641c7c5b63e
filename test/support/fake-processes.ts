/** A command of the user's that does what a test says. */
import type { CommandEnd, Processes, StartOptions } from '../../src/platform/processes/processes.js'

export interface FakeProcesses extends Processes {
  /** What was started, in order. */
  readonly started: { readonly command: readonly string[]; readonly options: StartOptions }[]
  /** Signals that its group got. */
  readonly signals: string[]
  /** Ends the command; `left`: something of its group goes on. */
  end(end: Partial<CommandEnd>, left?: boolean): void
  /** Ends what was left. */
  endRest(): void
}

/** `onStart` runs when it is started; it may throw. */
export function fakeProcesses(onStart: (fake: FakeProcesses) => unknown = () => {}): FakeProcesses {
  let tellEnd: (end: CommandEnd) => void = () => {}
  let alive = true
  const fake: FakeProcesses = {
    started: [],
    signals: [],
    check: async () => {},
    async start(command, options) {
      const ended = new Promise<CommandEnd>((resolve) => {
        tellEnd = resolve
      })
      await onStart(fake)
      fake.started.push({ command, options })
      return { pid: 4711, ended, signal: (name) => void fake.signals.push(name), groupAlive: () => alive }
    },
    end(end, left = false) {
      alive = left
      tellEnd({ exitCode: null, signal: null, ...end })
    },
    endRest() {
      alive = false
    },
  }
  return fake
}
