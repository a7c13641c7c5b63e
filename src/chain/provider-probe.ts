/** Looks at RPC providers one by one, before anything relies on them: nothing that one says makes up for what another does not. */

import { monotonicMs } from '../base/monotonic-ms.js'
import { WcnError } from '../errors/wcn-error.js'
import type { ProvidersOptions } from './providers.js'
import { block, smallQuantity } from './quantity.js'
import { connectJsonRpc } from './rpc/connect-json-rpc.js'
import { type JsonRpc, type ProviderSettings, resultOf } from './rpc/json-rpc.js'

export type ProviderProbe = Awaited<ReturnType<typeof probeProviders>>[number]
export type FoundProvider = Awaited<ReturnType<typeof look>>

/** This machine itself, by its name or an address of its loopback. */
const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i

/** In the providers' order. `requestTimeoutMs`: for each answer. `scrub` takes secrets out of what providers say. */
export function probeProviders(
  { providers, certificateAuthorities }: ProviderSettings,
  { requestTimeoutMs, ...options }: Pick<ProvidersOptions, 'deadline' | 'requestTimeoutMs' | 'scrub'>,
) {
  return Promise.all(
    providers.map(async ({ url, headers, proxy }) => {
      const { protocol, hostname } = new URL(url)
      const way = { headers, proxy, certificateAuthorities, retries: true, ...options }
      const rpc = await connectJsonRpc(url, requestTimeoutMs, way)
      const facts = {
        /** How it is named to people: its URL may hold a token. */
        host: rpc.host,
        /** Whether it is spoken to over a WebSocket, as nodes do. */
        websocket: /^wss?:$/.test(protocol),
        /** Whether what is said to it can be read on the way. */
        encrypted: /^(?:https|wss):$/.test(protocol),
        local: LOCAL.test(hostname),
      }
      /** `problem`: in a sentence, without secrets. */
      const outcome = (found: FoundProvider | null, problem: string | null) => ({ ...facts, found, problem })
      try {
        return outcome(await look(rpc), null)
      } catch (error) {
        if (!(error instanceof WcnError)) throw error
        return outcome(null, error.message)
      } finally {
        rpc.close()
      }
    }),
  )
}

/** The first question opens the connection; only the second is timed. */
async function look(rpc: JsonRpc) {
  const [id] = await rpc.send([{ method: 'eth_chainId', params: [] }])
  const chainId = smallQuantity(resultOf(id, 'eth_chainId', rpc.host), 'chain ID')
  const since = monotonicMs()
  const [head] = await rpc.send([{ method: 'eth_getBlockByNumber', params: ['latest', false] }])
  const latencyMs = Math.round(monotonicMs() - since)
  const { number, time } = block(resultOf(head, 'eth_getBlockByNumber', rpc.host))
  return { chainId, block: { number, time }, latencyMs }
}
