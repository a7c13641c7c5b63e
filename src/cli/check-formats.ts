/**
 * What checks came to, for those who have a checker already: `--output nagios` for Nagios and its like, `prometheus` for
 * the text file that node_exporter collects, `junit` for CI. All of it is untrusted text in somebody else's grammar.
 */
import type { Check, CheckStatus } from '../base/check.js'
import { escapeUntrusted } from '../base/escape.js'
import { metricText, type Sample } from '../base/metric-text.js'
import { countsOf, having } from './check-lines.js'
import type { CheckFormat } from './output-format.js'
import { writeOut } from './sink.js'

type FoundCheck = Check & { readonly group?: string }

export function checkFormatText(
  format: CheckFormat,
  command: string,
  { checks }: { readonly checks: readonly FoundCheck[] },
): string {
  return { nagios: nagiosText, prometheus: prometheusText, junit: junitText }[format](checks, command)
}

/** Nagios knows these exit codes and no others: OK, WARNING, CRITICAL, UNKNOWN. */
const NAGIOS_UNKNOWN = 3
const NAGIOS = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const

export function nagiosCode(checks: readonly Check[]): number {
  const has = (status: CheckStatus) => having(status, checks).length > 0
  return has('fail') ? 2 : has('warn') ? 1 : has('pass') ? 0 : NAGIOS_UNKNOWN
}

/** One line with the worst first and counts as performance data, then a line for each that is not well. */
function nagiosText(checks: readonly FoundCheck[], command: string): string {
  const bad = [...having('fail', checks), ...having('warn', checks)]
  const count = (status: CheckStatus) => having(status, checks).length
  const counts = `failed=${count('fail')} warnings=${count('warn')} passed=${count('pass')} skipped=${count('skip')}`
  const first = bad[0] ? `: ${spoken(bad[0].summary)}` : ''
  const lines = bad.map(({ id, status, summary, hint }) =>
    spoken(`${status.toUpperCase()} ${id}: ${summary}${hint === null ? '' : ` (${hint})`}`),
  )
  return [
    `${nagiosHead(nagiosCode(checks), command)}${countsOf(checks) || 'nothing was looked at'}${first} | ${counts}`,
    ...lines,
  ]
    .map((line) => `${line}\n`)
    .join('')
}

/** Where there is nothing to judge. `command`: empty where that is not known. Sets the exit code. */
export async function reportToNagios(message: string, command: string): Promise<void> {
  await writeOut(nagiosFailure(message, command)).catch(() => false)
  process.exitCode = NAGIOS_UNKNOWN
}

export function nagiosFailure(message: string, command: string): string {
  return `${nagiosHead(NAGIOS_UNKNOWN, command)}${spoken(message)}\n`
}

function nagiosHead(code: number, command: string): string {
  return `${`WCN ${command.toUpperCase()}`.trim()} ${NAGIOS[code]} - `
}

/** A bar begins performance data. */
function spoken(text: string): string {
  return escapeUntrusted(text).replaceAll('|', '/')
}

const STATUSES: readonly CheckStatus[] = ['pass', 'warn', 'fail', 'skip']

/** One ID may be that of several checks: they are counted. */
function prometheusText(checks: readonly FoundCheck[], command: string): string {
  const ids = [...new Set(checks.map(({ id }) => id))]
  const samples = ids.flatMap((id) => {
    const own = checks.filter((one) => one.id === id)
    return STATUSES.map((status): Sample => [{ command, id, status }, having(status, own).length])
  })
  return metricText('wcn_checks', 'How many checks of this ID came to that.', samples)
}

function junitText(checks: readonly FoundCheck[], command: string): string {
  const of = (status: CheckStatus) => having(status, checks).length
  const cases = checks.map((one) => {
    const { id, group, status, summary, hint } = one
    const inner =
      status === 'fail'
        ? `<failure message="${xml(summary)}">${xml(hint ?? '')}</failure>`
        : status === 'skip'
          ? `<skipped message="${xml(summary)}"/>`
          : `<system-out>${xml(status === 'warn' && hint !== null ? `${summary} (${hint})` : summary)}</system-out>`
    const name = status === 'warn' ? `${id} (warning)` : id
    return `    <testcase classname="${xml(group ?? command)}" name="${xml(name)}">${inner}</testcase>`
  })
  const counts = `tests="${checks.length}" failures="${of('fail')}" errors="0" skipped="${of('skip')}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="wcn ${xml(command)}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>\n',
  ].join('\n')
}

function xml(text: string): string {
  return escapeUntrusted(text).replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
}
