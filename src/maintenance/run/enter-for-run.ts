/**
 * Takes the slot for a command. Until the transaction leaves, a signal ends everything: nothing was sent. From then on
 * none of Ctrl-C and its like may end this tool before the slot's fate is known: the first one is noted, and the slot is
 * given back once it is known to be taken; a second one ends the tool with what is known (exit 6).
 */
import type { InterruptingSignal, Interruption } from '../../cli/interruption.js'
import type { Services } from '../../cli/services.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { SlotChange } from '../maintenance-slot.js'
import { type SlotRequest, takeSlot } from '../take-slot.js'

/** Who gets signals, from stage to stage. From handler to handler none is lost. */
export interface SignalHandover {
  /** Takes the place of who got them before. */
  take(handler: (name: InterruptingSignal) => void): void
  /** Takes it for what is under way: each one says so, and the first ends that. */
  abort(sentence: string): AbortSignal
  /** From here on they end the tool again. */
  release(): void
}

export function openSignalHandover({ interruption, talk }: Services): SignalHandover {
  let release = () => {}
  const take: SignalHandover['take'] = (handler) => {
    const before = release
    release = interruption.take(handler)
    before()
  }
  return {
    take,
    abort(sentence) {
      const under = new AbortController()
      take((name) => {
        talk.tell(`${name}: ${sentence}`)
        under.abort()
      })
      return under.signal
    },
    release() {
      release()
      release = () => {}
    },
  }
}

/** `interruptedBy`: the signal that came meanwhile. Signals are still taken when it returns. Throws what takeSlot throws. */
export async function enterForRun(
  services: Services,
  signals: SignalHandover,
  { waitMs, shardsLost }: Pick<SlotRequest, 'waitMs' | 'shardsLost'>,
): Promise<{ readonly change: SlotChange; readonly interruptedBy: string | null }> {
  const { interruption } = services
  const stop = new AbortController()
  let interruptedBy: string | null = null
  const sending: Interruption['sending'] = (hash) => {
    interruption.sending(hash)
    signals.take((name) => {
      signals.release()
      interruptedBy = name
      services.talk.tell(
        `${name}: waiting for what becomes of the transaction, to give the slot back; nothing will be run. Once more leaves at once`,
      )
      stop.abort()
    })
  }
  try {
    const request = { dryRun: false, waitMs, shardsLost, own: 'refused', stop: stop.signal } as const
    return {
      change: await takeSlot({ ...services, interruption: { ...interruption, sending } }, request),
      interruptedBy,
    }
  } catch (error) {
    if (!(error instanceof WcnError) || (error.code !== 'OUTCOME_UNKNOWN' && error.code !== 'DROPPED')) throw error
    // What was sent may still take the slot, with nobody left to use it.
    throw error.retold({
      message: `${error.message}; the command was not run`,
      hint: '`wcn tx resume` finds out what became of it, `wcn tx cancel` gives it up; if the slot is yours then, `wcn maintenance exit` gives it back',
      details: { command: null },
    })
  }
}
