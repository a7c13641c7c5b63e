/** Picks the transport that a provider's URL names, and loads only that one. */
import { type JsonRpc, type RpcReply, type TransportOptions, unreachable } from './json-rpc.js'

/** `timeoutMs`: for each answer, connecting included. Nothing is opened before the first request. */
export async function connectJsonRpc(url: string, timeoutMs: number, options?: TransportOptions): Promise<JsonRpc> {
  const rpc = /^wss?:/i.test(url)
    ? await (await import('./ws-json-rpc.js')).connectWebSocket(url, timeoutMs, options)
    : await (await import('./http-json-rpc.js')).connectHttp(url, timeoutMs, options)
  const scrub = options?.scrub ?? ((text: string) => text)
  const scrubbed = (reply: RpcReply): RpcReply =>
    reply.ok ? reply : { ok: false, error: { ...reply.error, message: scrub(reply.error.message) } }
  let closed = false
  return {
    host: rpc.host,
    async send(requests) {
      // Whoever still asks then is waited for by nobody, and would only keep the process alive.
      if (closed) throw unreachable(rpc.host, 'it is closed')
      return (await rpc.send(requests)).map(scrubbed)
    },
    close() {
      closed = true
      rpc.close()
    },
  }
}
