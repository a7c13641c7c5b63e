/** The queue for the maintenance slot: looks until nobody has it, and says meanwhile who does. */
import { durationInWords } from '../base/duration-in-words.js'
import { isTransient } from '../base/is-transient.js'
import { orStopped } from '../base/or-stopped.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import { createChangeLogger } from '../cli/change-logger.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { taken } from './maintenance-slot.js'

/** Two or three block times; those who wait should not all look at the same moment. */
const PAUSE_MS = 5_000
const JITTER_MS = 1_000

export interface SlotWait {
  /** By the monotonic clock. */
  readonly endMs: number
  /** The whole of it, for sentences. */
  readonly waitMs: number
  readonly stop?: AbortSignal | undefined
}

/**
 * Resolves when the slot is free, or this account's: then it is for the next attempt to say what follows. The wait has
 * its own limit, so `--timeout` does not count it. Throws MAINTENANCE_TAKEN when the time is up, INTERRUPTED by `stop`,
 * CONFIRMATION_REQUIRED at once where nobody will be there to be asked.
 */
export async function waitForSlot(services: Services, { endMs, waitMs, stop }: SlotWait): Promise<void> {
  const { clock, deadline, talk, randomBytes } = services
  if (!talk.interactive) await talk.confirm('Send this transaction?')
  const own = await services.settings.operator()
  const shouldLog = createChangeLogger(clock)
  for (;;) {
    const looking = deadline.paused(() => look(services))
    const seen = await orStopped(looking, stop)
    const holder = seen.kind === 'read' ? seen.snapshot.view.maintenance : null
    if (seen.kind === 'read' && (holder === null || holder === own)) return
    const nowMs = clock.monotonicMs()
    if (nowMs >= endMs) throw await afterWaiting(services, seen, waitMs)
    // A provider that comes and goes is not worth a line each time.
    if (shouldLog(holder)) {
      talk.note(
        `waiting for the maintenance slot, ${leftInWords(endMs - nowMs)} left: ${(await whyNot(services, seen)).message}`,
      )
    }
    const jitterMs = ((randomBytes(1)[0] ?? 0) / 255) * JITTER_MS
    await deadline.paused(() => clock.sleep(Math.min(PAUSE_MS + jitterMs, endMs - nowMs), stop))
  }
}

/** Of --wait 30m it says 30 min at the first look, which is some moments later. */
function leftInWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return durationInWords(seconds < 120 ? seconds : 60 * Math.ceil(seconds / 60))
}

type Sighting =
  | { readonly kind: 'read'; readonly snapshot: ClusterSnapshot }
  | { readonly kind: 'unread'; readonly error: WcnError }

async function look({ chain }: Services): Promise<Sighting> {
  try {
    return { kind: 'read', snapshot: await (await chain()).readCluster() }
  } catch (error) {
    if (isTransient(error)) return { kind: 'unread', error }
    throw error
  }
}

async function whyNot(services: Services, seen: Sighting): Promise<WcnError> {
  if (seen.kind === 'unread') return seen.error
  const holder = seen.snapshot.view.maintenance
  if (holder === null) throw new Error('the slot is free')
  return taken(services, seen.snapshot, holder)
}

async function afterWaiting(services: Services, seen: Sighting, waitMs: number): Promise<WcnError> {
  const { code, message, hint, details } = await whyNot(services, seen)
  return new WcnError(code, `${message}; waited for ${waitMs / 1000} s`, { hint, details })
}
