/**
 * JSON-RPC 2.0 over whichever transport the URL names. One call is one round trip: a batch over HTTP, pipelined frames
 * over a WebSocket, fewer at once where a provider wants that. What sends a transaction leaves once, whatever happens
 * to it; all else may be asked again (patient-json-rpc.ts).
 */
import type { Deadline } from '../../base/deadline.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { ProviderAddress } from '../rpc-providers.js'
import { meaningOf } from './provider-answers.js'
import { providerWords } from './provider-words.js'

/** Node's codes for certificates that it can't trace back. */
const UNKNOWN_AUTHORITY = /^(?:UNABLE_TO_(?:VERIFY|GET_ISSUER)|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED)/

/** As long as a name in DNS may be, with its scheme. */
const LONGEST_HOST = 270

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

/** Header lines as they go out. */
export function revealed(headers: ProviderAddress['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]))
}

export function requestBody(request: RpcRequest, id: number): object {
  return { jsonrpc: '2.0', id, method: request.method, params: request.params }
}

export interface ParsedReply {
  /** The number of the request; null, undefined or anything where it is an answer to none. */
  readonly id: unknown
  readonly reply: RpcReply
}

/** Reads one reply object. `null`: this is no JSON-RPC reply. */
export function parseReply(value: unknown): ParsedReply | null {
  if (typeof value !== 'object' || value === null) return null
  const { id: given, result, error } = value as { id?: unknown; result?: unknown; error?: unknown }
  // Some give numbers back as text.
  const id = typeof given === 'string' && /^[0-9]{1,15}$/.test(given) ? Number(given) : given
  if (typeof error === 'string') return { id, reply: { ok: false, error: { code: 0, message: error } } }
  if (typeof error === 'object' && error !== null) {
    const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown }
    return {
      id,
      reply: {
        ok: false,
        // Anything may be where a number and a text belong, also objects that don't turn into them.
        error: {
          code: typeof code === 'number' ? code : 0,
          message: typeof message === 'string' ? message : 'no message',
          data,
        },
      },
    }
  }
  return result === undefined ? null : { id, reply: { ok: true, result } }
}

/** The result of a reply that has to be there; RPC_ERROR names the method and the provider. */
export function resultOf(reply: RpcReply | undefined, method: string, host: string): unknown {
  if (reply?.ok) return reply.result
  const words = providerWords(reply ? reply.error.message : 'no reply')
  const details = { host, method, code: reply ? reply.error.code : null }
  if (reply && meaningOf(reply.error) === 'pruned')
    throw new WcnError(
      'RPC_ERROR',
      `the RPC provider ${host} does not keep the state that ${method} asks for: ${words}`,
      {
        hint: 'use another provider with --rpc-url, for old blocks one with an archive',
        details,
      },
    )
  throw new WcnError('RPC_ERROR', `the RPC provider ${host} answered ${method} with an error: ${words}`, {
    hint: 'try again, or use another provider with --rpc-url',
    details,
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

/** It is not gone after: it would be told what only this provider may know. */
export function redirected(
  host: string,
  from: URL,
  location: string | undefined,
  scrub: (text: string) => string,
  proxy: string | null,
): WcnError {
  const target = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : null
  // The rest of it may be tokens.
  const words = target && /^(?:http|ws)s?:$/.test(target.protocol) ? `${target.protocol}//${target.host}` : 'elsewhere'
  const error = unreachable(
    host,
    `it redirects to ${scrub(words).slice(0, LONGEST_HOST)}, which is not followed`,
    proxy,
  )
  return new WcnError('NETWORK', error.message, {
    hint: 'if that is where it is now, give its URL with --rpc-url',
    details: error.details ?? {},
  })
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
