/**
 * The RPC providers of a run, one or several. Reads compare what they say (agreement.ts), writes go to all of them;
 * what one of them does wrong is told once, by its host (docs/dev/never.md 5).
 */
import type { Deadline } from '../base/deadline.js'
import { askEach } from './ask-each.js'
import { connectJsonRpc } from './rpc/connect-json-rpc.js'
import { type JsonRpc, type ProviderSettings, unreachable } from './rpc/json-rpc.js'

export interface Providers {
  /** At least one, in the order given. */
  readonly all: readonly JsonRpc[]
  /** So many must agree about what is read: 1 to as many as there are. */
  readonly quorum: number
  warn(text: string): void
  /** Warns that the run goes on without what this provider says; once per provider. `why` is a verb phrase. */
  leaveOut(provider: JsonRpc, why: string): void
  /** Nothing more is asked of it or sent to it, until the next new connections. */
  drop(provider: JsonRpc): void
  close(): void
}

export interface ConnectedProviders extends Providers {
  /**
   * What is asked next is asked over new connections. With `onlyAnswering`, those who do not answer now are left out, and
   * all others are enough; until the next time.
   */
  reconnect(options: { readonly onlyAnswering: boolean }): Promise<void>
}

/** Of an answer's time: to say anything at all, over a new connection, or over another one after that. */
const SIGN_OF_LIFE = 1 / 3

export interface ProvidersOptions {
  /** The whole command's. */
  readonly deadline: Deadline
  /** For each answer, all attempts at it included. */
  readonly requestTimeoutMs: number
  /** Told once of each provider that goes its own way. */
  readonly warn: (text: string) => void
  /** Told where a provider has to be waited for. */
  readonly note?: (text: string) => void
  /** Takes secrets out of what providers say. */
  readonly scrub?: (text: string) => string
}

/** Opens nothing yet: a provider that can't be reached fails its first request, and only that one. */
export async function connectProviders(
  { providers, quorum, certificateAuthorities }: ProviderSettings,
  { deadline, requestTimeoutMs, warn, note, scrub }: ProvidersOptions,
): Promise<ConnectedProviders> {
  const hosts = providers.map(({ url }) => new URL(url).host)
  const connected = await Promise.all(
    providers.map(({ url, headers, proxy }, index) =>
      connectJsonRpc(url, requestTimeoutMs, {
        name: nameOf(hosts, index),
        headers,
        proxy,
        certificateAuthorities,
        deadline,
        retries: true,
        ...(note && { note }),
        ...(scrub && { scrub }),
      }),
    ),
  )
  const named = new Set<JsonRpc>()
  let used: readonly JsonRpc[] = connected
  const leaveOut: Providers['leaveOut'] = (provider, why) => {
    if (named.has(provider)) return
    named.add(provider)
    warn(`the RPC provider ${provider.host} is left out: it ${why}`)
  }
  return {
    get all() {
      return used
    },
    get quorum() {
      return Math.min(quorum, used.length)
    },
    warn,
    leaveOut,
    drop(provider) {
      used = used.filter((one) => one !== provider)
    },
    async reconnect({ onlyAnswering }) {
      for (const one of connected) one.reconnect()
      used = connected
      if (!onlyAnswering || connected.length === 1) return
      const { given, failures } = await askEach(connected, connected.length, (rpc) =>
        signOfLife(rpc, requestTimeoutMs * SIGN_OF_LIFE),
      )
      if (given.length === 0) return
      used = given.map(({ rpc }) => rpc)
      for (const { rpc } of failures) leaveOut(rpc, 'does not answer')
    },
    close() {
      for (const provider of connected) provider.close()
    },
  }
}

/** Throws where there is none. */
async function signOfLife(rpc: JsonRpc, withinMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unreachable(rpc.host, 'no answer')), withinMs)
  })
  const asked = rpc.send([{ method: 'eth_chainId', params: [] }])
  await Promise.race([asked, late]).finally(() => clearTimeout(timer))
}

/** Its host; its place among them as well, where two accounts at one host are used. */
function nameOf(hosts: readonly string[], index: number): string {
  const host = hosts[index] ?? ''
  const same = hosts.flatMap((other, place) => (other === host ? [place] : []))
  return same.length === 1 ? host : `${host} (no. ${index + 1})`
}
