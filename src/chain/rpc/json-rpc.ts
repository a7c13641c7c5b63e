/**
 * JSON-RPC 2.0 over whichever transport the URL names. One call is one round trip: a batch over HTTP, pipelined frames
 * over a WebSocket, fewer at once where a provider wants that. What sends a transaction leaves once, whatever happens
 * to it; all else may be asked again (connect-json-rpc.ts).
 *
 * What providers say is made fit to be shown: they repeat what they were sent, such as a signed transaction, and name their
 * own addresses, which hold tokens (docs/dev/never.md 6).
 */
import type { Deadline } from '../../base/deadline.js'
import type { Secret } from '../../base/secret.js'
import { WcnError } from '../../errors/wcn-error.js'
import { meaningOf } from './provider-answers.js'

/** Node's codes for certificates that it can't trace back. */
const UNKNOWN_AUTHORITY = /^(?:UNABLE_TO_(?:VERIFY|GET_ISSUER)|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED)/

const SHOWN_AT_MOST = 300
/** More than is ever shown, and little enough to be searched at once. */
const READ_AT_MOST = 20_000
/** Longer than a hash: call data, a signature, a signed transaction. */
const LONG_HEX = /(?:0x)?[0-9a-f]{65,}/gi
const URL_LIKE = /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi

export interface RpcRequest {
  readonly method: string
  readonly params: readonly unknown[]
}

export interface RpcFailure {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

export type RpcReply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: RpcFailure }

/** Replies in the order of the requests. Throws NETWORK where no well-formed answer came. */
export interface JsonRpc {
  send(requests: readonly RpcRequest[]): Promise<readonly RpcReply[]>
  close(): void
  /** Host and port: how the provider is named to people. Its path and query may be tokens. */
  readonly host: string
  /** Kept here, since modules are in several files of the build, each with its own copy. */
  beat?: Beat
}

/** When a provider's blocks come (block-beat.ts). Times are in Unix seconds. */
export interface Beat {
  readonly head: { readonly number: number; readonly time: number }
  /** Null: none is known. */
  readonly periodMs: number | null
  /** So long after its time a block is shown, at the least and at the most, as far as is known. */
  readonly lateMs: readonly [least: number, most: number]
}

/** The RPC providers and how they are reached. URLs and headers may hold tokens: never shown. */
export interface ProviderSettings {
  /** At least one; no two the same. */
  readonly providers: readonly ProviderAddress[]
  /** So many of them must agree about what is read. */
  readonly quorum: number
  /** PEM text of certificate authorities to trust besides the usual ones; null: none. */
  readonly certificateAuthorities: string | null
}

export interface ProviderAddress {
  readonly url: string
  readonly headers: Readonly<Record<string, Secret<string>>>
  /** The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for it; null: none. */
  readonly proxy: string | null
}

/** How a provider is reached, besides its URL. */
export interface TransportOptions extends Partial<Pick<ProviderAddress, 'headers' | 'proxy'>> {
  /** How it is named to people: its host and port unless told otherwise. */
  readonly name?: string
  /** PEM text of certificate authorities to trust besides the usual ones. */
  readonly certificateAuthorities?: string | null
  /** The whole command's, which no request outlasts. */
  readonly deadline?: Deadline
  /** Ask again what failed, where nothing can be sent twice. False unless told. */
  readonly retries?: boolean
  /** Told where the provider has to be waited for. */
  readonly note?: (text: string) => void
  /** Takes secrets out of what the provider says: some repeat the URL and the headers they were asked with. */
  readonly scrub?: (text: string) => string
}

export function requestBody(request: RpcRequest, id: number): object {
  return { jsonrpc: '2.0', id, method: request.method, params: request.params }
}

/**
 * Reads one reply object; null where it is no JSON-RPC reply. `id`: the number of the request; null, undefined or anything
 * where it is an answer to none.
 */
export function parseReply(value: unknown): { readonly id: unknown; readonly reply: RpcReply } | null {
  if (typeof value !== 'object' || value === null) return null
  const { id: given, result, error } = value as { id?: unknown; result?: unknown; error?: unknown }
  // Some give numbers back as text.
  const id = typeof given === 'string' && /^[0-9]{1,15}$/.test(given) ? Number(given) : given
  if (typeof error === 'string' || (typeof error === 'object' && error !== null)) {
    // Anything may be where a number and a text belong, also objects that don't turn into them.
    const { code, message, data }: { code?: unknown; message?: unknown; data?: unknown } =
      typeof error === 'string' ? { message: error } : error
    const shown = typeof message === 'string' ? message : 'no message'
    return { id, reply: { ok: false, error: { code: typeof code === 'number' ? code : 0, message: shown, data } } }
  }
  return result === undefined ? null : { id, reply: { ok: true, result } }
}

/** The result of a reply that has to be there; RPC_ERROR names the method and the provider. */
export function resultOf(reply: RpcReply | undefined, method: string, host: string): unknown {
  if (reply?.ok) return reply.result
  const { code, message } = reply?.error ?? { code: null, message: 'no reply' }
  const isPruned = reply !== undefined && meaningOf(reply.error) === 'pruned'
  const what = isPruned ? `does not keep the state that ${method} asks for` : `answered ${method} with an error`
  throw new WcnError('RPC_ERROR', `the RPC provider ${host} ${what}: ${providerWords(message)}`, {
    hint: isPruned
      ? 'use another provider with --rpc-url, for old blocks one with an archive'
      : 'try again, or use another provider with --rpc-url',
    details: { host, method, code },
  })
}

/** Undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** No well-formed answer came. `proxy` is the host of the one in between. */
export function unreachable(host: string, reason: string, proxy: string | null = null): WcnError {
  const through = proxy === null ? '' : ` through the proxy ${proxy}`
  return new WcnError('NETWORK', `the RPC provider ${host} could not be used${through}: ${reason}`, {
    hint: UNKNOWN_AUTHORITY.test(reason)
      ? 'its certificate is of an authority that is not known here: if that is meant to be so, name it with --rpc-ca-file'
      : 'check the URL and the network, or use another provider with --rpc-url',
    details: { host, reason, ...(proxy === null ? {} : { proxy }) },
  })
}

/** In quotes and on one line, so that nobody takes them for this tool's. */
export function providerWords(message: string): string {
  const words = message.slice(0, READ_AT_MOST).replace(URL_LIKE, '(URL)').replace(LONG_HEX, '(bytes)')
  return JSON.stringify(words.slice(0, SHOWN_AT_MOST))
}

/** Why something failed, whatever was thrown. An error of ours quotes its provider already. */
export function reasonOf(error: unknown): string {
  if (error instanceof WcnError) return error.message
  return providerWords(error instanceof Error ? error.message : String(error))
}

/** A provider answered with what it can't mean; `what` ends the sentence "… answered with". */
export function oddAnswer(host: string, what: string): WcnError {
  return new WcnError('RPC_ERROR', `the RPC provider ${host} answered with ${what}`, {
    hint: 'use another provider with --rpc-url',
    details: { host },
  })
}
