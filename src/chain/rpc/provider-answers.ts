/**
 * Tells what an error of an RPC provider means: one table for HTTP and WebSocket, for reads and writes. Words count
 * more than codes, and those more than HTTP statuses: one code stands for very different things.
 */

export type Meaning =
  /** The contract's refusal, no fault of the provider's. */
  | 'reverts'
  /** Too many calls, or too many bytes, at once: less may be asked for. */
  | 'too-much'
  /** The server that was asked lacks this block so far: the same may be asked again in a moment. */
  | 'not-there-yet'
  /** The state of so old a block is gone, and stays gone. */
  | 'pruned'
  /** Events of fewer blocks may be asked for. */
  | 'log-range'
  /** Later. */
  | 'rate-limited'
  /** A method, or a block tag, that it does not have. */
  | 'unsupported'
  /** Credentials, or an account that is not in order. */
  | 'lasting'
  /** Its own trouble, or that of what stands before it. */
  | 'passing'
  /** Of a transaction that is sent: it has it, or has heard of it from others. */
  | 'known-already'
  /** None of these words, codes and statuses. */
  | 'unclear'

interface KnownAnswer {
  readonly means: Exclude<Meaning, 'unclear'>
  /** Parts of a message, in lower case; `*` stands for at most 80 characters. */
  readonly words: readonly string[]
  /** Of JSON-RPC errors. */
  readonly codes?: readonly number[]
  readonly statuses?: readonly number[]
}

/** geth's code for a call that reverted, whatever the contract's own words are. */
const REVERTED = 3
const SERVER_ERRORS = Array.from({ length: 100 }, (_, index) => 500 + index)

/** A comma and a space between any two. */
const listed = (...lines: readonly string[]) => lines.flatMap((line) => line.split(', '))

/** Of two that fit the first counts. */
export const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  { means: 'reverts', words: listed('revert, vm execution error'), codes: [REVERTED] },
  {
    means: 'not-there-yet',
    words: listed(
      'header not found, header * not found, unknown block, unknown header, block not found',
      'block * not found, block * does not exist, blocks * cannot be found, could not find block',
      'cannot find block, block is not available, block * not yet available, beyond current head',
      'block out of range, blockoutofrange, block * in the future',
    ),
    // EIP-1474: resource not found.
    codes: [-32001],
  },
  {
    means: 'pruned',
    words: listed(
      'missing trie node, pruned, pruning, historical, archive, state * not available, state unavailable',
      'no state available, state histories, proof window',
    ),
  },
  {
    means: 'log-range',
    words: listed(
      'block range, blocks range, range limit, range is too, range too, max range, ranges over',
      'limited to a * range, limit the query, query returned more than, log response size, too many logs',
      'too many blocks, range allowed, max results',
    ),
  },
  {
    means: 'too-much',
    words: listed(
      'batch, too many calls, calls per request, calls in one request, array of requests, multiple requests',
      'too large, too big, size limit, maximum size',
    ),
    statuses: [413],
  },
  {
    means: 'rate-limited',
    words: listed(
      'rate limit, rate-limit, ratelimit, rate exceeded, too many requests, too many concurrent',
      'request limit, requests limit, request count, limit exceeded, quota, throttl, throughput',
      'compute unit, capacity, slow down, per second, per minute, retry after',
    ),
    // EIP-1474's "limit exceeded" and what single providers use.
    codes: [429, -32005, -32007, -32016, -32029, -32090],
    statuses: [429],
  },
  {
    means: 'unsupported',
    words: listed(
      'method not found, unknown method, invalid method, method * does not exist, method * not available',
      'not supported, unsupported, not implemented, not whitelisted',
    ),
    codes: [-32601, -32004],
  },
  {
    means: 'lasting',
    words: listed(
      'unauthorized, unauthenticated, not authorized, authenticat, api key, apikey, project id',
      'access denied, invalid token, suspended, billing',
    ),
    statuses: [401, 402, 407],
  },
  {
    means: 'passing',
    words: listed(
      'timeout, timed out, time out, deadline exceeded, upstream, gateway, internal error',
      'internal server error, unavailable, overload, temporar, try again, busy, syncing, connection refused',
      'connection reset',
    ),
    // JSON-RPC 2.0's internal error, EIP-1474's resource unavailable.
    codes: [-32603, -32002],
    statuses: [408, 425, ...SERVER_ERRORS],
  },
  {
    means: 'known-already',
    words: listed('already known, already imported, already exists, already in, known transaction'),
  },
]

/** More than is ever shown, and little enough to be searched at once. */
const READ_AT_MOST = 20_000
/** What a contract refuses with begins with four bytes that name the reason. */
const REVERT_DATA = /^0x[0-9a-f]{8}/i

/** As much of it as there is: an error of JSON-RPC, the status of HTTP, a text. */
export interface Said {
  readonly status?: number
  readonly code?: number
  readonly message?: string
  readonly data?: unknown
}

export function meaningOf({ status, code, message = '', data }: Said): Meaning {
  const detail = typeof data === 'string' ? data : ''
  if (code === REVERTED || REVERT_DATA.test(detail)) return 'reverts'
  const text = `${message.slice(0, READ_AT_MOST)} ${detail.slice(0, READ_AT_MOST)}`.toLowerCase()
  const known =
    KNOWN_ANSWERS.find(({ words }) => words.some((one) => isIn(text, one))) ??
    KNOWN_ANSWERS.find(({ codes = [] }) => code !== undefined && codes.includes(code)) ??
    KNOWN_ANSWERS.find(({ statuses = [] }) => status !== undefined && statuses.includes(status))
  return known?.means ?? 'unclear'
}

/** Whether a text has words of that row, whatever else it says. */
export function mentions(means: Meaning, text: string): boolean {
  return KNOWN_ANSWERS.some(
    (known) => known.means === means && known.words.some((one) => isIn(text.toLowerCase(), one)),
  )
}

/** `*` is looked for close by, from each place where the part before it is. */
function isIn(text: string, words: string): boolean {
  const [first = '', last] = words.split('*')
  if (last === undefined) return text.includes(words)
  for (let from = text.indexOf(first); from !== -1; from = text.indexOf(first, from + 1)) {
    const after = from + first.length
    if (text.slice(after, after + 80 + last.length).includes(last)) return true
  }
  return false
}

export function isRevert(said: Said): boolean {
  return meaningOf(said) === 'reverts'
}
