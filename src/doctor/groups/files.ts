/** The files of services. */
import { type Check, check } from '../../base/check.js'
import type { DoctorContext } from '../doctor-context.js'
import { findingsOf } from '../findings.js'

export async function files(context: DoctorContext): Promise<readonly Check[]> {
  return (
    (await findingsOf('files', context)) ?? [
      check('files', 'skip', 'no files of your services were named', 'name them, or their directory: `wcn doctor DIR`'),
    ]
  )
}
