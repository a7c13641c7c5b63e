/**
 * systemd's unit files (systemd.syntax(7)) and the words of a setting (systemd.service(5); extract_first_word with
 * EXTRACT_UNQUOTE and EXTRACT_CUNESCAPE): quotes anywhere in a word, C escapes inside and outside of them.
 */
import { C_ESCAPES } from './c-escapes.js'

export interface Directive {
  readonly key: string
  /** Continued lines are still apart in it, so that a word's line can be told. */
  readonly value: string
  readonly line: number
}

export interface UnitWord {
  readonly text: string
  /** Lines behind the setting's first. */
  readonly lineOffset: number
  /** Why systemd ignores it and what follows; null where it does not. */
  readonly broken: string | null
}

/** Settings of one section, in their order. Never throws. */
export function readDirectives(text: string, section: string): readonly Directive[] {
  const found: Directive[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  let current = ''
  for (let index = 0; index < lines.length; index++) {
    const first = index
    const parts: string[] = []
    let content = (lines[index] ?? '').trim()
    if (content === '' || /^[#;]/.test(content)) continue
    while (content.endsWith('\\') && index + 1 < lines.length) {
      parts.push(content.slice(0, -1))
      content = (lines[++index] ?? '').trim()
      // Comments among continued lines are left out, and don't end them.
      while (/^[#;]/.test(content) && index + 1 < lines.length) {
        parts.push('')
        content = (lines[++index] ?? '').trim()
      }
    }
    const whole = [...parts, content].join('\n')
    const [, name] = /^\[([^\]]*)\]$/.exec(whole) ?? []
    const at = whole.indexOf('=')
    if (name !== undefined) current = name
    else if (at > 0 && current === section) {
      found.push({ key: whole.slice(0, at).trim(), value: whole.slice(at + 1).trimStart(), line: first + 1 })
    }
  }
  return found
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
    let quote = ''
    let broken: string | null = null
    for (; index < value.length && broken === null; index++) {
      const char = value.charAt(index)
      if (char === '\n') line++
      if (char === '\\') {
        const escaped = escapeAt(value, index + 1)
        if (escaped === null) broken = 'has a backslash that means nothing to systemd'
        else {
          chars.push(escaped.text)
          index += escaped.length
        }
      } else if (quote === '' && (char === '"' || char === "'")) quote = char
      else if (char === quote) quote = ''
      else if (quote === '' && /\s/.test(char)) {
        if (char === '\n') line--
        break
      } else chars.push(char === '\n' ? ' ' : char)
    }
    if (quote !== '') broken ??= 'has a quote that is not closed'
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

export interface Specified {
  /** Null where the machine decides. */
  readonly text: string | null
  /** A `%` that systemd replaces or trips over, and hardly anybody meant. */
  readonly surprise: boolean
}

/** `%%`, `%i` and the like (systemd.unit(5), "Specifiers"). */
export function specify(text: string, { unit, instance }: Specifiers): Specified {
  if (!text.includes('%')) return { text, surprise: false }
  const base = unit.replace(/\.service$/, '')
  const known: Readonly<Record<string, string | null>> = {
    '%': '%',
    i: instance,
    I: instance,
    n: unit,
    N: base,
    p: base.replace(/@.*$/, ''),
  }
  let whole = true
  let surprise = false
  const replaced = text.replace(/%(.?)/gs, (_, letter: string) => {
    const value = known[letter]
    if (value === undefined) surprise = true
    if (value === undefined || value === null) whole = false
    return value ?? ''
  })
  return { text: whole ? replaced : null, surprise }
}
