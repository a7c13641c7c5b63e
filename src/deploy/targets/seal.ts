/**
 * By what a later run tells a file it wrote and nobody touched, which it may replace, from one with somebody's work in
 * it. Not against forgery: whoever can edit the file can seal it.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { YamlMap } from './target-file.js'

export type Seal = 'untouched' | 'edited' | 'none'

const MARK = '# Made by wcn;'
const FOR_PEOPLE = `${MARK} a file edited by hand is kept when this is made anew. sha256:`
/** Of JSON, which has no comments: the first field, named as Grafana names what people read about a dashboard. */
const JSON_FIELD = '{\n  "description": "'
/** Among the comments at the top: somebody may have put a line above it. */
const SEAL_LINE = new RegExp(`^\\uFEFF?(?:(?:#[^\\n]*\\n)*?|\\${JSON_FIELD})(${MARK}[^\\n]*)`)
/** Without the `m` flag, so that a line ending other than ours is not passed over. */
const DIGEST_AT_END = /^(.* sha256:)([0-9a-f]{64})(?:",)?$/
/** Ends the line, or makes it look like another one than it is. */
const UNFIT_FOR_A_COMMENT = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/**
 * The seal, `about` as lines of comment, then the body. The seal holds the SHA-256 (hex) of the UTF-8 of everything but
 * itself. Throws VALUE_NOT_ENCODABLE for an `about` that is not plain text of one line.
 */
export function sealText(about: readonly string[], body: string): string {
  const rest = `${about.map((line) => `${commentLine(line)}\n`).join('')}${body}`
  return `${FOR_PEOPLE}${digestOf(`${FOR_PEOPLE}\n${rest}`)}\n${rest}`
}

/** The same in JSON: an object, whose first field the seal is. */
export function sealJson(fields: YamlMap): string {
  const [start, rest] = [`${JSON_FIELD}${FOR_PEOPLE}`, `${JSON.stringify(fields, null, 2).slice(1)}\n`]
  return `${start}${digestOf(`${start}${rest}`)}",${rest}`
}

/** `none`: not ours, or nobody can tell any more. Text in which a byte order mark or line endings were changed is edited. */
export function sealOf(text: string): Seal {
  const seal = sealLineIn(text)
  if (seal === null) return 'none'
  const [, before = '', digest] = DIGEST_AT_END.exec(seal.line) ?? []
  const rest = `${text.slice(0, seal.start)}${before}${text.slice(seal.start + seal.line.length)}`
  return digest !== undefined && digestOf(rest) === digest ? 'untouched' : 'edited'
}

/** The text without its seal, which is another one whenever something else is. */
export function withoutSeal(text: string): string {
  const seal = sealLineIn(text)
  return seal === null ? text : text.slice(0, seal.start) + text.slice(seal.start + seal.line.length + 1)
}

/**
 * `# ` and the text; nothing after it for an empty one. Throws VALUE_NOT_ENCODABLE for control characters and line
 * breaks of every kind: what comes after one would be a line of the file.
 */
export function commentLine(text: string): string {
  if (UNFIT_FOR_A_COMMENT.test(text)) {
    throw new WcnError(
      'VALUE_NOT_ENCODABLE',
      `${quote(text)} can't stand in a comment: it has a line break or a control character in it`,
      { hint: 'take that character out of the name or path' },
    )
  }
  return text === '' ? '#' : `# ${text}`
}

function sealLineIn(text: string): { readonly start: number; readonly line: string } | null {
  const [whole, line] = SEAL_LINE.exec(text) ?? []
  return whole === undefined || line === undefined ? null : { start: whole.length - line.length, line }
}

function digestOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}
