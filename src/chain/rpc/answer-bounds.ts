/** Bounds how long the answer to a request may be, while it is read and before it is parsed. */
import { WcnError } from '../../errors/wcn-error.js'
import type { RpcRequest } from './json-rpc.js'

const MIB = 1024 * 1024
/** Receipts, blocks without their transactions, contract code; a page that explains what is wrong. */
const USUAL = MIB
/** Four times the view of a full cluster: 256 operators of 4096 bytes, two digits each. */
const CALL = 8 * MIB
/** Events of 10 000 blocks; a block with all that is in its transactions. */
export const LARGEST_ANSWER = 16 * MIB

/** Real answers have 5 levels, and some ten thousand values where a block is full. */
const DEEPEST = 32
const MOST_VALUES = 500_000

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const [OPENING, CLOSING] = [new Set([0x5b, 0x7b]), new Set([0x5d, 0x7d])]

/** Bytes of JSON. */
export function mostBytes(requests: readonly RpcRequest[]): number {
  return requests.reduce((sum, request) => sum + mostBytesOf(request), 0)
}

function mostBytesOf({ method, params }: RpcRequest): number {
  if (method === 'eth_call') return CALL
  return method === 'eth_getLogs' || (method === 'eth_getBlockByNumber' && params[1] === true) ? LARGEST_ANSWER : USUAL
}

const MORE = 'it answers with more than'

/** What a provider does that says more than this. */
export function moreThan(bytes: number): string {
  return `${MORE} ${Math.floor(bytes / MIB)} MiB`
}

/** Whether that is why there is no answer. */
export function isMoreThan(error: unknown): boolean {
  return error instanceof WcnError && String(error.details?.reason).startsWith(MORE)
}

/** What makes a JSON text, whatever it is worth, more than anybody should parse; null: nothing. */
export function whyNotParsed(text: Buffer): string | null {
  let depth = 0
  let values = 0
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0
    if (byte === QUOTE) at = endOfString(text, at)
    else if (OPENING.has(byte)) {
      if (++depth > DEEPEST) return 'JSON that is nested too deeply'
      values++
    } else if (CLOSING.has(byte)) depth--
    else if (byte === COMMA) values++
    if (values > MOST_VALUES) return `JSON of more than ${MOST_VALUES} values`
  }
  return null
}

/** Most of an answer is in strings: they are skipped by the engine's own search. */
function endOfString(text: Buffer, start: number): number {
  for (let end = text.indexOf(QUOTE, start + 1); end !== -1; end = text.indexOf(QUOTE, end + 1)) {
    let before = end - 1
    while (text[before] === BACKSLASH) before--
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}
