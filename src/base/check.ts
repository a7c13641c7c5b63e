/** One line of a verification: `operator verify-request` and its like are lists of these (docs/dev/command-line.md, "JSON shapes"). */
import { WcnError } from '../errors/wcn-error.js'

export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip'

export interface Check {
  readonly id: string
  readonly status: CheckStatus
  /** One sentence. It may quote untrusted text. */
  readonly summary: string
  readonly hint: string | null
}

/** What a check came to, without its ID. */
export type Verdict = readonly [status: CheckStatus, summary: string, hint?: string | null]

export function check(id: string, ...[status, summary, hint = null]: Verdict): Check {
  return { id, status, summary, hint }
}

/** Passes with the sentence that `rule` gives; fails with that of the WcnError it throws. */
export async function checkThat(id: string, rule: () => string | Promise<string>): Promise<Check> {
  try {
    return check(id, 'pass', await rule())
  } catch (error) {
    if (error instanceof WcnError) return check(id, 'fail', error.message, error.hint ?? null)
    throw error
  }
}

export function firstFailure(checks: readonly Check[]): Check | null {
  return checks.find(({ status }) => status === 'fail') ?? null
}
