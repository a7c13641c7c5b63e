/** Looks at RPC providers one by one, as they are: nothing that one says makes up for what another does not. */
import type { Deadline } from '../base/deadline.js'
import { WcnError } from '../errors/wcn-error.js'
import type { FoundProvider, ProviderProbe } from './provider-probe.js'
import { block, smallQuantity } from './quantity.js'
import { connectJsonRpc } from './rpc/connect-json-rpc.js'
import { type JsonRpc, resultOf } from './rpc/json-rpc.js'
import type { ProviderSettings } from './rpc-providers.js'

interface ProbeOptions {
  readonly deadline: Deadline
  /** For each answer, connecting included. */
  readonly requestTimeoutMs: number
  /** Takes secrets out of what providers say. */
  readonly scrub: (text: string) => string
}

/** This machine itself, by its name or an address of its loopback. */
const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i

/** In the providers' order; what goes wrong with one is its `problem`. */
export function probeProviders(
  { providers, certificateAuthorities }: ProviderSettings,
  { deadline, requestTimeoutMs, scrub }: ProbeOptions,
): Promise<readonly ProviderProbe[]> {
  return Promise.all(
    providers.map(async ({ url, headers, proxy }): Promise<ProviderProbe> => {
      const { protocol, hostname } = new URL(url)
      const rpc = await connectJsonRpc(url, requestTimeoutMs, {
        headers,
        proxy,
        certificateAuthorities,
        deadline,
        retries: true,
        scrub,
      })
      const facts = {
        host: rpc.host,
        websocket: protocol === 'ws:' || protocol === 'wss:',
        encrypted: protocol === 'https:' || protocol === 'wss:',
        local: LOCAL.test(hostname),
      }
      try {
        return { ...facts, found: await look(rpc), problem: null }
      } catch (error) {
        if (!(error instanceof WcnError)) throw error
        return { ...facts, found: null, problem: error.message }
      } finally {
        rpc.close()
      }
    }),
  )
}

/** The first question opens the connection; only the second is timed. */
async function look(rpc: JsonRpc): Promise<FoundProvider> {
  const [id] = await rpc.send([{ method: 'eth_chainId', params: [] }])
  const chainId = smallQuantity(resultOf(id, 'eth_chainId', rpc.host), 'chain ID')
  const since = performance.now()
  const [head] = await rpc.send([{ method: 'eth_getBlockByNumber', params: ['latest', false] }])
  const latencyMs = Math.round(performance.now() - since)
  const { number, time } = block(resultOf(head, 'eth_getBlockByNumber', rpc.host))
  return { chainId, block: { number, time }, latencyMs }
}
