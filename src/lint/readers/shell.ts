/**
 * Reads a file that sh reads: `set -a; . FILE`, or a script with `export NAME=value`, as in the onboarding document. Assignments
 * are kept. Everything else is reported as not followed: where it may set variables, nothing that was set before it is known
 * any more.
 */
import { quote } from '../../base/quote.js'
import { canonicalName, SERVICE_VARIABLES } from '../../deploy/model/service-variables.js'
import {
  changed,
  type EnvLine,
  type EnvReading,
  type Fault,
  KNOW_NOTHING,
  type LineEnd,
  type LineReader,
  MAX_LINES,
  named,
  notFollowed,
  nothingRead,
  QUOTE_IT,
  readLines,
  refused,
} from './env-reading.js'
import { escaped, type ReadValue, readValue, whyCut } from './env-values.js'

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=/
const NAME_ALONE = /^[A-Za-z_][A-Za-z0-9_]*(?=\s|;|$)/
/** The next statement. A `;` right behind a value and right before a text was meant as a part of it. */
const NEXT = /^(?:\s+;|;(?=\s|#|$|[A-Za-z_][A-Za-z0-9_]*=|export[ \t])|\s*&&)\s*/
const FURTHER = /^\s+[A-Za-z_][A-Za-z0-9_]*=/
const FURTHER_NAME = /^\s+[A-Za-z_][A-Za-z0-9_]*(?:\s|;|$)/
/** What may set variables. */
const SETS =
  /(?:^|[;&|]\s*)(?:\.|source|eval|unset|read|readonly|declare|typeset|local|alias|trap|getopts|let|export)(?=\s|$)|(?:^|[\s;&|({])[A-Za-z_][A-Za-z0-9_]*=/
/** What goes on over lines, and decides whether and how often anything in it is done. */
const COMPOUND =
  /^(?:(?:if|then|else|elif|fi|for|while|until|case|esac|select|do|done|function|coproc|\[\[|[{}!])(?=\s|$)|[(`$]|[^\s;&|<>'"]*\()/
/** What makes no difference to a service. */
const HARMLESS = /^(?:set|cd|umask|ulimit)(?=\s|$)/
const RUNS_SERVICE = /(?:^|[\s/])wcn[-_](?:node|db)(?=[\s;&|<>]|$)/
const OURS = /wcn[-_/]?(?:node|db)|SECRET_KEY|_RPC_SERVER_PORT/i
/** `set -a`, `set +a` and their long forms. */
const EXPORTS_ALL = /^set[ \t].*?([-+])(?:[a-zA-Z]*a|o[ \t]+allexport)/
const MAX_LINES_NAMED = 20
const ON_ITS_OWN = 'put the assignments into a file of their own, and check that'

/** Never throws, whatever the text. */
export function readShell(text: string): EnvReading {
  const shell = new Shell()
  readLines(text, shell)
  shell.end()
  return shell.reading
}

class Shell implements LineReader {
  readonly reading = nothingRead()
  /** Variables that the shell keeps to itself, unless they are exported later. */
  readonly #kept = new Set<EnvLine>()
  /** Numbers of lines with nothing that matters. */
  readonly #passedOver: number[] = []
  readonly #exported = new Set<string>()
  #exportsAll = false
  #everExportsAll = false

  mayGoOn(line: string): boolean {
    return !/^\s*#/.test(line)
  }

  take(written: string, line: number, isWhole: boolean): LineEnd {
    // What looks like a comment may be one, which nothing continues.
    if (!isWhole && /\s#/.test(written)) return this.#giveUp(line)
    let rest = written.trimStart()
    let exporting = false
    /** Whether the statement runs a service with what is assigned in front of it. */
    let runs: boolean | null = null
    while (rest !== '' && !rest.startsWith('#') && this.reading.lines.length <= MAX_LINES) {
      const begins = /^export[ \t]+/.exec(rest)?.[0] ?? ''
      const at = rest.slice(begins.length)
      exporting ||= begins !== ''
      const name = ASSIGNMENT.exec(at)?.[1]
      const alone = exporting ? NAME_ALONE.exec(at)?.[0] : undefined
      if (name === undefined && alone === undefined) return this.#takeOther(rest, line)
      let left = at.slice(alone?.length ?? 0)
      if (name === undefined) this.#exported.add(alone ?? '')
      else {
        const text = at.slice(name.length + 1)
        const value = readValue('shell', name, text, KNOW_NOTHING)
        runs ??= runsService(/^[^;&|]*/.exec(at)?.[0] ?? '')
        const fault = whyNotMeant(name, value, { exporting, isWhole, runs })
        if (exporting) this.#exported.add(name)
        const known = fault === null ? (value?.value ?? null) : null
        const found: EnvLine = { name, value: known, line, fault }
        this.reading.lines.push(found)
        if (!exporting && !this.#exportsAll && !runs) this.#kept.add(found)
        if (value === null) return { openQuote: text.charAt(0) }
        if (value.isMade && isUnclosed(text)) return this.#giveUp(line)
        if (value.isMade && SETS.test(text)) this.#forget(line)
        left = value.rest
        if (fault !== null) return !/^\s+#/.test(left) && isUnclosed(text) ? this.#giveUp(line) : 'line'
      }
      const next = NEXT.exec(left)?.[0] ?? ''
      exporting &&= next === ''
      if (next !== '') runs = null
      rest = left.slice(next.length).trimStart()
    }
    return 'line'
  }

  /** What is no assignment, to the end of its line. */
  #takeOther(content: string, line: number): LineEnd {
    const [sign] = /^[;&|)]/.exec(content) ?? []
    const slip = sign === undefined ? slipIn(content) : refused(`sh refuses the file at a "${sign}"`, QUOTE_IT)
    if (slip !== null) {
      this.reading.faults.push({ ...slip, line })
      return isUnclosed(content) ? this.#giveUp(line) : 'line'
    }
    const runs = runsService(content)
    if (runs) this.reading.runs = content
    if (COMPOUND.test(content) || isUnclosed(content)) return this.#giveUp(line)
    if (OURS.test(content) && startsContainer(content)) {
      this.reading.startsContainer = true
      this.reading.faults.push({ ...containerFault(line), line })
    } else if (SETS.test(content)) this.#forget(line)
    else if (!runs && !HARMLESS.test(content)) this.#passedOver.push(line)
    const sets = EXPORTS_ALL.exec(content)?.[1]
    if (sets !== undefined) this.#exportsAll = sets === '-'
    this.#everExportsAll ||= this.#exportsAll
    return 'line'
  }

  #giveUp(line: number): LineEnd {
    this.#forget(line, `line ${line} and everything behind it: what was set before is not known either`)
    return 'file'
  }

  #forget(line: number, what = `line ${line}, which may set variables: what was set before it is not known`): void {
    const { faults, lines } = this.reading
    faults.push({ ...notFollowed(what, ON_ITS_OWN), line })
    this.reading.openAt ??= line
    this.reading.doubtful = lines.length
  }

  /** A variable that is not exported stays in the shell: what the script runs does not get it. */
  end(): void {
    const { lines, faults, doubtful, runs } = this.reading
    const exports = this.#exported.size > 0 || this.#everExportsAll || runs !== null
    const staying = lines.filter((line, index) => {
      const matters = exports && index >= doubtful && Object.hasOwn(SERVICE_VARIABLES, canonicalName(line.name))
      return matters && this.#kept.has(line) && line.fault === null && !this.#exported.has(line.name)
    })
    const [first] = staying
    const stay = new Set(staying)
    lines.forEach((line, index) => {
      const fault = line === first ? whyNotExported(line.name, staying.length - 1, runs !== null) : line.fault
      if (stay.has(line)) lines[index] = { ...line, value: null, fault }
    })
    const [at] = this.#passedOver
    if (at === undefined) return
    const [many, more] = [
      this.#passedOver.length > 1 ? 's' : '',
      this.#passedOver.length > MAX_LINES_NAMED ? ', …' : '',
    ]
    const which = `line${many} ${this.#passedOver.slice(0, MAX_LINES_NAMED).join(', ')}${more}`
    faults.push({ ...notFollowed(`${which}: no assignment`), line: at })
  }
}

/** `certain`: the script runs a service, and nobody else exports them. */
function whyNotExported(name: string, others: number, certain: boolean): Fault {
  const which = others === 0 ? `${named(name)} is` : `${named(name)} and ${others} more are`
  const hint = 'write export NAME=…, or set -a before them'
  return certain
    ? changed(`${which} not exported: the service does not get them`, hint)
    : { ...changed(`${which} not exported, as others are`, hint), status: 'warn' }
}

function whyNotMeant(
  name: string,
  value: ReadValue | null,
  { exporting, isWhole, runs }: { readonly exporting: boolean; readonly isWhole: boolean; readonly runs: boolean },
): Fault | null {
  if (value === null) return null
  const { rest } = value
  const goesOn = NEXT.test(rest) || FURTHER.test(rest) || (exporting && FURTHER_NAME.test(rest)) || runs
  const cut = goesOn ? null : whyCut('shell', name, value)
  // What is no name to export ends the file.
  if (cut !== null && exporting && /^\s+[^\s#]/.test(rest)) return { ...cut, id: 'syntax' }
  return value.fault ?? cut ?? (value.isQuoted && !isWhole ? escaped(name) : null)
}

/** What was meant for an assignment, and is a command to sh. */
function slipIn(line: string): Fault | null {
  const name = /^([A-Za-z_][A-Za-z0-9_]*)[ \t]+=/.exec(line)?.[1]
  if (name !== undefined)
    return refused(`sh runs ${quote(name)}: blanks before "="`, 'write NAME=value, without blanks around "="')
  const noName = /^([^\s='"$`;&|<>()]+)=\S*$/.exec(line)?.[1]
  if (noName === undefined) return null
  const what = `${quote(noName)} is no name of a variable, so sh runs the line`
  return refused(what, 'names have letters, digits and "_" only')
}

/** A here-document, quotes or brackets that the line does not close. */
function isUnclosed(line: string): boolean {
  const bare = line.replace(/\\./g, '').replace(/'[^']*'|"[^"]*"|`[^`]*`/g, ' ')
  return /<<|['"`]/.test(bare) || (bare.match(/[({]/g) ?? []).length !== (bare.match(/[)}]/g) ?? []).length
}

function runsService(line: string): boolean {
  return RUNS_SERVICE.test(line) && !startsContainer(line)
}

/** With `docker run` and the like. */
export function startsContainer(line: string): boolean {
  const runtime = /\b(?:docker|podman|nerdctl)\b/.exec(line)
  return runtime !== null && /\s(?:run|create)\s/.test(line.slice(runtime.index))
}

export function containerFault(line: number): Fault {
  const what = `line ${line}, which starts a container: its variables, ports and image are not looked at`
  const hint = 'check the env file that it reads: `wcn config check FILE --read-by literal`'
  return { ...notFollowed(what, hint), status: 'fail' }
}
