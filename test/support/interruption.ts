/** Interruptions as actions know them: of a command that nobody interrupts, unless a test says otherwise. */
import type { InterruptingSignal, Interruption } from '../../src/cli/interruption.js'

export function neverInterrupted(others: Partial<Interruption> = {}): Interruption {
  return {
    signal: new AbortController().signal,
    take: () => () => undefined,
    sending: () => undefined,
    settled: () => undefined,
    ...others,
  }
}

/** Whoever takes signals last gets those that are raised. */
export function raisedSignals() {
  const handlers: ((name: InterruptingSignal) => void)[] = []
  return {
    take: (handler: (name: InterruptingSignal) => void) => {
      handlers.push(handler)
      return () => void handlers.splice(handlers.indexOf(handler), 1)
    },
    /** False where nobody takes it. */
    raise(name: InterruptingSignal): boolean {
      const handler = handlers.at(-1)
      handler?.(name)
      return handler !== undefined
    },
    /** By how many. */
    taken: () => handlers.length,
  }
}
