/** JSON-RPC over a WebSocket: what the real nodes' RPC_PROVIDER_URL is. */
import { isRepeatable, type JsonRpc, revealed, type TransportOptions } from './json-rpc.js'
import { type RequestLimit, requestLimit } from './request-limit.js'
import { type Attempt, withRetries } from './with-retries.js'
import { openSession, type SocketTarget, type WsSession } from './ws-session.js'

/**
 * Providers drop a connection that is idle, such as while somebody is asked for consent: the next requests get a new
 * one. What was under way when it broke is asked again only where that is allowed.
 */
export async function connectWebSocket(
  url: string,
  timeoutMs: number,
  options: TransportOptions = {},
): Promise<JsonRpc> {
  const { deadline, retries = false } = options
  const { target, close } = await route(new URL(url), options)
  const { host, proxy } = target
  let session: Promise<Attempt<WsSession>> | undefined
  let closed = false

  const live = async (limit: RequestLimit): Promise<Attempt<WsSession>> => {
    const known = session
    const opened = await known
    if (known && opened?.ok && opened.value.isUsable()) return known
    // Whoever sees first that there is none opens the next one for all.
    if (session === known || !session) session = openSession(target, limit)
    const current = session
    const next = await current
    if (closed && next.ok) next.value.close()
    return next
  }
  return {
    host,
    send(requests) {
      const limit = requestLimit(host, timeoutMs, deadline, proxy)
      return withRetries(
        limit,
        () => retries && isRepeatable(requests) && !closed,
        async () => {
          const current = await live(limit)
          return current.ok ? current.value.ask(requests, limit) : current
        },
      )
    },
    close() {
      closed = true
      void session?.then((opened) => opened.ok && opened.value.close())
      close()
    },
  }
}

async function route(
  url: URL,
  { name, headers = {}, proxy = null, certificateAuthorities = null }: TransportOptions,
): Promise<{ readonly target: SocketTarget; close(): void }> {
  // A WebSocket's URL has no fragment; HTTP leaves it out by itself.
  url.hash = ''
  const ca =
    certificateAuthorities === null
      ? undefined
      : [...(await import('./trusted-certificates.js')).trustedCertificates(certificateAuthorities)]
  const through = proxy === null ? null : await (await import('./proxied-agent.js')).proxiedAgent(url, proxy, ca)
  const target = {
    url,
    options: { headers: revealed(headers), ...(ca ? { ca } : {}), ...(through ? { agent: through.agent } : {}) },
    host: name ?? url.host,
    proxy: proxy === null ? null : new URL(proxy).host,
  }
  return { target, close: () => through?.close() }
}
