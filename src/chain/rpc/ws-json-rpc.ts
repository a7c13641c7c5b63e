/** JSON-RPC over a WebSocket: what the real nodes' RPC_PROVIDER_URL is. A session is opened with the first request. */
import { revealed, type TransportOptions } from './json-rpc.js'
import type { Attempt, Link } from './link.js'
import type { RequestLimit } from './request-limit.js'
import { wayTo } from './way-there.js'
import { openSession, type SocketTarget, type WsSession } from './ws-session.js'

export async function wsLink(url: URL, options: TransportOptions = {}): Promise<Link> {
  // A WebSocket's URL has no fragment; HTTP leaves it out by itself.
  url.hash = ''
  const { headers = {}, scrub = (text: string) => text } = options
  const { host, proxy, ca, throughProxy } = await wayTo(url, options)
  const through = throughProxy?.()
  const closed = new AbortController()
  const target: SocketTarget = {
    url,
    options: { headers: revealed(headers), ...(ca && { ca }), ...(through && { agent: through.agent }) },
    host,
    proxy,
    scrub,
    closed: closed.signal,
  }
  let session: Promise<Attempt<WsSession>> | undefined
  let number = 0

  const live = async (limit: RequestLimit): Promise<Attempt<WsSession>> => {
    const known = session
    const opened = await known
    if (known && opened?.ok && opened.value.isUsable()) return known
    // Whoever sees first that there is none opens the next one for all.
    if (session === known || !session) session = openSession(target, limit)
    return session
  }
  return {
    host,
    get connection() {
      return number
    },
    async ask(requests, limit) {
      const current = await live(limit)
      return current.ok ? current.value.ask(requests, limit) : current
    },
    leave(left) {
      if (left !== number) return
      void session?.then((opened) => opened.ok && opened.value.closeWhenDone())
      session = undefined
      number++
    },
    close() {
      closed.abort()
      through?.close()
    },
  }
}
