/**
 * `--output markdown`: for comments on pull requests. Names come from a chain and from files: none of them may add a
 * cell, a link, an image or HTML, or call somebody.
 */
import type { Check } from '../base/check.js'
import { counted } from '../base/counted.js'
import { escapeUntrusted } from '../base/escape.js'
import { isRecord } from '../base/is-record.js'
import type { Change } from '../cluster/operator-changes.js'
import { countsOf, having } from './check-lines.js'
import { differences } from './preview.js'

const WRITERS = {
  changes: (data: { readonly changes: readonly Change[] }) => changesText(data.changes),
  checks: (data: { readonly checks: readonly FoundCheck[] }) => checksText(data.checks),
  rows: (data: { readonly rows: readonly Row[] }) => rowsText(data.rows),
}

/** What in the data is told. */
export type MarkdownKind = keyof typeof WRITERS

type FoundCheck = Check & { readonly group?: string; readonly file?: string | null; readonly line?: number | null }

/** Of `config diff`. */
interface Row {
  readonly [field: string]: string | boolean | null
  readonly drift: boolean
}

export function markdownText(kind: MarkdownKind, data: unknown): string {
  return `${WRITERS[kind](data as never)}\n`
}

const WORDS = { add: 'added', remove: 'removed', update: 'changed' } as const

function changesText(changes: readonly Change[]): string {
  if (changes.length === 0) return 'No changes.'
  const rows = changes.map(({ op, path, before, after }) => {
    const [from, to] = op === 'update' ? changed(before, after) : [fieldsOf(before), fieldsOf(after)]
    return [`**${WORDS[op]}**`, code(path), from, to]
  })
  return `**${counted(changes.length, 'change')}**\n\n${table(['', 'what', 'before', 'after'], rows)}`
}

function changed(before: unknown, after: unknown): readonly [string, string] {
  const fields = differences(before, after)
  const side = (values: readonly (readonly [string, unknown])[]) => values.map(named).join('<br>')
  return [side(fields.map(([field, from]) => [field, from])), side(fields.map(([field, , to]) => [field, to]))]
}

function fieldsOf(value: unknown): string {
  if (value === null) return ''
  const fields = isRecord(value) ? Object.entries(value) : [['', value] as const]
  return fields.map(named).join('<br>')
}

function named([field, value]: readonly [field: string, value: unknown]): string {
  const shown = value === null ? '–' : code(Array.isArray(value) ? value.join(', ') : String(value))
  return field === '' ? shown : `${inert(field)} ${shown}`
}

function checksText(checks: readonly FoundCheck[]): string {
  const [told, rest] = [
    [...having('fail', checks), ...having('warn', checks)],
    [...having('skip', checks), ...having('pass', checks)],
  ]
  const rows = (some: readonly FoundCheck[]) =>
    table(
      ['', 'what', 'said', 'to do'],
      some.map((one) => [
        mark(one),
        placeOf(one),
        prose(one.summary),
        one.status === 'pass' ? '' : prose(one.hint ?? ''),
      ]),
    )
  return [
    `**${countsOf(checks) || 'nothing was looked at'}**`,
    ...(told.length === 0 ? [] : [rows(told)]),
    // Between the tags Markdown is read only behind an empty line.
    ...(rest.length === 0
      ? []
      : ['<details><summary>What passed, or was not looked at</summary>', rows(rest), '</details>']),
  ].join('\n\n')
}

function mark({ status }: Check): string {
  return status === 'fail' ? '**FAIL**' : status
}

function placeOf({ id, group, file = null, line = null }: FoundCheck): string {
  const place = file === null ? [] : [code(line === null ? file : `${file}:${line}`)]
  return [...place, code(group ?? id)].join('<br>')
}

function rowsText(rows: readonly Row[]): string {
  const drift = rows.filter((row) => row.drift)
  if (drift.length === 0) return `No differences in ${counted(rows.length, 'value')}.`
  const columns = ['node', 'field', 'files', 'chain', 'running']
  const cell = (value: string | boolean | null | undefined) => (value == null ? '–' : code(String(value)))
  const cells = drift.map((row) => columns.map((column) => cell(row[column])))
  return `**${counted(drift.length, 'difference')}** in ${counted(rows.length, 'value')}.\n\n${table(columns, cells)}`
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** To the letter, in the font of code, where nothing is a link and nobody is called. */
function code(untrusted: string): string {
  if (untrusted === '') return '*empty*'
  // A bar ends a cell inside of code, too; readers of tables disagree on one with two backslashes before it.
  const text = escapeUntrusted(untrusted).replace(/(\\?)\|/g, (_, slash) => (slash ? '\\\\u{7c}' : '\\|'))
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const gap = /^[` ]|[` ]$/.test(text) ? ' ' : ''
  return `${fence}${gap}${text}${gap}${fence}`
}

/** A sentence of ours that may quote others; what is to be typed stands between backticks. */
function prose(text: string): string {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? code(part) : inert(part)))
    .join('')
}

/** Nothing in it is Markdown, a mention, a reference or a link. */
function inert(text: string): string {
  const parts = escapeUntrusted(text).split('\\').map(withoutMarks)
  // Not doubled: readers disagree on what a backslash before code is.
  return parts.join('&#92;')
}

function withoutMarks(text: string): string {
  return text
    .replace(/[*_{}[\]<>&|~!$^]/g, '\\$&')
    .replace(/[@#]/g, '$&&#8203;')
    .replaceAll('`', '&#96;')
    .replace(/:\/\//g, ':&#8203;//')
    .replace(/(www)\./gi, '$1&#8203;.')
}
