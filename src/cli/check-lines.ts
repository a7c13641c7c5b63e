/** Shows what checks came to: what is wrong first, each once, with what to type; then in short what was not looked at, and what is well. */
import type { Check, CheckStatus } from '../base/check.js'
import { counted } from '../base/counted.js'
import type { Paint } from './paint.js'

interface ShownCheck extends Check {
  /** What passed is counted by it. */
  readonly group: string
  /** What stands before its sentence; null where that begins with its name. */
  readonly head: string | null
}

/** Parts for `paint.screen`. `all`: what passed, too, is a line each. */
export function checksParts(checks: readonly ShownCheck[], paint: Paint, all: boolean): readonly string[] {
  const isShort = ({ status, hint }: ShownCheck) => !all && (status === 'pass' || (status === 'skip' && hint === null))
  const short = (['skip', 'pass'] as const).map((status) => having(status, checks).filter(isShort))
  return [
    ...(['fail', 'warn', 'skip', 'pass'] as const).map((status) =>
      checkLines(
        having(status, checks).filter((one) => !isShort(one)),
        paint,
      ),
    ),
    [...short.map((those) => inShort(those, paint)), short.flat().length > 1 ? paint.dim('      --all shows each') : '']
      .filter((line) => line !== '')
      .join('\n'),
  ]
}

/** Such as `2 checks failed, 14 passed`. */
export function countsOf(checks: readonly Check[]): string {
  const words = { fail: 'failed', warn: 'to look at', pass: 'passed', skip: 'not looked at' } as const
  return (['fail', 'warn', 'pass', 'skip'] as const)
    .map((status) => [having(status, checks).length, words[status]] as const)
    .filter(([count]) => count > 0)
    .map(([count, word], index) => `${index === 0 ? counted(count, 'check') : count} ${word}`)
    .join(', ')
}

export function having<C extends Check>(status: CheckStatus, checks: readonly C[]): readonly C[] {
  return checks.filter((one) => one.status === status)
}

/** What several say is said once; advice that is the same but for its numbers is given once, with the commands of all. */
export function checkLines(checks: readonly ShownCheck[], paint: Paint): string {
  const same = (one: ShownCheck) => checks.filter(({ summary, hint }) => summary === one.summary && hint === one.hint)
  const runs: ShownCheck[][] = []
  for (const one of checks.filter((each) => same(each)[0] === each)) {
    const last = runs.at(-1)
    if (last?.[0] && templateOf(last[0]) === templateOf(one)) last.push(one)
    else runs.push([one])
  }
  return runs
    .flatMap((run) => {
      const hint = run[0]?.status === 'pass' ? null : adviceOf(run)
      const lines = run.map((one) => {
        const heads = [...new Set(same(one).flatMap(({ head }) => head ?? []))].join(', ')
        const head = heads === '' ? '' : `${paint.bold(paint.text(heads))}: `
        return `${mark(one.status, paint)}  ${head}${paint.text(one.summary)}`
      })
      return hint === null ? lines : [...lines, `      ${paint.dim(paint.text(hint))}`]
    })
    .join('\n')
}

function templateOf({ hint }: Check): string | null {
  return hint?.replaceAll(/\d+/g, '0') ?? null
}

function adviceOf(run: readonly Check[]): string | null {
  const hint = run[0]?.hint ?? null
  const commands = new Set(run.flatMap((one) => one.hint?.match(/`[^`]+`/g) ?? []))
  return hint && [hint, ...[...commands].filter((command) => !hint.includes(command))].join(', ')
}

function inShort(checks: readonly ShownCheck[], paint: Paint): string {
  const [first] = checks
  if (first === undefined) return ''
  const counts = new Map<string, number>()
  for (const { group } of checks) counts.set(group, (counts.get(group) ?? 0) + 1)
  const groups = [...counts].map(([group, count]) => (count === 1 ? group : `${group} (${count})`))
  return `${mark(first.status, paint)}  ${paint.text(groups.join(', '))}`
}

function mark(status: CheckStatus, paint: Paint): string {
  const marks = { fail: paint.bad('FAIL'), warn: paint.warn('warn'), pass: paint.good('pass'), skip: paint.dim('skip') }
  return marks[status]
}
