/** What is demanded of a join request besides its data (docs/dev/network/join-request.md, "Verification offline"). */

import { quote } from '../../base/quote.js'
import { utc } from '../../base/utc.js'
import type { OperatorData } from '../../cluster/codec/operator-data.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { JoinRequestTerms } from './join-request.js'

/** Clocks of two machines may differ by this. */
const CLOCK_TOLERANCE_SECONDS = 300

/** `now` in Unix seconds. Throws REQUEST_INVALID. */
export function requireValidity(terms: JoinRequestTerms, now: number): void {
  const { created_at: createdAt, expires_at: expiresAt } = terms
  if (createdAt > now + CLOCK_TOLERANCE_SECONDS)
    throw disagrees(`it was made ${createdAt - now} s in the future`, 'check the clocks of both machines')
  if (expiresAt <= createdAt) throw disagrees('it expires before it was made', FORGED)
  if (expiresAt <= now) throw disagrees(`it expired on ${dateOf(expiresAt)}`, 'ask the applicant for a new one')
}

/** The fields for people must say what the data says. Throws REQUEST_INVALID. */
export function requireAgreement(terms: JoinRequestTerms, data: OperatorData): void {
  if (terms.name !== data.name)
    throw disagrees(`"name" is ${quote(terms.name)}, and the data says ${quote(data.name)}`, FORGED)
  const listed = [...terms.peer_ids].sort()
  const stored: string[] = data.nodes.map(({ peerId }) => peerId).sort()
  const once = [...new Set(stored)]
  if (!sameList(listed, stored) && !sameList(listed, once))
    throw disagrees('"peer_ids" are not the peer IDs of the nodes in the data', FORGED)
}

const FORGED = 'somebody changed the file: ask the applicant for a new one'

function disagrees(sentence: string, hint: string): WcnError {
  return new WcnError('REQUEST_INVALID', sentence, { hint })
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index])
}

/** UTC, to the minute; a number where a calendar can't hold it. */
export function dateOf(unixSeconds: number): string {
  return utc(unixSeconds, 'minute')
}
