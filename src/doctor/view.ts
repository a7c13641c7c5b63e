/** What `doctor` prints for people: a line per group; then what is wrong, with what to type; then what was not looked at. */

import type { CheckStatus } from '../base/check.js'
import type { Paint } from '../cli/paint.js'
import type { DoctorJson } from './doctor.js'
import type { DoctorCheck } from './model/doctor-check.js'

type Checks = readonly DoctorCheck[]

export function doctorText({ checks }: DoctorJson, paint: Paint): string {
  const groups = [...new Set(checks.map(({ group }) => group))]
  return paint.screen(
    paint.table(
      ['', 'group', ''],
      groups.map((group) => groupRow(group, checks, paint)),
    ),
    ...[...having('fail', checks), ...having('warn', checks)].map((one) => {
      const place = one.id === one.group ? one.group : `${one.group} ${one.id}`
      return lines(one, paint.bold(paint.text(place)), [paint.text(one.summary)], paint)
    }),
    ...skipsText(having('skip', checks), paint),
    verdict(checks, paint),
  )
}

function groupRow(group: string, all: Checks, paint: Paint): readonly string[] {
  const checks = all.filter((one) => one.group === group)
  const worst =
    (['fail', 'warn', 'pass', 'skip'] as const).find((status) => having(status, checks).length > 0) ?? 'skip'
  const [only] = checks
  const text = worst === 'pass' && only && checks.length === 1 ? paint.text(only.summary) : counted(checks)
  return [mark(worst, paint), paint.text(group), text]
}

/** The head, what belongs to it, and what to type. */
function lines({ status, hint }: DoctorCheck, head: string, more: readonly string[], paint: Paint): string {
  const advice = hint === null ? [] : [paint.dim(paint.text(hint))]
  return [`${mark(status, paint)}  ${head}`, ...[...more, ...advice].map((line) => `      ${line}`)].join('\n')
}

/** Of many groups that lack the same thing it is said once. */
function skipsText(skips: Checks, paint: Paint): readonly string[] {
  const same = (one: DoctorCheck) => skips.filter(({ summary, hint }) => summary === one.summary && hint === one.hint)
  return skips
    .filter((one) => same(one)[0] === one)
    .map((one) => {
      const names = [...new Set(same(one).map(({ group }) => group))].join(', ')
      return lines(one, `${paint.text(names)}: ${paint.text(one.summary)}`, [], paint)
    })
}

function verdict(checks: Checks, paint: Paint): string {
  if (having('fail', checks).length > 0) return paint.bad(`Something is wrong: ${counted(checks)}.`)
  if (having('warn', checks).length > 0) return paint.warn(`Nothing failed: ${counted(checks)}.`)
  const unseen = having('skip', checks).length > 0
  return paint.good(`${unseen ? 'All is well, as far as could be seen' : 'All is well'}: ${counted(checks)}.`)
}

function counted(checks: Checks): string {
  const words = { fail: 'failed', warn: 'to look at', pass: 'passed', skip: 'not looked at' } as const
  return (['fail', 'warn', 'pass', 'skip'] as const)
    .map((status) => [having(status, checks).length, words[status]] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}

function mark(status: CheckStatus, paint: Paint): string {
  if (status === 'fail') return paint.bad('FAIL')
  if (status === 'warn') return paint.warn('warn')
  return status === 'pass' ? paint.good('pass') : paint.dim('skip')
}

function having(status: CheckStatus, checks: Checks): Checks {
  return checks.filter((one) => one.status === status)
}
