/**
 * Whether the maintenance slot may be given back: a freed one lets a second operator take its database down, so this
 * one's has to be up (docs/dev/never.md 9).
 */
import type { OnFailure } from './on-failure.js'

/** `not-asked`: without a node's key nobody can be asked. */
export type DatabaseProof =
  /** `by`: the node that says so. */
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

export interface SlotVerdict {
  readonly giveBack: boolean
  /** Whether it is safe as well. */
  readonly safe: boolean
  /** In half a sentence. */
  readonly why: string
}

export function slotVerdict({ succeeded, groupGone, database, onFailure }: RunFacts): SlotVerdict {
  if (!groupGone) return { giveBack: false, safe: false, why: 'processes of the command still run' }
  if (database.kind === 'up') return { giveBack: true, safe: true, why: `the database is up, as ${database.by} says` }
  if (database.kind === 'not-asked' && succeeded) return { giveBack: true, safe: true, why: 'the command succeeded' }
  const why =
    database.kind === 'not-asked'
      ? 'nothing tells whether the database is up'
      : `the database is not seen to be up: ${database.why}`
  return { giveBack: onFailure === 'release', safe: false, why }
}
