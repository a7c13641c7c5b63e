/** What `doctor` prints for people: what is wrong, with what to type; what was not looked at and what is well; the verdict. */

import { checksParts, countsOf, having } from '../cli/check-lines.js'
import type { Paint } from '../cli/paint.js'
import type { DoctorJson } from './doctor.js'

export function doctorText({ checks }: DoctorJson, paint: Paint, _redrawn = false, all = false): string {
  const shown = checks.map((one) => ({ ...one, head: one.group }))
  return paint.screen(...checksParts(shown, paint, all), verdict(checks, paint))
}

function verdict(checks: DoctorJson['checks'], paint: Paint): string {
  const counted = countsOf(checks)
  if (having('fail', checks).length > 0) return paint.bad(`Something is wrong: ${counted}.`)
  if (having('warn', checks).length > 0) return paint.warn(`Nothing failed: ${counted}.`)
  const unseen = having('skip', checks).length > 0
  return paint.good(`${unseen ? 'All is well, as far as could be seen' : 'All is well'}: ${counted}.`)
}
