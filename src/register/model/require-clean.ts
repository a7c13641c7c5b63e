/** For those who act on a request: the first failed check becomes the error. */

import { type Check, firstFailure } from '../../base/check.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { Examination } from './examine.js'
import type { OpenedRequest } from './open.js'

/** `source` is the file's name; checks in `except` may fail. Throws REQUEST_INVALID. */
export function requireClean(
  { checks, opened }: Examination,
  source: string,
  except: readonly string[] = [],
): OpenedRequest {
  const failed = firstFailure(checks.filter(({ id }) => !except.includes(id)))
  if (opened && !failed) return opened
  throw refused(source, failed, checks)
}

function refused(source: string, failed: Check | null, checks: readonly Check[]): WcnError {
  return new WcnError('REQUEST_INVALID', `${source}: ${failed?.summary ?? 'it can not be read'}`, {
    hint: failed?.hint ?? undefined,
    details: { checks },
  })
}
