/**
 * How what a peer says is repeated. A node hands on the errors of its RPC provider, and with them the URL that holds the
 * token; a stranger says what it likes. What tells something is words and small numbers: nothing else is shown.
 */
import { quote } from './quote.js'

/** Of a text, before it is shortened further: a peer's has no end otherwise. */
const READ_AT_MOST = 2_000
/** Marks around a word that are not part of it. */
const AROUND = /^([([{<"'`]*)(.*?)([)\]}>"'`.,:;!?]*)$/s
const WORD = /^[A-Za-z]{1,24}(?:[-_'][A-Za-z]{1,24}){0,4}$/
/** An HTTP status, an error code, a duration. */
const NUMBER = /^-?[0-9]{1,5}(?:ms|s)?$/
/** With a colon behind it, or for the last two by itself: what comes next is nobody's business, whatever it looks like. */
const GIVES_AWAY = /^(?:(?:api-?key|auth|authorization|key|passwd|password|secret|token|user|username):|bearer|basic)/i
const LEFT_OUT = '…'

/** A JSON string literal of it, with `…` in the place of all that might be an address, a token or a trick. */
export function quoteHeard(text: string): string {
  const shown: string[] = []
  let secretNext = false
  for (const part of text.slice(0, READ_AT_MOST).split(/\s+/)) {
    const [, before = '', word = '', after = ''] = AROUND.exec(part) ?? []
    if (part === '' || (word === '' && shown.at(-1) === LEFT_OUT)) continue
    const plain = word === '' || ((WORD.test(word) || NUMBER.test(word)) && !secretNext)
    const next = plain ? `${before}${word}${after}` : LEFT_OUT
    if (plain || shown.at(-1) !== LEFT_OUT) shown.push(next)
    if (word !== '') secretNext = GIVES_AWAY.test(`${word}${after}`)
  }
  return quote(shown.join(' '))
}
