/** One way to one provider, HTTP or WebSocket: a question is asked once and never throws. What to do next is told elsewhere (patient-json-rpc.ts). */
import type { WcnError } from '../../errors/wcn-error.js'
import type { RpcReply, RpcRequest } from './json-rpc.js'
import type { Meaning } from './provider-answers.js'
import type { RequestLimit } from './request-limit.js'

export interface Failure {
  readonly ok: false
  readonly error: WcnError
  readonly means: Meaning
  /** The pause that the provider asked for, in milliseconds. */
  readonly pauseMs?: number | undefined
}

export type Attempt<T> = { readonly ok: true; readonly value: T } | Failure

export interface Link {
  /** How the provider is named to people. */
  readonly host: string
  /** Told apart by number: the one that is used, or the next one to be opened. */
  readonly connection: number
  /** All of them at once. One reply to each, in their order, or none. */
  ask(requests: readonly RpcRequest[], limit: RequestLimit): Promise<Attempt<readonly RpcReply[]>>
  /** Uses this connection no more. What is under way on it may still be answered. */
  leave(connection: number): void
  close(): void
}

/** What the network says when it may be right again in a moment; a wrong name or certificate stays wrong. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
])

export function meaningOfErrno(errno: string | undefined): 'passing' | 'lasting' {
  return errno !== undefined && PASSING.has(errno) ? 'passing' : 'lasting'
}

/** `Retry-After` in seconds or as a date, as milliseconds from now. */
export function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  if (/^\s*[0-9]{1,9}\s*$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
