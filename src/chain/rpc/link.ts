/**
 * Connects to one provider, over HTTP or WebSocket, and asks each question once. A failure is a value; connect-json-rpc.ts
 * decides what to do about it.
 */

import type { Deadline } from '../../base/deadline.js'
import { monotonicMs } from '../../base/monotonic-ms.js'
import { WcnError } from '../../errors/wcn-error.js'
import { whyNotParsed } from './answer-bounds.js'
import { type RpcReply, type RpcRequest, type TransportOptions, unreachable } from './json-rpc.js'
import type { Meaning } from './provider-answers.js'

/** As long as a name in DNS may be, with its scheme. */
const LONGEST_HOST = 270
/** Without --timeout, all pauses that a provider asks for take no longer: a person would rather know. */
const LONGEST_PAUSES_MS = 60_000
const TIME_IS_UP = 'the time given with --timeout is up'

export interface Failure {
  readonly ok: false
  readonly error: WcnError
  readonly means: Meaning
  /** The pause that the provider asked for, in milliseconds. */
  readonly pauseMs?: number | undefined
}

export type Attempt<T> = { readonly ok: true; readonly value: T } | Failure

export interface Link {
  /** How the provider is named to people. */
  readonly host: string
  /** Told apart by number: the one that is used, or the next one to be opened. */
  readonly connection: number
  ask: Connection['ask']
  /** Uses this connection no more. What is under way on it may still be answered. */
  leave(connection: number): void
  close(): void
}

export interface Connection {
  /** All of them at once. One reply to each, in their order, or none. */
  ask(requests: readonly RpcRequest[], limit: RequestLimit): Promise<Attempt<readonly RpcReply[]>>
  /** Once nobody waits for an answer any more. */
  closeWhenDone(): void
  close(): void
}

/** Over one connection after the other. */
export function linkOf(host: string, connect: () => Connection): Link {
  const all = [connect()]
  const current = () => all[all.length - 1] as Connection
  return {
    host,
    get connection() {
      return all.length - 1
    },
    ask: (requests, limit) => current().ask(requests, limit),
    leave(left) {
      if (left !== all.length - 1) return
      current().closeWhenDone()
      all.push(connect())
    },
    close() {
      for (const one of all) one.close()
    },
  }
}

export type Route = Awaited<ReturnType<typeof routeTo>>

/** How a provider is reached, and how its failures are named, whatever is spoken then. */
export async function routeTo(url: URL, options: TransportOptions) {
  const { name: host = url.host, headers = {}, proxy = null, certificateAuthorities = null } = options
  const { scrub = (text: string) => text } = options
  const proxyHost = proxy === null ? null : new URL(proxy).host
  const ca = certificateAuthorities === null ? undefined : [...(await usualAuthorities()), certificateAuthorities]
  const failed = (reason: string, means: Meaning): Failure => ({
    ok: false,
    error: unreachable(host, reason, proxyHost),
    means,
  })
  return {
    url,
    host,
    scrub,
    /** PEM texts; undefined: Node's own. */
    ca,
    headers: Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, value.reveal()])),
    /** Connections of their own, each time it is called; null without a proxy. */
    throughProxy: proxy === null ? null : await (await import('./proxied-agent.js')).proxiedAgents(url, proxy, ca),
    failed,
    /** It is not gone after: it would be told what only this provider may know. The rest of where it leads may be tokens. */
    redirected(location: string | undefined): Failure {
      const target = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : null
      const isKnown = target !== null && /^(?:http|ws)s?:$/.test(target.protocol)
      const words = scrub(isKnown ? `${target.protocol}//${target.host}` : 'elsewhere').slice(0, LONGEST_HOST)
      const failure = failed(`it redirects to ${words}, which is not followed`, 'lasting')
      const { message, details } = failure.error
      const hint = 'if that is where it is now, give its URL with --rpc-url'
      return { ...failure, error: new WcnError('NETWORK', message, { hint, details }) }
    },
    /** What is more than anybody should parse; null where it is not. */
    excessive(answer: Buffer): Failure | null {
      const excess = whyNotParsed(answer)
      return excess === null ? null : failed(`it answers with ${excess}`, 'lasting')
    },
  }
}

/** Those that are given replace Node's own list. Node 22 and later know all that were set, such as with --use-system-ca. */
async function usualAuthorities(): Promise<readonly string[]> {
  const tls: typeof import('node:tls') & { getCACertificates?: (type: 'default') => string[] } = (
    await import('node:tls')
  ).default
  return tls.getCACertificates?.('default') ?? tls.rootCertificates
}

/** What the network says when it may be right again in a moment; a wrong name or certificate stays wrong. */
const PASSING = /^(?:ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EAI_AGAIN|E(?:NET|HOST)UNREACH)$/

export function meaningOfErrno(errno: string | undefined): 'passing' | 'lasting' {
  return errno !== undefined && PASSING.test(errno) ? 'passing' : 'lasting'
}

/** `Retry-After` in seconds or as a date, as milliseconds from now. */
export function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  if (/^\s*[0-9]{1,9}\s*$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

export type RequestLimit = ReturnType<typeof requestLimit>

/** How long one answer may take, all attempts at it together: the provider's limit or what is left of --timeout. */
export function requestLimit(host: string, timeoutMs: number, deadline?: Deadline, proxy: string | null = null) {
  let pausesMs = 0
  const started = monotonicMs()
  const ownMs = () => started + timeoutMs + pausesMs - monotonicMs()
  const allMs = () => deadline?.remainingMs() ?? Infinity
  return {
    /** Milliseconds; 0 once it has passed. */
    remainingMs: () => Math.max(0, Math.min(ownMs(), allMs())),
    /** What to throw then. */
    passed: () =>
      allMs() > Math.max(0, ownMs())
        ? unreachable(host, `no answer within ${timeoutMs / 1000} s`, proxy)
        : new WcnError('NETWORK', `${TIME_IS_UP}, and the RPC provider ${host} has not answered`, {
            hint: 'give more time with --timeout, or use another provider with --rpc-url',
            details: { host, reason: TIME_IS_UP },
          }),
    /** Whether there is time for a pause that the provider asks for; then it does not count as its slowness. */
    allowsPause(ms: number): boolean {
      const leftMs = Math.min(allMs(), allMs() === Infinity ? LONGEST_PAUSES_MS - pausesMs : Infinity)
      if (ms >= leftMs) return false
      pausesMs += ms
      return true
    },
  }
}

export function late(limit: RequestLimit): Failure {
  return { ok: false, error: limit.passed(), means: 'lasting' }
}
