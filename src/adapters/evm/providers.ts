/**
 * The RPC providers of a run, one or several. Reads compare what they say (agreement.ts), writes go to all of them;
 * what one of them does wrong is told once, by its host (design/reliability.md 5).
 */
import type { Deadline } from '../../core/deadline.js'
import type { ProviderSettings } from '../../core/ports/rpc-providers.js'
import { connectJsonRpc } from './connect-json-rpc.js'
import type { JsonRpc } from './json-rpc.js'

export interface Providers {
  /** At least one, in the order given. */
  readonly all: readonly JsonRpc[]
  /** So many must agree about what is read: 1 to as many as there are. */
  readonly quorum: number
  warn(text: string): void
  /** Warns that the run goes on without what this provider says; once per provider. `why` is a verb phrase. */
  leaveOut(provider: JsonRpc, why: string): void
  close(): void
}

interface ProvidersOptions {
  readonly deadline: Deadline
  /** For each answer, all attempts at it included. */
  readonly requestTimeoutMs: number
  readonly warn: (text: string) => void
  readonly scrub?: (text: string) => string
}

/** Opens nothing yet: a provider that can't be reached fails its first request, and only that one. */
export async function connectProviders(
  { providers, quorum, certificateAuthorities }: ProviderSettings,
  { deadline, requestTimeoutMs, warn, scrub }: ProvidersOptions,
): Promise<Providers> {
  const hosts = providers.map(({ url }) => new URL(url).host)
  const all = await Promise.all(
    providers.map(({ url, headers, proxy }, index) =>
      connectJsonRpc(url, requestTimeoutMs, {
        name: nameOf(hosts, index),
        headers,
        proxy,
        certificateAuthorities,
        deadline,
        retries: true,
        ...(scrub && { scrub }),
      }),
    ),
  )
  const named = new Set<JsonRpc>()
  return {
    all,
    quorum,
    warn,
    leaveOut(provider, why) {
      if (named.has(provider)) return
      named.add(provider)
      warn(`the RPC provider ${provider.host} is left out: it ${why}`)
    },
    close() {
      for (const provider of all) provider.close()
    },
  }
}

/** Its host; its place among them as well, where two accounts at one host are used. */
function nameOf(hosts: readonly string[], index: number): string {
  const host = hosts[index] ?? ''
  const same = hosts.flatMap((other, place) => (other === host ? [place] : []))
  return same.length === 1 ? host : `${host} (no. ${index + 1})`
}
