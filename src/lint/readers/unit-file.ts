/**
 * systemd's unit files (systemd.syntax(7)) and the words of a setting (systemd.service(5); extract_first_word with
 * EXTRACT_UNQUOTE and EXTRACT_CUNESCAPE): quotes anywhere in a word, C escapes inside and outside of them.
 */
import { quote } from '../../base/quote.js'
import { type FaultAt, MAX_LINES, refused } from './env-reading.js'

export interface Directive {
  readonly section: string
  readonly key: string
  /** Continued lines are still apart in it, so that a word's line can be told. */
  readonly value: string
  readonly line: number
}

const SECTIONS = new Set(['Unit', 'Service', 'Install'])
const MAX_LENGTH = 64 * 1024

/** Never throws. Sections and keys that start with `X-` are other programs' own. Faults: of lines that systemd ignores. */
export function readUnit(text: string): {
  readonly directives: readonly Directive[]
  readonly faults: readonly FaultAt[]
} {
  const directives: Directive[] = []
  const faults: FaultAt[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  let section: string | null = null
  for (let index = 0; index < lines.length; ) {
    const line = index + 1
    const complain = (what: string) => faults.push({ ...refused(what), line })
    if (directives.length + faults.length > MAX_LINES) {
      complain(`there are more than ${MAX_LINES} settings: what begins here is not looked at`)
      break
    }
    const parts = [(lines[index++] ?? '').trimStart()]
    if (/^(?:[#;]|$)/.test(parts[0] ?? '')) continue
    for (let goesOn = parts[0]?.endsWith('\\'); goesOn && index < lines.length; ) {
      const next = lines[index++] ?? ''
      // Comments among continued lines are left out, and don't end them.
      const isComment = /^\s*[#;]/.test(next)
      goesOn = isComment || next.endsWith('\\')
      parts.push(isComment ? '\\' : next)
    }
    const [last = ''] = parts.splice(-1)
    const whole = [...parts.map((part) => part.slice(0, -1)), last === '\\' ? '' : last].join('\n').trimEnd()
    const at = whole.indexOf('=')
    const ignored = (what: string) => complain(`systemd ignores ${what}`)
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

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ s: ' ', '"': '"', "'": "'", '\\': '\\' },
}
const NUMBER = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})/y

export interface UnitWord {
  readonly text: string
  /** Lines behind the setting's first. */
  readonly lineOffset: number
  /** Why systemd ignores it and what follows; null where it does not. */
  readonly broken: string | null
}

export function unitWords(value: string): readonly UnitWord[] {
  const words: UnitWord[] = []
  let line = 0
  for (let index = 0; index < value.length; ) {
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
  const code = Number.parseInt(byte ?? short ?? long ?? octal ?? '', octal === undefined ? 16 : 8)
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
const PATHS = /^%[CdDEfhLsStTVyY]/

export interface Specified {
  /** Null where the machine decides. */
  readonly text: string | null
  /** Whether a `%` means nothing: systemd ignores the setting. */
  readonly isUnknown: boolean
  /** Whether something else than a percent sign was put in the place of a `%`. */
  readonly replaced: boolean
  readonly isAbsolute: boolean
}

/** `%%`, `%i` and the like (systemd.unit(5), "Specifiers"). */
export function specify(text: string, { unit, instance }: Specifiers): Specified {
  const base = unit.replace(/\.service$/, '')
  const isTemplate = unit.includes('@')
  const isNamed = !isTemplate || instance !== null
  const own = isTemplate ? instance : ''
  const known: Readonly<Record<string, string | null>> = {
    ...{ '%': '%', i: own, I: own, p: base.replace(/@.*$/, '') },
    ...(isNamed ? { n: unit, N: base } : {}),
  }
  const letters = [...text.matchAll(/%(.)/gs)].map(([, letter = '']) => letter)
  return {
    text: letters.every((letter) => known[letter] != null)
      ? text.replace(/%(.)/gs, (_, letter: string) => known[letter] ?? '')
      : null,
    isUnknown: letters.some((letter) => !SPECIFIERS.test(letter)),
    replaced: letters.some((letter) => letter !== '%'),
    isAbsolute: text.startsWith('/') || PATHS.test(text),
  }
}
