/**
 * Looks at a document's tokens before it is parsed. YAML's parser recurses and has constructs that take quadratic time
 * or more; what people write by hand, or a program generates for them, needs none of that. Also tells, in our own words,
 * what is wrong with a document that does not parse: the parser's messages may quote it.
 */
import { CST, type ErrorCode, Lexer, type Node } from 'yaml'

const MAX_CHARACTERS = 256 * 1024
const MAX_BRACKETS = 32
const MAX_INDENTATION = 100
const MAX_NESTING_IN_ONE_LINE = 32

const SCALAR_MARK = '\u001f'
/** What the lexer adds to the text: start of a document, of a scalar, end of a broken flow collection. */
const LEXER_MARKS = new Set(['\u0002', SCALAR_MARK, '\u0018'])

const UNSUPPORTED: Readonly<Record<string, string>> = {
  alias: 'an alias (*name)',
  'directive-line': 'a directive (%)',
  'explicit-key-ind': 'a key written with "?"',
  tag: 'a tag (!name)',
}

export interface ShapeFault {
  readonly offset: number
  readonly what: string
}

/**
 * The first thing for which the document is not even parsed, or null. Takes linear time. `withAliases`: aliases and tags
 * are let through, for who guards against what they can grow into.
 */
export function findShapeFault(text: string, { withAliases = false } = {}): ShapeFault | null {
  if (text.length > MAX_CHARACTERS) return { offset: 0, what: `is longer than ${MAX_CHARACTERS} characters` }
  let offset = 0
  let brackets = 0
  let nesting = 0
  let startsLine = true
  let previous = ''
  for (const token of new Lexer().lex(text)) {
    const here = offset
    if (!LEXER_MARKS.has(token)) offset += token.length
    const kind = previous === SCALAR_MARK ? 'scalar' : (CST.tokenType(token) ?? '')
    previous = token
    const unsupported = UNSUPPORTED[kind]
    if (unsupported && !(withAliases && (kind === 'alias' || kind === 'tag')))
      return { offset: here, what: `has ${unsupported}, which is not supported` }
    if (kind === 'flow-seq-start' || kind === 'flow-map-start') brackets++
    if (kind === 'flow-seq-end' || kind === 'flow-map-end') brackets--
    if (brackets < 0) return { offset: here, what: 'closes a bracket that was not opened' }
    if (kind === 'seq-item-ind' || kind === 'map-value-ind') nesting++
    else if (brackets > 0 ? kind.startsWith('flow-') || kind === 'comma' : kind === 'newline') nesting = 0
    const indentation = startsLine && kind === 'space' ? token.length : 0
    startsLine = kind === 'newline'
    if (brackets > MAX_BRACKETS || nesting > MAX_NESTING_IN_ONE_LINE || indentation > MAX_INDENTATION) {
      return { offset: here, what: 'is nested too deeply' }
    }
  }
  return null
}

const SYNTAX: Partial<Record<ErrorCode, string>> = {
  BAD_DQ_ESCAPE: 'has a backslash in double quotes that means nothing; use single quotes',
  BAD_INDENT: 'is indented wrongly',
  BAD_SCALAR_START: 'starts a value with a character that needs quotes around the value',
  BLOCK_AS_IMPLICIT_KEY: 'has two keys in one line; quote a value that contains ": "',
  DUPLICATE_KEY: 'has the same key twice',
  KEY_OVER_1024_CHARS: 'has a key that is too long',
  MISSING_CHAR: 'lacks a closing quote or bracket, a comma, or a colon after a key',
  MULTILINE_IMPLICIT_KEY: 'has a key that spans lines, or a line without a colon',
  MULTIPLE_DOCS: 'holds more than one document (---)',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
  TAB_AS_INDENT: 'is indented with a tab; use spaces',
}

export function syntaxFault(code: ErrorCode): string {
  return SYNTAX[code] ?? 'is not valid YAML or JSON'
}

/** Other numbers are text to us, and something else to others. */
export const PLAIN_DECIMAL = /^-?(?:0|[1-9][0-9]{0,14})$/

export function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0
}

export function placeAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}
