/**
 * JSON-RPC 2.0 over whichever transport the URL names. One call is one round trip: a batch over HTTP (with a
 * fallback for providers that know no batches), pipelined frames over a WebSocket. Never retries by itself: only
 * the caller knows what may be asked twice.
 */
import { WcnError } from '../../errors/wcn-error.js'

// A view of 256 operators is 2 MB of JSON; whatever is larger than this is not an answer to our questions.
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024

export interface RpcRequest {
  readonly method: string
  readonly params: readonly unknown[]
}

interface RpcFailure {
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

export function requestBody(request: RpcRequest, id: number): object {
  return { jsonrpc: '2.0', id, method: request.method, params: request.params }
}

/** Reads one reply object. `null`: this is no JSON-RPC reply. */
export function parseReply(value: unknown): { readonly id: unknown; readonly reply: RpcReply } | null {
  if (typeof value !== 'object' || value === null) return null
  const { id, result, error } = value as { id?: unknown; result?: unknown; error?: unknown }
  if (typeof error === 'object' && error !== null) {
    const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown }
    return {
      id,
      reply: { ok: false, error: { code: Number(code ?? 0), message: String(message ?? 'no message'), data } },
    }
  }
  return result === undefined ? null : { id, reply: { ok: true, result } }
}

/** The result of a reply that has to be there; RPC_ERROR names the method and the provider. */
export function resultOf(reply: RpcReply | undefined, method: string, host: string): unknown {
  if (reply?.ok) return reply.result
  const message = reply ? reply.error.message : 'no reply'
  throw new WcnError(
    'RPC_ERROR',
    `the RPC provider ${host} answered ${method} with an error: ${message.slice(0, 300)}`,
    {
      hint: 'try again, or use another provider with --rpc-url',
      details: { host, method, code: reply?.ok === false ? reply.error.code : null },
    },
  )
}

/** Undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** No well-formed answer came. */
export function unreachable(host: string, reason: string): WcnError {
  return new WcnError('NETWORK', `the RPC provider ${host} could not be used: ${reason}`, {
    hint: 'check the URL and the network, or use another provider with --rpc-url',
    details: { host, reason },
  })
}
