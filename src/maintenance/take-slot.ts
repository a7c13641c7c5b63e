/**
 * Takes the maintenance slot, in a queue where another operator has it (`--wait`). The contract would allow it during a
 * migration, but nodes refuse that event and serve a stale view, so this must not (docs/dev/network/contract.md, "Maintenance").
 */

import type { Address } from '../base/address.js'
import { isTransient } from '../base/is-transient.js'
import { orStopped } from '../base/or-stopped.js'
import type { WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import { whyDatabaseMustStay } from '../cluster/may-stop.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireNoMigration } from '../read/require-cluster.js'
import { parseDuration } from '../settings/setting-values.js'
import { changeSlot, type SlotChange, taken } from './maintenance-slot.js'

const BETWEEN_ATTEMPTS_MS = 1_000
/** Two or three block times; those who wait should not all look at the same moment. */
const PAUSE_MS = 5_000
const JITTER_MS = 1_000

export interface SlotRequest {
  readonly dryRun: boolean
  /** How long it is waited for; null: not at all. */
  readonly waitMs: number | null
  /**
   * 'shared': there is nothing to do where this account has it already. 'refused': then another run has it, since every
   * run takes it by a transaction of its own.
   */
  readonly own: 'shared' | 'refused'
  /** How many shards would lose their quorum if the database went down now; not asked unless given. */
  readonly shardsLost?: ((snapshot: WriteSnapshot) => Promise<number | null>) | undefined
  /** Aborted where it is not wanted any more. */
  readonly stop?: AbortSignal
}

/** `--wait`, in milliseconds; null where it is not given. Throws SETTING_INVALID. */
export function parseWait(wait: string | undefined): number | null {
  return wait === undefined ? null : parseDuration(wait, '--wait')
}

/**
 * Throws MAINTENANCE_TAKEN, MIGRATION_IN_PROGRESS, AVAILABILITY_AT_RISK, INTERRUPTED where `stop` was aborted before it was taken, and what
 * changeSlot throws.
 */
export async function takeSlot(services: Services, request: SlotRequest): Promise<SlotChange> {
  const { clock, deadline } = services
  const { dryRun, waitMs, own, stop } = request
  const endMs = clock.monotonicMs() + (waitMs ?? 0)
  for (let first = true; ; first = false) {
    try {
      const whyNot = (snapshot: WriteSnapshot) => whyNotTaken(services, snapshot, request)
      return await changeSlot(services, true, { dryRun, ownOnly: own === 'refused' }, whyNot)
    } catch (error) {
      if (waitMs === null || dryRun || !(error instanceof WcnError)) throw error
      if (!(await isTakenByOthers(services, error))) throw error
      if (!first && clock.monotonicMs() >= endMs) throw error
      // One of a provider's servers may say again and again that it is free, while another one knows better.
      if (!first) await deadline.paused(() => clock.sleep(BETWEEN_ATTEMPTS_MS, stop))
      await waitForSlot(services, { endMs, waitMs, stop })
    }
  }
}

async function whyNotTaken(services: Services, snapshot: WriteSnapshot, request: SlotRequest): Promise<string | null> {
  const { view, account } = snapshot
  if (request.stop?.aborted)
    throw new WcnError('INTERRUPTED', 'interrupted; the maintenance slot was not taken, and nothing was run')
  if (view.maintenance === account.address) {
    if (request.own === 'shared') return 'already in maintenance'
    throw await takenByOurselves(services, snapshot)
  }
  const situation = {
    holder: view.maintenance ? 'other' : 'nobody',
    migrating: view.pullingOperators !== null,
  } as const
  const early = whyDatabaseMustStay({ ...situation, shardsLost: null })
  if (view.maintenance && early.some(({ id }) => id === 'slot-taken'))
    throw await taken(services, snapshot, view.maintenance)
  if (early.length > 0) requireNoMigration(view)
  const shardsLost = (await request.shardsLost?.(snapshot)) ?? null
  const [objection] = whyDatabaseMustStay({ ...situation, shardsLost })
  if (objection === undefined) return null
  throw new WcnError('AVAILABILITY_AT_RISK', `your database must not go down now: ${objection.why}`, {
    hint: '`wcn cluster status` shows who is down; `wcn ok-to-stop database --wait 30m` waits for them',
    details: { shards_lost: shardsLost },
  })
}

/**
 * Also where another's transaction came first: after the look, or in the same block, so that this one's was refused
 * although its simulation was not. It may be free again by now.
 */
async function isTakenByOthers({ settings }: Services, { code, details }: WcnError): Promise<boolean> {
  if (code === 'MAINTENANCE_TAKEN') return details?.holder !== (await settings.operator())
  return code === 'REVERTED' || (code === 'CALL_REVERTS' && details?.error === 'MaintenanceInProgress')
}

/** Who queues for the slot does not see whether the one with the same key is still at work. */
async function takenByOurselves(services: Services, snapshot: WriteSnapshot): Promise<WcnError> {
  const { address } = snapshot.account
  const { message, details } = await taken(services, snapshot, address)
  return new WcnError(
    'MAINTENANCE_TAKEN',
    `${message}, which is this account itself: another run with this key is at work, or one was cut off`,
    {
      hint: '`wcn tx list` shows whether it was taken from this machine, `pgrep -af "maintenance run"` whether one still runs here; if none does anywhere, and your database is up, `wcn maintenance exit` gives it back',
      details: { ...details, own: true },
    },
  )
}

interface SlotWait {
  /** By the monotonic clock. */
  readonly endMs: number
  /** The whole of it, for sentences. */
  readonly waitMs: number
  readonly stop: AbortSignal | undefined
}

/**
 * Resolves when the slot is free, or this account's: then it is for the next attempt to say what follows. The wait has
 * its own limit, so `--timeout` does not count it. Throws MAINTENANCE_TAKEN when the time is up, INTERRUPTED by `stop`,
 * CONFIRMATION_REQUIRED at once where nobody will be there to be asked.
 */
async function waitForSlot(services: Services, { endMs, waitMs, stop }: SlotWait): Promise<void> {
  const { clock, deadline, talk, randomBytes } = services
  if (!talk.interactive) await talk.confirm('Send this transaction?')
  const own = await services.settings.operator()
  const leftMs = () => endMs - clock.monotonicMs()
  await waiting(services, { what: 'waiting for the maintenance slot', leftMs }, async (wait) => {
    for (let told: Address | null | undefined; ; ) {
      const seen = await orStopped(
        deadline.paused(() => lookAtSlot(services)),
        stop,
      )
      if ('free' in seen || seen.holder === own) return
      if (leftMs() <= 0) {
        const why = await seen.why()
        throw why.retold({ message: `${why.message}; waited for ${waitMs / 1000} s` })
      }
      // A provider that comes and goes is not worth a line each time.
      if (seen.holder !== told && (seen.holder !== null || told === undefined)) {
        told = seen.holder
        wait.see((await seen.why()).message, told ?? 'unknown')
      }
      const jitterMs = ((randomBytes(1)[0] ?? 0) / 255) * JITTER_MS
      await deadline.paused(() => wait.sleep(Math.min(PAUSE_MS + jitterMs, leftMs()), stop))
    }
  })
}

/** `holder` null: the provider did not answer. */
async function lookAtSlot(services: Services) {
  try {
    const snapshot = await (await services.chain()).readCluster()
    const holder = snapshot.view.maintenance
    return holder === null ? { free: true } : { holder, why: () => taken(services, snapshot, holder) }
  } catch (error) {
    if (isTransient(error)) return { holder: null, why: async () => error }
    throw error
  }
}
