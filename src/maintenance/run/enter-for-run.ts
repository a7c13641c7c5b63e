/**
 * Takes the slot for a command. Until the transaction leaves, a signal ends everything: nothing was sent. From then on
 * the first one is noted, and the slot is given back once it is known to be taken; a second one ends the tool with what is
 * known (exit 6).
 */
import type { Services } from '../../cli/services.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { SlotChange } from '../maintenance-slot.js'
import { takeSlot } from '../take-slot.js'
import type { SignalHandover } from './signal-handover.js'

export interface EnteredSlot {
  readonly change: SlotChange
  /** The signal that came meanwhile; null: none. */
  readonly interruptedBy: string | null
}

/** Throws what takeSlot throws. The desk's signals are still taken when it returns. */
export async function enterForRun(
  services: Services,
  signals: SignalHandover,
  waitMs: number | null,
): Promise<EnteredSlot> {
  const stop = new AbortController()
  let interruptedBy: string | null = null
  const sending: Services['sending'] = (hash) => {
    services.sending(hash)
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
    const request = { dryRun: false, waitMs, own: 'refused', stop: stop.signal } as const
    return { change: await takeSlot({ ...services, sending }, request), interruptedBy }
  } catch (error) {
    throw notRun(error)
  }
}

/** What was sent may still take the slot, with nobody left to use it. */
function notRun(error: unknown): unknown {
  if (!(error instanceof WcnError) || (error.code !== 'OUTCOME_UNKNOWN' && error.code !== 'DROPPED')) return error
  return new WcnError(error.code, `${error.message}; the command was not run`, {
    hint: '`wcn tx resume` finds out what became of it, `wcn tx cancel` gives it up; if the slot is yours then, `wcn maintenance exit` gives it back',
    details: { ...error.details, command: null },
    cause: error,
  })
}
