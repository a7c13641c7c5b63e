/** Decides what happens to the maintenance slot after the command that ran in it, and says why. */
import { counted } from '../../base/counted.js'
import { utc, utcAndAgo } from '../../base/utc.js'
import type { MaintenanceSince } from '../../chain/chain.js'
import type { CommandEnd } from '../../platform/processes/processes.js'

/** What becomes of the slot where the command failed and nothing proves that the database is up. */
export const ON_FAILURE = ['keep', 'release'] as const
export type OnFailure = (typeof ON_FAILURE)[number]

/** `by`: the node that says so. `not-asked`: without a node's key nobody can be asked. */
export type DatabaseProof =
  | { readonly kind: 'up'; readonly by: string }
  | { readonly kind: 'not-up'; readonly why: string }
  | { readonly kind: 'not-asked' }

interface RunFacts {
  /** The command exited with 0. */
  readonly succeeded: boolean
  /** Nothing of its process group is left. */
  readonly groupGone: boolean
  readonly database: DatabaseProof
  readonly onFailure: OnFailure
}

export type SlotVerdict = ReturnType<typeof slotVerdict>

/**
 * Whether the slot may be given back: a freed one lets a second operator take its database down, so this one's has to be
 * up (docs/dev/never.md 9). `safe`: whether giving it back is that as well; `why` in half a sentence.
 */
export function slotVerdict({ succeeded, groupGone, database, onFailure }: RunFacts) {
  if (!groupGone) return { giveBack: false, safe: false, why: 'processes of the command still run' }
  if (database.kind === 'up') return { giveBack: true, safe: true, why: `the database is up, as ${database.by} says` }
  if (database.kind === 'not-asked' && succeeded) return { giveBack: true, safe: true, why: 'the command succeeded' }
  const why =
    database.kind === 'not-asked'
      ? 'nothing tells whether the database is up'
      : `the database is not seen to be up: ${database.why}`
  return { giveBack: onFailure === 'release', safe: false, why }
}

/** How a command ended, as half a sentence. */
export function endInWords({ exitCode, signal }: CommandEnd): string {
  if (signal !== null) return `was ended by ${signal}`
  return exitCode === 0 ? 'succeeded' : `exited with ${exitCode}`
}

/** Since when the slot is held, as people are told; `now` in Unix seconds, null for what is kept; null where it could not be found out. */
export function sinceInWords(since: MaintenanceSince, now: number | null): string | null {
  if (since.kind === 'at')
    return `since ${now === null ? utc(since.time) : utcAndAgo(since.time, now)} (block ${since.block})`
  return since.blocks > 0 ? `for at least ${counted(since.blocks, 'block')}` : null
}
