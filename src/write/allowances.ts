/** Tells which writes of operator data flags and settings allow that are refused otherwise (cluster/judge-write.ts). */

import type { Services } from '../cli/services.js'
import type { Allowances } from '../cluster/judged-write.js'
import { WcnError } from '../errors/wcn-error.js'

export interface AllowanceFlags {
  readonly maxRemovals?: string
  readonly revokeAll?: boolean
  readonly dropTrailingBytes?: boolean
  readonly replaceUndecodable?: boolean
}

/** What is written is often generated, so what it takes away is bounded where nobody watches. */
const MAX_REMOVALS_UNWATCHED = 1

/** Throws USAGE. */
export function allowances({ settings, talk }: Pick<Services, 'settings' | 'talk'>, flags: AllowanceFlags): Allowances {
  const { maxRemovals, revokeAll = false, dropTrailingBytes = false, replaceUndecodable = false } = flags
  if (maxRemovals !== undefined && !/^\d{1,5}$/.test(maxRemovals))
    throw new WcnError('USAGE', '--max-removals is not a whole number', { hint: 'for example --max-removals 2' })
  return {
    privateAddresses: settings.allowPrivateAddresses(),
    removals: maxRemovals === undefined ? (talk.interactive ? Infinity : MAX_REMOVALS_UNWATCHED) : Number(maxRemovals),
    revokeAll,
    trailingBytes: dropTrailingBytes,
    undecodable: replaceUndecodable,
  }
}
