/** Exactly one node has the signing key. */
import { type Check, check } from '../../base/check.js'
import { findingsOf } from '../findings.js'
import type { Looks } from '../looks.js'

export async function primary(looks: Looks): Promise<readonly Check[]> {
  const found = await findingsOf('primary', looks)
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
