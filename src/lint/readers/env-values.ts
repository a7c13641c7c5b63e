/**
 * Reads values as sh, compose and systemd do, in three plain forms: bare, in single quotes, in double quotes.
 * What is put together or escaped is not followed: it has no value here.
 */
import { changed, cutShort, type Fault, type Lookup, named, notFollowed, refused, replaced } from './env-reading.js'

type Reader = 'shell' | 'compose' | 'systemd'

export interface ReadValue {
  readonly value: string | null
  readonly fault: Fault | null
  /** As it is written, without its quotes. */
  readonly written: string
  readonly isQuoted: boolean
  /** What is behind it in its line. */
  readonly rest: string
  /** Whether sh puts something into it on purpose; its quotes and blanks, and all that is behind, are no matter of ours. */
  readonly isMade?: boolean
}

/** `$(…)`, `` `…` `` and `${…}`. */
const ON_PURPOSE = /\$[({]|`/
const MADE = { value: null, fault: null, rest: '', isMade: true } as const
const REFERENCE = /\$[A-Za-z_0-9@*#?$!-]/

/** At what follows `NAME=` in its line. Null where a quote is not closed in it. */
export function readValue(reader: Reader, name: string, text: string, lookup: Lookup): ReadValue | null {
  const mark = text.charAt(0)
  if (mark !== '"' && mark !== "'") return bareValue(reader, name, text, lookup)
  const end = closing(text, mark, mark === '"' || reader === 'compose')
  const written = text.slice(1, end === -1 ? undefined : end)
  const quoted = { written, isQuoted: true, rest: text.slice(end + 1) }
  if (mark === '"' && reader === 'shell' && ON_PURPOSE.test(written)) return { ...quoted, ...MADE }
  if (end === -1) return null
  if (mark === "'") {
    return { ...quoted, value: reader === 'compose' ? written.replaceAll("\\'", "'") : written, fault: null }
  }
  if (written.includes('\\')) return { ...quoted, value: null, fault: escaped(name) }
  if (reader === 'systemd') return { ...quoted, value: written, fault: null }
  return { ...quoted, ...expanded(reader, name, written, lookup) }
}

function bareValue(reader: Reader, name: string, text: string, lookup: Lookup): ReadValue {
  const ends = { shell: /[\s;&|<>()]/, compose: / #/, systemd: null }[reader]
  const end = ends === null ? -1 : text.search(ends)
  const written = text.slice(0, end === -1 ? undefined : end).trimEnd()
  const bare = { written, isQuoted: false, rest: end === -1 ? '' : text.slice(end) }
  if (reader === 'compose') return { ...bare, ...expanded(reader, name, written, lookup) }
  if (reader === 'shell' && ON_PURPOSE.test(text.slice(0, end === -1 ? undefined : end + 1))) {
    return { ...bare, ...MADE }
  }
  if (written.includes('\\')) {
    const who = reader === 'shell' ? 'sh' : reader
    const lost = changed(`${who} takes a backslash out of the value of ${named(name)}`)
    const fault = /\\[A-Za-z0-9]/.test(written) ? lost : escaped(name)
    // A blank behind it does not end the word.
    return { ...bare, ...(written.endsWith('\\') ? MADE : { value: null }), fault }
  }
  if (reader === 'systemd') {
    const comment = 'systemd knows no comment behind a value: the "#" and what follows become part of it'
    return { ...bare, value: written, fault: /[ \t]#/.test(written) ? surprising(name, comment) : null }
  }
  if (/['"]/.test(written)) return { ...bare, ...MADE, fault: joined(name) }
  // A home directory.
  if (/(?:^|:)~/.test(written)) return { ...bare, value: null, fault: null }
  return { ...bare, ...expanded(reader, name, written, lookup) }
}

function expanded(reader: 'shell' | 'compose', name: string, text: string, lookup: Lookup) {
  if (reader === 'compose') {
    const { value, surprise } = interpolate(text, lookup)
    return { value, fault: surprise ? replaced('compose', name) : null }
  }
  if (!REFERENCE.test(text)) return { value: text, fault: null }
  // Alone and in capitals it was written to be replaced.
  return { value: null, fault: /^\$[A-Z_][A-Z0-9_]*$/.test(text) ? null : replaced('sh', name) }
}

function closing(text: string, mark: string, escapes: boolean): number {
  for (let index = 1; index < text.length; index++) {
    if (text.charAt(index) === mark) return index
    if (escapes && text.charAt(index) === '\\') index++
  }
  return -1
}

/** What is behind it shows that not all that was meant arrives. Null where nothing, or a comment, is. */
export function whyCut(reader: Reader, name: string, { written, isQuoted, rest }: ReadValue): Fault | null {
  const behind = rest.trim()
  if (behind === '') return null
  if (reader === 'systemd') {
    return surprising(name, 'systemd takes what follows the closing quote for a part of it')
  }
  if (behind.startsWith('#') && (reader === 'compose' || /^\s/.test(rest))) {
    return isQuoted ? null : cutShort(reader === 'shell' ? 'sh' : reader, name, written, behind.slice(1))
  }
  if (reader === 'compose') {
    return changed(`compose ends the value of ${named(name)} at its closing quote, with text behind it`)
  }
  const [end = ''] = /^(?:;;|[()])/.exec(rest) ?? []
  if (end !== '') return refused(`sh refuses the file at the "${end}" behind ${named(name)}`)
  const [mark = ''] = /^[;&|<>]/.exec(rest) ?? []
  if (mark !== '') return changed(`sh cuts the value of ${named(name)} at the "${mark}"`)
  if (!/^\s/.test(rest)) return joined(name)
  return changed(`sh takes the blank in the value of ${named(name)} for its end, and runs the rest`)
}

function surprising(name: string, what: string): Fault {
  return changed(`the value of ${named(name)} is not what it looks like: ${what}`)
}

export function escaped(name: string): Fault {
  return notFollowed(`the value of ${named(name)}: a backslash is in it`)
}

function joined(name: string): Fault {
  return notFollowed(`the value of ${named(name)}: it is put together from pieces`)
}

interface Interpolated {
  readonly value: string | null
  /** A `$` that may not have been meant: `$name` in the midst of text, or one that compose refuses. */
  readonly surprise: boolean
  /** Names that were asked for. */
  readonly names: readonly string[]
}

const COMPOSE_REFERENCE =
  /\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])([^${}]*))?\}|(\{)|)/g

/**
 * Compose's interpolation: `$NAME`, `${NAME}` with `:-`, `-`, `:+`, `+`, `:?`, `?` and a plain word behind, and `$$` for a
 * dollar. What is nested, and a variable that nothing is known of, give null: it may be in compose's own environment.
 */
export function interpolate(text: string, lookup: Lookup): Interpolated {
  const names: string[] = []
  let known = true
  let surprise = false
  const value = text.replace(COMPOSE_REFERENCE, (whole, dollar?: string, plain?: string, braced?: string, ...rest) => {
    const [operator, word, nested] = rest as (string | undefined)[]
    if (dollar !== undefined) return '$'
    const name = plain ?? braced
    if (name !== undefined) names.push(name)
    const found = name === undefined ? null : replacement(lookup(name), operator, word ?? '')
    if (found === null) known = false
    const alone = plain !== undefined && whole === text && plain === plain.toUpperCase()
    if (found === null && braced === undefined && nested === undefined && !alone) surprise = true
    return found ?? ''
  })
  return { value: known ? value : null, surprise, names }
}

/** Of a variable nothing is known of, a default is as good a guess as any. */
function replacement(value: string | null | undefined, operator = '', word: string): string | null {
  const unset = value === undefined || (operator.startsWith(':') && value === '')
  if (operator.endsWith('-')) return unset ? word : (value ?? null)
  if (operator.endsWith('+') && value !== undefined) return unset ? '' : word
  return unset ? null : (value ?? null)
}
