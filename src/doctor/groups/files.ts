/** The files of services. */
import { type Check, check } from '../../base/check.js'
import { findingsOf } from '../findings.js'
import type { Looks } from '../looks.js'

export async function files(looks: Looks): Promise<readonly Check[]> {
  return (
    (await findingsOf('files', looks)) ?? [
      check('files', 'skip', 'no files of your services were named', 'name them, or their directory: `wcn doctor DIR`'),
    ]
  )
}
