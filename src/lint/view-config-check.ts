/** Prints `config check` for people: what is wrong, with file and line, and then briefly what was checked. */

import { checksParts, countsOf, having } from '../cli/check-lines.js'
import type { Paint } from '../cli/paint.js'
import type { ConfigCheckData } from './config-check.js'
import type { Finding } from './model/finding.js'

export function configCheckText({ checks }: ConfigCheckData, paint: Paint, _redrawn = false, all = false): string {
  const shown = checks.map((one) => {
    const { id, status, file, line } = one
    const place = line === null ? file : `${file}:${line}`
    return { ...one, group: status === 'pass' ? 'files' : id, head: place === null ? id : `${place}  ${id}` }
  })
  return paint.screen(...checksParts(shown, paint, all), verdict(checks, paint))
}

function verdict(checks: readonly Finding[], paint: Paint): string {
  const counted = countsOf(checks)
  if (having('fail', checks).length > 0) return paint.bad(`Do not start this: ${counted}.`)
  const isDoubtful = having('warn', checks).length + having('skip', checks).length > 0
  return isDoubtful
    ? paint.warn(`Nothing failed: ${counted}.`)
    : paint.good(`All is well with these files: ${counted}.`)
}
