/**
 * systemd's unit files (systemd.syntax(7)) and the words of a setting (systemd.service(5); extract_first_word with
 * EXTRACT_UNQUOTE and EXTRACT_CUNESCAPE): quotes anywhere in a word, C escapes inside and outside of them.
 */
import { quote } from '../../base/quote.js'
import { C_ESCAPES } from './c-escapes.js'
import { type Fault, MAX_LINES, refused } from './env-reading.js'

export interface Directive {
  readonly section: string
  readonly key: string
  /** Continued lines are still apart in it, so that a word's line can be told. */
  readonly value: string
  readonly line: number
}

export interface UnitText {
  readonly directives: readonly Directive[]
  /** Of lines that systemd ignores. */
  readonly faults: readonly (Fault & { readonly line: number })[]
}

export interface UnitWord {
  readonly text: string
  /** Lines behind the setting's first. */
  readonly lineOffset: number
  /** Why systemd ignores it and what follows; null where it does not. */
  readonly broken: string | null
}

const SECTIONS = new Set(['Unit', 'Service', 'Install'])
const MAX_LENGTH = 64 * 1024

/** Never throws. Sections and keys that start with `X-` are other programs' own. */
export function readUnit(text: string): UnitText {
  const directives: Directive[] = []
  const faults: (Fault & { line: number })[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  let section: string | null = null
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1
    if (directives.length + faults.length > MAX_LINES) {
      const what = `there are more than ${MAX_LINES} settings: what begins here is not looked at`
      return { directives, faults: [...faults, { ...refused(what), line }] }
    }
    const parts = [(lines[index] ?? '').trimStart()]
    if (/^(?:[#;]|$)/.test(parts[0] ?? '')) continue
    while (parts.at(-1)?.endsWith('\\') && index + 1 < lines.length) {
      parts[parts.length - 1] = parts.at(-1)?.slice(0, -1) ?? ''
      const next = lines[++index] ?? ''
      // Comments among continued lines are left out, and don't end them.
      parts.push(/^\s*[#;]/.test(next) ? '\\' : next)
    }
    const whole = parts
      .map((part) => (part === '\\' ? '' : part))
      .join('\n')
      .trimEnd()
    const at = whole.indexOf('=')
    const ignored = (what: string) => faults.push({ ...refused(`systemd ignores ${what}`), line })
    if (whole.startsWith('[')) {
      section = /^\[([^\]]*)\]$/.exec(whole)?.[1] ?? null
      if (section === null) ignored('the file: the section ends without "]"')
      else if (!SECTIONS.has(section) && !section.startsWith('X-')) ignored(`the section ${quote(`[${section}]`)}`)
    } else if (section === null) ignored('a line before the first section')
    else if (!SECTIONS.has(section)) continue
    else if (at < 1) ignored('a line without "="')
    else if (whole.length > MAX_LENGTH)
      ignored(`a setting of more than ${MAX_LENGTH} characters, which is not looked at`)
    else directives.push({ section, key: whole.slice(0, at).trim(), value: whole.slice(at + 1).trimStart(), line })
  }
  return { directives, faults }
}

const ESCAPES: Readonly<Record<string, string>> = { ...C_ESCAPES, s: ' ', "'": "'" }
const NUMBER = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})/y

export function unitWords(value: string): readonly UnitWord[] {
  const words: UnitWord[] = []
  let index = 0
  let line = 0
  while (index < value.length) {
    if (/\s/.test(value.charAt(index))) {
      if (value.charAt(index++) === '\n') line++
      continue
    }
    const lineOffset = line
    const chars: string[] = []
    let mark = ''
    let broken: string | null = null
    for (; index < value.length && broken === null; index++) {
      const char = value.charAt(index)
      if (mark === '' && /\s/.test(char)) break
      if (char === '\n') line++
      if (char === '\\') {
        const escaped = escapeAt(value, index + 1)
        if (escaped === null) broken = 'has a backslash that means nothing to systemd'
        else {
          chars.push(escaped.text)
          index += escaped.length
        }
      } else if (mark === '' && (char === '"' || char === "'")) mark = char
      else if (char === mark) mark = ''
      else chars.push(char === '\n' ? ' ' : char)
    }
    if (mark !== '') broken ??= 'has a quote that is not closed'
    words.push({ text: chars.join(''), lineOffset, broken })
    if (broken !== null) break
  }
  return words
}

function escapeAt(value: string, at: number): { readonly text: string; readonly length: number } | null {
  const simple = ESCAPES[value.charAt(at)]
  if (simple !== undefined) return { text: simple, length: 1 }
  NUMBER.lastIndex = at
  const [match, byte, short, long, octal] = NUMBER.exec(value) ?? []
  if (match === undefined) return null
  const code = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8)
  return code === 0 || code > 0x10ffff ? null : { text: String.fromCodePoint(code), length: match.length }
}

export interface Specifiers {
  /** With its suffix. */
  readonly unit: string
  /** Of a template; null where it is not known. */
  readonly instance: string | null
}

/** Of systemd 257; some are paths, which begin with a slash. */
const SPECIFIERS = /^[aAbBCdDEfgGhHiIjJlLmMnNopPqsStTuUvVwWyY%]$/
const PATHS = /^[CdDEfhLsStTVyY]$/

export interface Specified {
  /** Null where the machine decides. */
  readonly text: string | null
  /** The `%` that means nothing, with what follows it: systemd ignores the setting. */
  readonly unknown: string | null
  /** Whether something else than a percent sign was put in the place of a `%`. */
  readonly replaced: boolean
  /** Whether it begins with a slash. */
  readonly isAbsolute: boolean
}

/** `%%`, `%i` and the like (systemd.unit(5), "Specifiers"). */
export function specify(text: string, { unit, instance }: Specifiers): Specified {
  const base = unit.replace(/\.service$/, '')
  const isTemplate = unit.includes('@')
  const own = isTemplate ? instance : ''
  const known: Readonly<Record<string, string | null>> = {
    '%': '%',
    i: own,
    I: own,
    n: isTemplate && instance === null ? null : unit,
    N: isTemplate && instance === null ? null : base,
    p: base.replace(/@.*$/, ''),
  }
  let whole = true
  let unknown: string | null = null
  const letters = [...text.matchAll(/%(.)/gs)].map(([, letter = '']) => letter)
  const value = text.replace(/%(.)/gs, (written, letter: string) => {
    if (!SPECIFIERS.test(letter)) unknown ??= written
    const put = known[letter] ?? null
    if (put === null) whole = false
    return put ?? ''
  })
  return {
    text: whole ? value : null,
    unknown,
    replaced: letters.some((letter) => letter !== '%'),
    isAbsolute: text.startsWith('/') || (text.startsWith('%') && PATHS.test(text.charAt(1))),
  }
}
