/** Picks the transport that a provider's URL names, and loads only that one. */
import { type RpcReply, type TransportOptions, unreachable } from './json-rpc.js'
import { type Connected, patientJsonRpc } from './patient-json-rpc.js'

/** `timeoutMs`: for each answer, connecting included. Nothing is opened before the first request. */
export async function connectJsonRpc(
  url: string,
  timeoutMs: number,
  options: TransportOptions = {},
): Promise<Connected> {
  const target = new URL(url)
  const link = /^wss?:$/.test(target.protocol)
    ? await (await import('./ws-json-rpc.js')).wsLink(target, options)
    : await (await import('./http-json-rpc.js')).httpLink(target, options)
  const rpc = patientJsonRpc(link, timeoutMs, options)
  const { scrub = (text: string) => text } = options
  const scrubbed = (reply: RpcReply): RpcReply =>
    reply.ok ? reply : { ok: false, error: { ...reply.error, message: scrub(reply.error.message) } }
  let closed = false
  return {
    ...rpc,
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
