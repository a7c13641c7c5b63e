/**
 * What RPC providers are worth to a node, by comparison with each other (the onboarding document, "Choose Optimism RPC
 * provider"; docs/dev/network/node-protocol.md, "Refuses to start").
 */
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import type { ProviderProbe } from './provider-probe.js'

export interface ProviderVerdict {
  readonly probe: ProviderProbe
  /** Null where a node can't use it. Fewer is better. */
  readonly latencyMs: number | null
  readonly blocksBehind: number | null
  /** Why a node can't use it, in a sentence. */
  readonly refusal: string | null
  /** What else there is to say, in sentences. */
  readonly remarks: readonly string[]
}

/** A block of OP Mainnet comes every 2 s, and providers hear of it one after the other. */
const BLOCKS_BEHIND_BORNE = 5
const OLD_BLOCK_S = 60
const SLOW_MS = 500

/** `now`: Unix seconds. */
export function judgeProviders(
  probes: readonly ProviderProbe[],
  { chainId, now }: { readonly chainId: number; readonly now: number },
): readonly ProviderVerdict[] {
  const best = Math.max(...probes.flatMap(({ found }) => (found?.chainId === chainId ? [found.block.number] : [])))
  return probes.map((probe) => {
    const { host, found, websocket, encrypted, local } = probe
    const refusal = refusalOf(probe, chainId)
    if (found === null || found.chainId !== chainId)
      return { probe, latencyMs: null, blocksBehind: null, refusal, remarks: [] }
    const { latencyMs } = found
    const blocksBehind = best - found.block.number
    const age = now - found.block.time
    const remarks: readonly (readonly [applies: boolean, remark: string])[] = [
      [blocksBehind > BLOCKS_BEHIND_BORNE, `${host} lags: it is ${blocksBehind} blocks behind the best of these`],
      // A development chain's blocks come when there is something to put into them.
      [chainId !== DEVELOPMENT_CHAIN_ID && age > OLD_BLOCK_S, `the newest block that ${host} has is ${age} s old`],
      [latencyMs > SLOW_MS, `${host} is slow: an answer took ${latencyMs} ms`],
      [
        websocket && !encrypted && !local,
        `what is said to ${host} can be read and changed on the way: use wss:// unless that is a network of yours`,
      ],
    ]
    const said = remarks.flatMap(([applies, remark]) => (applies ? [remark] : []))
    return { probe, latencyMs, blocksBehind, refusal, remarks: said }
  })
}

/** The one without remarks, or with the fewest; of these the quickest. Null where none will do. */
export function bestProvider(verdicts: readonly ProviderVerdict[]): ProviderVerdict | null {
  const [best] = verdicts
    .filter(({ refusal }) => refusal === null)
    .sort((a, b) => a.remarks.length - b.remarks.length || (a.latencyMs ?? 0) - (b.latencyMs ?? 0))
  return best ?? null
}

function refusalOf({ host, found, problem, websocket }: ProviderProbe, chainId: number): string | null {
  if (found === null) return problem ?? `${host} could not be used`
  if (found.chainId !== chainId) return `${host} serves chain ${found.chainId}, but chain ${chainId} is expected`
  if (!websocket)
    return `${host} is given by an http(s):// URL, and a node refuses to start with that: give its wss:// URL`
  return null
}
