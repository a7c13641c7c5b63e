/** For what acts on who answers: without a proof of that, it must not. */

import { WcnError } from '../errors/wcn-error.js'
import type { Examiner } from './examiner.js'
import { INSTALL_ADDON } from './model/install-addon.js'

/** Throws PROBE_UNAVAILABLE where no identity can be proven here. */
export function requireProof({ unproven }: Examiner): void {
  if (unproven === null) return
  throw new WcnError('PROBE_UNAVAILABLE', `who answers can't be proven here: ${unproven}`, {
    hint: INSTALL_ADDON,
  })
}
