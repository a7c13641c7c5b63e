/** Picks the transport that a provider's URL names, and loads only that one. */
import type { JsonRpc } from './json-rpc.js'

/** `timeoutMs`: for connecting and for each answer. Throws NETWORK where a WebSocket can't be opened. */
export async function connectJsonRpc(url: string, timeoutMs: number): Promise<JsonRpc> {
  return /^wss?:/i.test(url)
    ? (await import('./ws-json-rpc.js')).connectWebSocket(url, timeoutMs)
    : (await import('./http-json-rpc.js')).connectHttp(url, timeoutMs)
}
