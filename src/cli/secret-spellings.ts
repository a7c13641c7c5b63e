/**
 * Lists every text that gives a secret away as a whole: itself, its parts, and its encodings in hex, base64 and lists of bytes.
 * Escapes inside of a text are the business of unescaped-text.ts.
 */
import { caseless, unescapedFully } from './unescaped-text.js'

const SHORTEST_SECRET = 6
/** Of the base64 of something longer: fewer letters than that might be anything's. */
const SHORTEST_INNER = 8
const HEX = /^(?:0x)?((?:[0-9a-f]{2})+)$/i
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/
const SCHEME = /^(?:basic|bearer|token|digest|apikey)\s+(\S+)$/i
const URL_START = /^(?:https?|wss?):\/\//i
/** In many URLs, and no token. */
const PUBLIC_PARTS = ['mainnet', 'optimism']

/** Without upper case: so is what they are compared with. */
export function spellingsOf(secret: string): ReadonlySet<string> {
  const texts = new Set(textsIn(secret.trim()).filter((text) => text.length >= SHORTEST_SECRET))
  return new Set(
    [...texts]
      .flatMap(written)
      .filter((text) => text.length >= SHORTEST_SECRET)
      .map((text) => caseless(text)),
  )
}

/** It, what it stands for, and its parts. */
function textsIn(text: string): readonly string[] {
  const plain = unescapedFully(text)
  const credentials = SCHEME.exec(text)?.[1]
  return [
    ...[text, plain].flatMap((one) => [one, ...urlParts(one), ...decodedPairs(one)]),
    ...(credentials === undefined ? [] : [credentials, ...decodedPairs(credentials)]),
  ]
}

/** A provider's token sits in the user part, the path or the query of its URL; the host may be shown. */
function urlParts(text: string): readonly string[] {
  if (!URL_START.test(text) || !URL.canParse(text)) return []
  const { username, password, pathname, search, searchParams, hash } = new URL(text)
  const encoded = [username, password, ...pathname.split('/'), search, search.slice(1), hash.slice(1)]
  return [...encoded, `${username}:${password}`, ...searchParams.values()]
    .flatMap((part) => [part, unescapedFully(part)])
    .filter((part) => !PUBLIC_PARTS.includes(part))
}

/** `user:password` in base64, as HTTP sends it. */
function decodedPairs(text: string): readonly string[] {
  const decoded = BASE64.test(text) ? Buffer.from(text, 'base64').toString('latin1') : ''
  return /^[ -~]+$/.test(decoded) ? [decoded, ...decoded.split(':')] : []
}

function written(text: string): readonly string[] {
  const hex = HEX.exec(text)?.[1]
  const bytes = [Buffer.from(text, 'utf8')]
  if (hex !== undefined) bytes.push(Buffer.from(hex, 'hex'))
  if (BASE64.test(text)) bytes.push(Buffer.from(text, 'base64'))
  return [text, text.replaceAll(' ', '+'), ...(hex === undefined ? [] : [hex]), ...bytes.flatMap(ofBytes)]
}

function ofBytes(bytes: Buffer): readonly string[] {
  if (bytes.length < SHORTEST_SECRET) return []
  return [bytes.toString('hex'), bytes.join(','), bytes.join(', '), bytes.join(' '), ...inBase64(bytes)]
}

/** By itself, and what is the same of it wherever it stands in something longer. */
function inBase64(bytes: Buffer): readonly string[] {
  const whole = [bytes.toString('base64'), bytes.toString('base64url')]
  const inner = [0, 1, 2].flatMap((before) => {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes])
    const [from, to] = [Math.ceil((before * 8) / 6), Math.floor((shifted.length * 8) / 6)]
    return (['base64', 'base64url'] as const).map((alphabet) => shifted.toString(alphabet).slice(from, to))
  })
  return [...whole, ...inner.filter((text) => text.length >= SHORTEST_INNER)]
}
