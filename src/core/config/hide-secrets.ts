/**
 * Two versions of a file without their secrets, so that their differences can be shown. The old one may be anything that
 * somebody wrote in its place: what stands with the name of a secret is hidden in every notation, and elsewhere whatever
 * may be a key or a URL's token. When in doubt, too much is hidden.
 */
import { quote } from '../quote.js'

// None of these takes more than linear time: the old file may be one endless line.
const NAME = /(?:SECRET_KEY|PRIVATE_KEY|ENCRYPTION_KEY|RPC_PROVIDER_URL|RPC_URL|PASSWORD)[A-Z0-9_]*/i
/** `name: SECRET_KEY`, whose value is in a line of its own. */
const NAME_AS_VALUE = new RegExp(`\\bname["']?\\s*[:=]\\s*["']?[A-Z0-9_]*(?:${NAME.source})`, 'i')
const VALUE_LINE = /^(\s*(?:-\s+)?["']?value["']?\s*[:=]\s*)(?=\S)/i
const VALUE_BEFORE = /\bvalue["']?\s*[:=]\s*/i
const BLOCK_HEADER = /[|>][-+0-9]{0,2}\s*$/
/** Where an item of a list, or all there is of it, begins or ends. */
const ITEM_BORDER = /^\s*(?:-\s|[{}],?\s*$|$)/
const LONGEST_ITEM = 20
/** Long enough for a key; not the digest of an image. */
const LONG_RUN = /(?<![0-9A-Za-z+/_-]|sha256:)[0-9A-Za-z+/_-]{40,}={0,2}/g
const URL_PARTS = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)(\S*@)?([^\s/?#]*)(\S*)/gi
/** Shorter values are words that stand in other places too. */
const SHORTEST_VALUE = 8

interface Line {
  readonly shown: string
  readonly hidden: string
  /** White space, which may be what changed. */
  readonly tail: string
}

/**
 * Both texts, line by line as they were, each secret as `(hidden N)`: the same number for the same secret, so a changed
 * one still shows as changed. `after` is ours; our own comments hold no secrets and are left as they are, in `before` too
 * where nobody touched it.
 */
export function hideSecrets(
  before: string,
  after: string,
  isBeforeOurs = false,
): { readonly before: string; readonly after: string } {
  const numbers = new Map<string, number>()
  const mask = (secret: string): string => {
    const number = numbers.get(secret) ?? numbers.size + 1
    numbers.set(secret, number)
    return `(hidden ${number})`
  }
  const afterLines = splitLines(after, () => true)
  const ours = new Set(afterLines.filter(isWholeComment).map(({ shown }) => shown))
  const beforeLines = splitLines(before, (comment) => isBeforeOurs || ours.has(comment))
  if (isBeforeOurs) for (const line of beforeLines) if (isWholeComment(line)) ours.add(line.shown)
  const values = new Set([...beforeLines, ...afterLines].flatMap(({ hidden }) => valuesIn(hidden)))
  const hide = (lines: readonly Line[]): string => {
    const shown = lines.map((line) => (isWholeComment(line) && ours.has(line.shown) ? '' : line.shown)).join('\n')
    const safe = hideLoose(shown, values, mask).split('\n')
    return lines.map((line, i) => `${safe[i] || line.shown}${line.hidden && mask(line.hidden)}${line.tail}`).join('\n')
  }
  return { before: hide(beforeLines), after: hide(afterLines) }
}

function isWholeComment({ shown, hidden }: Line): boolean {
  return hidden === '' && shown.trimStart().startsWith('#')
}

/** What may go on in the lines after the one with the name. */
interface Open {
  readonly indent: number
  /** The quote that is not closed yet. */
  readonly quote: string | null
  readonly backslash: boolean
}

function splitLines(text: string, isOurs: (comment: string) => boolean): readonly Line[] {
  const texts = text.split('\n')
  const valueLines = linesOfValues(texts)
  let open: Open | null = null
  return texts.map((whole, i) => {
    const content = whole.trimEnd()
    const tail = whole.slice(content.length)
    const indent = content.length - content.trimStart().length
    if (open !== null && content !== '') {
      if (open.quote !== null || open.backslash || indent > open.indent) {
        const still: string | null = openQuote(content, open.quote)
        open = { indent: open.indent, quote: still, backslash: content.endsWith('\\') }
        return { shown: content.slice(0, indent), hidden: content.slice(indent), tail }
      }
      open = null
    }
    const isComment = content.startsWith('#', indent)
    if (isComment && isOurs(content)) return { shown: content, hidden: '', tail }
    const start = startOfSecret(content, valueLines.has(i))
    if (start === null) return { shown: content, hidden: '', tail }
    if (!isComment) {
      const dash = /^-\s+(?=[^=]*:)/.exec(content.slice(indent))?.[0].length ?? 0
      // In a folded scalar of its own, the value goes on where the name stands.
      const folded = BLOCK_HEADER.test(texts[i - 1] ?? '') ? 1 : 0
      open = { indent: indent + dash - folded, quote: openQuote(content, null), backslash: content.endsWith('\\') }
    }
    return { shown: content.slice(0, start), hidden: content.slice(start), tail }
  })
}

/** Where the value begins in a line with the name of a secret: at its end, where it is in the next ones. */
function startOfSecret(content: string, isValueLine: boolean): number | null {
  if (isValueLine) return VALUE_LINE.exec(content)?.[0].length ?? 0
  const name = NAME.exec(content)
  if (name === null) return null
  const earlier = VALUE_BEFORE.exec(content.slice(0, name.index))
  if (earlier) return earlier.index + earlier[0].length
  const end = name.index + name[0].length
  const separator = /^["']?\s*[:=]?\s*/.exec(content.slice(end))?.[0] ?? ''
  const isNameOnly = !/[:=]/.test(separator) && !/\w/.test(content.slice(end))
  return isNameOnly ? content.length : end + separator.length
}

/** Lines with the `value` of an item whose `name` is that of a secret, before or after it. */
function linesOfValues(texts: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>()
  const isBorder = (i: number) => ITEM_BORDER.test(texts[i] ?? '')
  for (const [i, text] of texts.entries()) {
    if (!NAME_AS_VALUE.test(text)) continue
    let first = i
    while (first > Math.max(0, i - LONGEST_ITEM) && !isBorder(first)) first--
    let last = i
    while (last < Math.min(texts.length - 1, i + LONGEST_ITEM) && !isBorder(last + 1)) last++
    for (let at = first; at <= last; at++) if (VALUE_LINE.test(texts[at] ?? '')) found.add(at)
  }
  return found
}

/** The quote that is open at the end of the line; an apostrophe within a word opens none. */
function openQuote(content: string, before: string | null): string | null {
  let quoted = before
  for (let i = 0; i < content.length; i++) {
    const character = content[i] ?? ''
    if (quoted !== null) {
      if (character === '\\' && quoted === '"') i++
      else if (character === quoted) quoted = null
    } else if (/["']/.test(character) && /^$|[\s=:,([{$-]/.test(content[i - 1] ?? '')) quoted = character
  }
  return quoted
}

/** The secret as it may stand elsewhere: without quotes, or without what follows it. */
function valuesIn(hidden: string): readonly string[] {
  const bare = (text: string) => text.replace(/^["'{[(]+|(?<!["'}\]),;])["'}\]),;]+$/g, '')
  return [bare(hidden), bare(/^\S*/.exec(hidden)?.[0] ?? '')].filter(({ length }) => length >= SHORTEST_VALUE)
}

function hideLoose(shown: string, values: ReadonlySet<string>, mask: (secret: string) => string): string {
  let safe = shown
  for (const value of [...values].sort((a, b) => b.length - a.length))
    if (safe.includes(value)) safe = safe.replaceAll(value, () => mask(value))
  safe = safe.replace(URL_PARTS, (_, scheme: string, user: string | undefined, host: string, rest: string) => {
    const login = user === undefined ? '' : `${mask(user)}@`
    return `${scheme}${login}${host}${/\w/.test(rest) ? mask(rest) : rest}`
  })
  // What would not be repeated in an error sentence is not shown here either; a rule of one character is no key.
  return safe.replace(LONG_RUN, (run) => (quote(run).startsWith('"') || /^(.)\1*$/.test(run) ? run : mask(run)))
}
