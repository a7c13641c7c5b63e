/** Prints `config check` for people: what is wrong, with file and line, and then briefly what was checked. */

import type { Paint } from '../cli/paint.js'
import type { ConfigCheckData } from './config-check.js'
import { type Finding, isFault } from './model/finding.js'

export function configCheckText({ checks }: ConfigCheckData, paint: Paint): string {
  const quiet = checks.filter((one) => !isFault(one))
  const faults = checks.filter(isFault)
  const rows = quiet.map(({ status, id, summary }) => [
    status === 'pass' ? paint.good('pass') : paint.dim('skip'),
    paint.text(id),
    paint.text(summary),
  ])
  return paint.screen(
    paint.table(['', 'check', ''], rows),
    ...faults.map((one) => faultText(one, paint)),
    verdict(checks, paint),
  )
}

function faultText({ status, id, summary, hint, file, line }: Finding, paint: Paint): string {
  const mark = status === 'fail' ? paint.bad('FAIL') : paint.warn('warn')
  const place = file === null ? '' : `${paint.bold(paint.text(line === null ? file : `${file}:${line}`))}  `
  const advice = hint === null ? [] : [`      ${paint.dim(paint.text(hint))}`]
  return [`${mark}  ${place}${paint.text(id)}`, `      ${paint.text(summary)}`, ...advice].join('\n')
}

function verdict(checks: readonly Finding[], paint: Paint): string {
  const [failures, warnings, skips] = (['fail', 'warn', 'skip'] as const).map(
    (wanted) => checks.filter(({ status }) => status === wanted).length,
  )
  const counted = [
    failures ? `${failures} failed` : null,
    warnings ? `${warnings} to look at` : null,
    skips ? `${skips} not looked at` : null,
  ]
    .filter((part) => part !== null)
    .join(', ')
  if (failures) return paint.bad(`Do not start this: ${counted}.`)
  return warnings || skips ? paint.warn(`Nothing failed: ${counted}.`) : paint.good('All is well with these files.')
}
