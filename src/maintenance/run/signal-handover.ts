/**
 * Who gets Ctrl-C and its like, from stage to stage of a maintenance: from the moment a transaction leaves none of them
 * may end this tool before the slot's fate is known. From handler to handler no signal is lost.
 */
import type { InterruptingSignal, Services } from '../../cli/services.js'

export interface SignalHandover {
  /** Takes the place of who got them before. */
  take(handler: (name: InterruptingSignal) => void): void
  /** From here on they end the tool again. */
  release(): void
}

export function openSignalHandover({ takeSignals }: Pick<Services, 'takeSignals'>): SignalHandover {
  let release = () => {}
  return {
    take(handler) {
      const before = release
      release = takeSignals(handler)
      before()
    },
    release() {
      release()
      release = () => {}
    },
  }
}
