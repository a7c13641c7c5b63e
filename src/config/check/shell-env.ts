/**
 * A file that sh reads: `set -a; . FILE`, or a script with `export NAME=value`. Assignments are followed as sh makes
 * them, from top to bottom; conditions are not, and nothing is run.
 */
import { quote } from '../../core/quote.js'
import {
  dialectFault,
  type EnvLine,
  type EnvReading,
  type Fault,
  KNOW_NOTHING,
  type Lookup,
  lineCounter,
  named,
  QUOTE_IT,
  syntaxFault,
  VARIABLE_NAME,
} from './env-reading.js'
import { cutAt, faultOf, looksWhole, NO_BLANKS, NOT_CLOSED, notExported, refused } from './shell-faults.js'
import { readWord, type Word } from './shell-words.js'

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=/
const DECLARES = new Set(['export', 'readonly', 'declare', 'typeset', 'local'])
/** What is given its environment in front of it: `NAME=value exec wcn_node`. */
const RUNS = /\/|^(?:exec|env|nohup|sudo|nice|time|command|docker|podman|cargo|wcn[-_](?:node|db))$/
/** A script's own business. */
const SCRIPT_WORDS = /^(?:#!|(?:set|export|if|for|while|case|exec|cd|trap|\.|source|unset)\b)/m

interface Assignment {
  readonly name: string
  readonly word: Word
  readonly at: number
}

type Separator = '\n' | ';' | '&' | '&&' | '|' | '||' | '(' | ')' | ''

export function readShell(text: string): EnvReading {
  const reader = new ShellReader(text)
  reader.read()
  return reader.result()
}

class ShellReader {
  readonly #text: string
  readonly #lineAt: (offset: number) => number
  readonly #isScript: boolean
  readonly #values = new Map<string, string | null>()
  readonly #found: { line: EnvLine; exported: boolean }[] = []
  readonly #faults: (Fault & { line: number })[] = []
  readonly #exported = new Set<string>()
  /** What follows belongs to a value that was cut off here: it is none of its own. */
  #isRest = false
  #exportsAll = false
  #everExportsAll = false

  constructor(text: string) {
    this.#text = text
    this.#lineAt = lineCounter(text)
    this.#isScript = SCRIPT_WORDS.test(text)
  }

  /** A variable that some others are exported beside, and this one not, stays in the shell. */
  result(): EnvReading {
    const exports = this.#exported.size > 0 && !this.#everExportsAll
    const lines = this.#found.map(({ line, exported }) =>
      !exports || exported || line.fault !== null || this.#exported.has(line.name)
        ? line
        : { ...line, fault: notExported(line.name) },
    )
    return { lines, faults: this.#faults }
  }

  read(): void {
    let index = 0
    while (index < this.#text.length) index = this.#readCommand(index)
  }

  /** Reads to the end of one simple command, and past what ends it. */
  #readCommand(start: number): number {
    const text = this.#text
    const assignments: Assignment[] = []
    const words: { word: Word; assignment: Assignment | null }[] = []
    let index = start
    let separator: Separator = ''
    let redirected = false
    while (index < text.length) {
      const char = text.charAt(index)
      if (char === ' ' || char === '\t') index++
      else if (char === '\\' && text.charAt(index + 1) === '\n') index += 2
      else if (char === '#') {
        const end = text.indexOf('\n', index)
        this.#checkComment(assignments.at(-1) ?? words.at(-1)?.assignment ?? null, index)
        index = end === -1 ? text.length : end
      } else if (char === '<' || char === '>') {
        this.#checkAdjoining([...assignments, ...words.flatMap(({ assignment }) => assignment ?? [])].at(-1), index)
        index = this.#skipRedirection(index)
        redirected = true
      } else if (/[\n;&|()]/.test(char)) {
        separator = /^(?:&&|\|\||.)/s.exec(text.slice(index, index + 2))?.[0] as Separator
        break
      } else {
        const found = this.#readPart(index)
        if (words.length === 0 && found.assignment !== null) assignments.push(found.assignment)
        else words.push(found)
        if (found.assignment === null && found.word.surprise === 'unterminated') this.#complain(index, NOT_CLOSED)
        index = found.word.end
      }
    }
    const isEmpty = assignments.length === 0 && words.length === 0 && !redirected
    if (isEmpty && /^[;&|]/.test(separator) && !/\bcase\b/.test(text)) this.#complain(index, refused(separator))
    this.#take(assignments, words, separator, index)
    return index + Math.max(separator.length, index < text.length ? 1 : 0)
  }

  #readPart(at: number): { word: Word; assignment: Assignment | null } {
    ASSIGNMENT.lastIndex = 0
    const name = ASSIGNMENT.exec(this.#text.slice(at, at + 300))?.[1]
    const lookup: Lookup = (asked) => this.#values.get(asked)
    if (name === undefined) return { word: readWord(this.#text, at, lookup, false), assignment: null }
    const word = readWord(this.#text, at + name.length + 1, lookup, true)
    return { word, assignment: { name, word, at } }
  }

  #take(
    assignments: readonly Assignment[],
    words: readonly { word: Word; assignment: Assignment | null }[],
    separator: Separator,
    end: number,
  ): void {
    if (this.#isRest) {
      this.#isRest = separator !== '\n' && separator !== ''
      return
    }
    const [command, ...rest] = words
    const name =
      command === undefined ? null : (command.word.value ?? this.#text.slice(command.word.start, command.word.end))
    if (name === null || RUNS.test(name)) {
      for (const one of assignments) this.#assign(one, separator, end, name !== null)
      return
    }
    for (const one of assignments) this.#found.push({ line: this.#lost(one), exported: true })
    if (DECLARES.has(name)) this.#declare(name, rest, separator, end)
    else if (name === 'set') this.#set(rest.map(({ word }) => this.#text.slice(word.start, word.end)))
    else if (assignments.length === 0) this.#complainOfCommand(name, words)
  }

  #declare(
    command: string,
    words: readonly { word: Word; assignment: Assignment | null }[],
    separator: Separator,
    end: number,
  ): void {
    const flags = words.map(({ word }) => this.#text.slice(word.start, word.end)).filter((flag) => flag.startsWith('-'))
    const exports = command === 'export' || flags.some((flag) => /^-[a-z]*x/.test(flag))
    for (const { word, assignment } of words) {
      const written = this.#text.slice(word.start, word.end)
      // `export $(cat .env)` may bring anything.
      if (assignment === null && /^(?:-|["']?(?:\$\(|`))/.test(written)) continue
      const name = assignment?.name ?? word.value ?? written
      if (exports) this.#exported.add(name)
      if (assignment !== null) this.#assign(assignment, separator, end, exports)
      else if (!VARIABLE_NAME.test(name)) {
        this.#complain(word.start, syntaxFault('fail', `sh takes ${quote(name)} for a name to export`, NO_BLANKS))
      }
    }
  }

  #set(words: readonly string[]): void {
    words.forEach((word, i) => {
      const option = words[i + 1]
      if (/^-[a-z]*a/.test(word) || (word === '-o' && option === 'allexport')) {
        this.#exportsAll = true
        this.#everExportsAll = true
      }
      if (/^\+[a-z]*a/.test(word) || (word === '+o' && option === 'allexport')) this.#exportsAll = false
    })
  }

  #assign({ name, word, at }: Assignment, separator: Separator, end: number, exported: boolean): void {
    const forgotten = separator === '&' || separator === '|'
    const bracket = separator === '(' || (separator === ')' && word.end === end)
    const cut = forgotten ? cutAt(name, separator) : this.#gluedTo(name, word, separator, end)
    const fault = faultOf(name, word) ?? (bracket ? refused(separator) : cut)
    this.#isRest = cut !== null && word.end === end && /\S/.test(this.#charAt(end + separator.length))
    const value = forgotten || bracket ? null : word.value
    this.#values.set(name, value)
    this.#found.push({ line: { name, value, line: this.#lineAt(at), fault }, exported: exported || this.#exportsAll })
  }

  /** `a;b` without a blank: the end of the value may have been meant to go on. */
  #gluedTo(name: string, word: Word, separator: Separator, end: number): Fault | null {
    const next = this.#charAt(end + 1)
    return separator === ';' && word.end === end && /[^\s;]/.test(next) ? cutAt(name, separator) : null
  }

  /** Behind continued lines. */
  #charAt(offset: number): string {
    let at = offset
    while (this.#text.startsWith('\\\n', at)) at += 2
    return this.#text.charAt(at)
  }

  #lost({ name, word, at }: Assignment): EnvLine {
    const what = `sh takes the blank in the value of ${named(name)} for its end, and runs the rest`
    return { name, value: null, line: this.#lineAt(at), fault: faultOf(name, word) ?? dialectFault('fail', what) }
  }

  #complainOfCommand(name: string, words: readonly { word: Word }[]): void {
    const [first, second] = words
    if (first === undefined) return
    const follows = second === undefined ? '' : this.#text.charAt(second.word.start)
    if (first.word.surprise === 'unterminated') return
    if (follows === '=') {
      this.#complain(first.word.start, syntaxFault('fail', `sh runs ${quote(name)}: blanks before "="`, NO_BLANKS))
    } else if (/^[^='"$`]+=/.test(name) && words.length === 1) {
      const what = `${quote(name.slice(0, name.indexOf('=')))} is no name of a variable, so sh runs the line`
      this.#complain(first.word.start, syntaxFault('fail', what, 'names have letters, digits and "_" only'))
    } else if (!this.#isScript) {
      this.#complain(first.word.start, syntaxFault('warn', 'the line is not NAME=value', QUOTE_IT))
    }
  }

  /** `value #rest`: a comment to sh. With a blank behind the `#`, or behind what is whole, to its author as well. */
  #checkComment(assignment: Assignment | null, at: number): void {
    if (assignment === null) return
    const written = this.#text.slice(assignment.word.start, assignment.word.end)
    const next = this.#text.charAt(at + 1)
    if (next === '' || /[\s#]/.test(next) || looksWhole(written)) return
    this.#complain(
      assignment.at,
      dialectFault('fail', `sh cuts the value of ${named(assignment.name)} at the "#" behind a blank`),
    )
  }

  #checkAdjoining(assignment: Assignment | undefined, at: number): void {
    if (assignment?.word.end === at) this.#complain(assignment.at, cutAt(assignment.name, this.#text.charAt(at)))
  }

  /** Past `>file`, `<<EOF` with all its lines. */
  #skipRedirection(start: number): number {
    const text = this.#text
    const operator = /^(?:<<-?|<>|[<>]&|>>|>\||[<>])/.exec(text.slice(start, start + 3))?.[0] ?? '<'
    let index = start + operator.length
    while (text.charAt(index) === ' ' || text.charAt(index) === '\t') index++
    const word = readWord(text, index, KNOW_NOTHING, false)
    if (!operator.startsWith('<<') || word.value === null || word.value === '') return Math.max(word.end, index)
    const lineEnd = text.indexOf('\n', word.end)
    for (let at = lineEnd + 1; lineEnd !== -1 && at < text.length; ) {
      const next = text.indexOf('\n', at)
      const line = text.slice(at, next === -1 ? undefined : next)
      if ((operator === '<<-' ? line.replace(/^\t+/, '') : line) === word.value) return next === -1 ? text.length : next
      if (next === -1) break
      at = next + 1
    }
    return text.length
  }

  #complain(at: number, fault: Fault): void {
    this.#faults.push({ ...fault, line: this.#lineAt(at) })
  }
}
