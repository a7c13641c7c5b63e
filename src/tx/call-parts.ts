/** Defines the pieces that the explanation of a call is made of. */
import type { Change } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'

export interface CallEffects {
  readonly changes: readonly Change[]
  readonly warnings: readonly string[]
}

/** Either the content, or why the network can't read it. */
export type Reading<T> =
  | { readonly content: T; readonly reason: null }
  | { readonly content: null; readonly reason: string }

export function reading<T>(read: () => T): Reading<T> {
  try {
    return { content: read(), reason: null }
  } catch (error) {
    if (error instanceof WcnError && error.code === 'DATA_UNDECODABLE') return { content: null, reason: error.message }
    throw error
  }
}

export function changing(op: Change['op'], path: string, before: unknown, after: unknown): CallEffects {
  return { changes: [{ op, path, before, after }], warnings: [] }
}

export function listed(numbers: readonly number[]): string {
  return numbers.join(', ') || 'none'
}
