/** Exactly one node has the signing key. */
import { type Check, check } from '../../base/check.js'
import type { DoctorContext } from '../doctor-context.js'
import { findingsOf } from '../findings.js'

export async function primary(context: DoctorContext): Promise<readonly Check[]> {
  const found = await findingsOf('primary', context)
  if (found === null || found.length === 0)
    return [
      check(
        'one-primary',
        'skip',
        found === null
          ? 'which node has the signing key only its files tell, and none were named'
          : 'there is no node among the files that were named',
        'name the files of all nodes, or their directory: `wcn doctor DIR`',
      ),
    ]
  return found
}
