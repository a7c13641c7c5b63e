/**
 * A file that sh reads: `set -a; . FILE`, or a script with `export NAME=value`, as in the onboarding document. Assignments
 * are kept. Whatever else stands there is not followed, and said to be so: where it may set variables, nothing that was
 * set before it is known any more.
 */
import { canonicalName, SERVICE_VARIABLES } from '../../deploy/model/service-variables.js'
import {
  continuedLine,
  dialectFault,
  type EnvLine,
  type EnvReading,
  type Fault,
  KNOW_NOTHING,
  lineOfQuote,
  MAX_LINES,
  named,
  notClosed,
  notFollowed,
  QUOTE_IT,
  syntaxFault,
} from './env-reading.js'
import { escaped, type ReadValue, readValue, whyCut } from './env-values.js'
import {
  containerFault,
  exportsAll,
  isCompound,
  isHarmless,
  isUnclosed,
  maySet,
  runsService,
  slipIn,
  startsOurContainer,
} from './shell-commands.js'

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=/
const NAME_ALONE = /^[A-Za-z_][A-Za-z0-9_]*(?=\s|;|$)/
const NAME_IN_LINE = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=/
/** The next statement. A `;` right behind a value and right before a text was meant as a part of it. */
const NEXT = /^(?:\s+;|;(?=\s|#|$|[A-Za-z_][A-Za-z0-9_]*=|export[ \t])|\s*&&)\s*/
const FURTHER = /^\s+[A-Za-z_][A-Za-z0-9_]*=/
const FURTHER_NAME = /^\s+[A-Za-z_][A-Za-z0-9_]*(?:\s|;|$)/
const MAX_LINES_NAMED = 20
const ON_ITS_OWN = 'put the assignments into a file of their own, and check that'

interface State {
  readonly lines: (EnvLine & { readonly exported: boolean })[]
  readonly faults: (Fault & { readonly line: number })[]
  /** Lines with nothing that matters. */
  readonly passedOver: number[]
  readonly exported: Set<string>
  readonly mentioned: string[]
  exportsAll: boolean
  everExportsAll: boolean
  /** How many of those found may have been set anew since. */
  doubtful: number
  openAt: number | null
  runs: string | null
  startsContainer: boolean
}

/** Never throws, whatever the text; each line is looked at once. */
export function readShell(text: string): EnvReading {
  const state: State = {
    lines: [],
    faults: [],
    passedOver: [],
    exported: new Set(),
    mentioned: [],
    exportsAll: false,
    everExportsAll: false,
    doubtful: 0,
    openAt: null,
    runs: null,
    startsContainer: false,
  }
  const written = text.split('\n')
  for (let index = 0; index < written.length && state.lines.length + state.faults.length <= MAX_LINES; ) {
    const line = index + 1
    const isComment = /^\s*#/.test(written[index] ?? '')
    const { text: content, next: behind } = isComment ? { text: '', next: index + 1 } : continuedLine(written, index)
    const isWhole = behind === index + 1
    // What looks like a comment may be one, which nothing continues.
    const end =
      !isWhole && /\s#/.test(content) ? giveUp(state, line) : readLine(state, content.trimStart(), { line, isWhole })
    const next = end === 'line' ? behind : end === 'file' ? null : lineOfQuote(written, behind, end.openQuote)
    const last = state.lines.at(-1)
    if (typeof end === 'object' && last !== undefined) {
      state.lines[state.lines.length - 1] = { ...last, fault: notClosed(last.name, next !== null) }
    }
    if (next === null) {
      for (const rest of written.slice(behind)) state.mentioned.push(NAME_IN_LINE.exec(rest)?.[1] ?? '')
      state.openAt ??= line
      state.doubtful = state.lines.length
      break
    }
    index = next
  }
  return resultOf(state)
}

/** A variable that is not exported stays in the shell: what the script runs does not get it. */
function resultOf({ lines, faults, passedOver, exported, everExportsAll, doubtful, ...state }: State): EnvReading {
  const exports = exported.size > 0 || everExportsAll || state.runs !== null
  const staying = lines.filter((line, index) => {
    const matters = exports && index >= doubtful && Object.hasOwn(SERVICE_VARIABLES, canonicalName(line.name))
    return matters && !line.exported && line.fault === null && !exported.has(line.name)
  })
  const stay = new Set(staying)
  const [first] = passedOver
  const more = passedOver.length > MAX_LINES_NAMED ? ', …' : ''
  const which = `line${passedOver.length > 1 ? 's' : ''} ${passedOver.slice(0, MAX_LINES_NAMED).join(', ')}${more}`
  return {
    lines: lines.map((line, index): EnvLine => {
      const { name, fault, line: number } = line
      const value = index < doubtful || stay.has(line) ? null : line.value
      const notExported = line === staying[0] ? whyNotExported(name, staying.length - 1, state.runs !== null) : null
      return { name, value, line: number, fault: fault ?? notExported }
    }),
    faults: first === undefined ? faults : [...faults, { ...notFollowed(`${which}: no assignment`), line: first }],
    openAt: state.openAt,
    script: state,
  }
}

/** `certain`: the script runs a service, and nobody else exports them. */
function whyNotExported(name: string, others: number, certain: boolean): Fault {
  const which = others === 0 ? `${named(name)} is` : `${named(name)} and ${others} more are`
  const what = certain ? `${which} not exported: the service does not get them` : `${which} not exported, as others are`
  return dialectFault(certain ? 'fail' : 'warn', what, 'write export NAME=…, or set -a before them')
}

interface Line {
  readonly line: number
  /** It is one line, not several that are continued. */
  readonly isWhole: boolean
}

/** Where the reading of a line ends: with the line, with the file, or in quotes that the line does not close. */
type End = 'line' | 'file' | { readonly openQuote: string }

function readLine(state: State, content: string, { line, isWhole }: Line): End {
  let rest = content
  let exporting = false
  /** Whether the statement runs a service with what is assigned in front of it. */
  let runs: boolean | null = null
  while (rest !== '' && !rest.startsWith('#') && state.lines.length <= MAX_LINES) {
    const begins = /^export[ \t]+/.exec(rest)?.[0] ?? ''
    const at = rest.slice(begins.length)
    exporting ||= begins !== ''
    const name = ASSIGNMENT.exec(at)?.[1]
    const alone = exporting ? NAME_ALONE.exec(at)?.[0] : undefined
    if (name === undefined && alone === undefined) return readOther(state, rest, line)
    let left = at.slice(alone?.length ?? 0)
    if (name === undefined) state.exported.add(alone ?? '')
    else {
      const text = at.slice(name.length + 1)
      const value = readValue('shell', name, text, KNOW_NOTHING)
      runs ??= runsService(/^[^;&|]*/.exec(at)?.[0] ?? '')
      assign(state, name, value, { exporting, line, isWhole, runs })
      if (value === null) return { openQuote: text.charAt(0) }
      if (value.isMade && isUnclosed(text)) return giveUp(state, line)
      if (value.isMade && maySet(text)) forget(state, line)
      left = value.rest
      if (state.lines.at(-1)?.fault) return !/^\s+#/.test(left) && isUnclosed(text) ? giveUp(state, line) : 'line'
    }
    const next = NEXT.exec(left)?.[0] ?? ''
    exporting &&= next === ''
    if (next !== '') runs = null
    rest = left.slice(next.length).trimStart()
  }
  return 'line'
}

function assign(
  state: State,
  name: string,
  value: ReadValue | null,
  { exporting, line, isWhole, runs }: Line & { readonly exporting: boolean; readonly runs: boolean },
): void {
  const rest = value?.rest ?? ''
  const goesOn = NEXT.test(rest) || FURTHER.test(rest) || (exporting && FURTHER_NAME.test(rest)) || runs
  const cut = value === null || goesOn ? null : whyCut('shell', name, value)
  // What is no name to export ends the file.
  const worse = cut !== null && exporting && /^\s+[^\s#]/.test(rest) ? { ...cut, id: 'syntax' as const } : null
  const fault = value && (worse ?? value.fault ?? cut ?? (value.isQuoted && !isWhole ? escaped(name) : null))
  if (exporting) state.exported.add(name)
  const known = fault === null ? (value?.value ?? null) : null
  const exported = exporting || state.exportsAll || runs
  state.lines.push({ name, value: known, line, fault, exported })
}

/** What is no assignment, to the end of its line. */
function readOther(state: State, content: string, line: number): End {
  const [refused] = /^[;&|)]/.exec(content) ?? []
  const slip =
    refused === undefined ? slipIn(content) : syntaxFault('fail', `sh refuses the file at a "${refused}"`, QUOTE_IT)
  if (slip !== null) {
    state.faults.push({ ...slip, line })
    return isUnclosed(content) ? giveUp(state, line) : 'line'
  }
  const runs = runsService(content)
  if (runs) state.runs = content
  if (isCompound(content)) return giveUp(state, line)
  if (startsOurContainer(content)) {
    state.startsContainer = true
    state.faults.push({ ...containerFault(`line ${line}`), line })
  } else if (maySet(content)) forget(state, line)
  else if (!runs && !isHarmless(content)) state.passedOver.push(line)
  state.exportsAll = exportsAll(content) ?? state.exportsAll
  state.everExportsAll ||= state.exportsAll
  return 'line'
}

function giveUp(state: State, line: number): End {
  forget(state, line, `line ${line} and everything behind it: what was set before is not known either`)
  return 'file'
}

function forget(
  state: State,
  line: number,
  what = `line ${line}, which may set variables: what was set before it is not known`,
): void {
  state.faults.push({ ...notFollowed(what, 'warn', ON_ITS_OWN), line })
  state.openAt ??= line
  state.doubtful = state.lines.length
}
