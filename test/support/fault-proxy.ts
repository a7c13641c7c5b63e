/**
 * A provider on loopback between the tool and a real chain: passes every request on, notes it, and does at a single one
 * whatever a test wants to go wrong there. What happens is decided by the requests themselves, never by a clock.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Call {
  readonly jsonrpc: string
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
}

export interface Reply {
  readonly jsonrpc: string
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
}

/** One HTTP request of the tool, with what can be done about it. */
export interface Exchange {
  /** Counted from 0 since the proxy was started or reset. */
  readonly index: number
  /** What is asked, in order; more than one where it is a batch. */
  readonly calls: readonly Call[]
  /** The names of their methods, joined by spaces: how a step is called. */
  readonly name: string
  asks(method: string): boolean
  /** Brings the request to the chain, or to another one, each time it is called; gives its answer. */
  deliver(url?: string): Promise<string>
  /** The same with other calls, for those who answer another question than they were asked. */
  ask(calls: readonly Call[], url?: string): Promise<readonly Reply[]>
  answer(text: string, status?: number, headers?: Readonly<Record<string, string>>): void
  /** In the shape of the request: a batch or a single reply. */
  reply(replies: readonly Reply[]): void
  /** Closes the connection without a word. */
  drop(): void
}

/** Does something with an exchange in place of passing it on. It may leave it without an answer. */
export type Behaviour = (exchange: Exchange) => unknown

export interface FaultProxy {
  readonly url: string
  /** As the tool names it in messages. */
  readonly host: string
  /** Every request so far, in order. */
  readonly seen: readonly Exchange[]
  /** Every transaction that was to be sent so far, raw. */
  readonly raw: readonly string[]
  /** Asked for each request; undefined passes it on. */
  decide: (exchange: Exchange) => Behaviour | undefined
  /** Resolves once nothing is under way to the chain any more. */
  idle(): Promise<void>
  /** As new, on the same port; `decide` too. */
  reset(): Promise<void>
  stop(): Promise<void>
}

/** `upstream` may change from run to run, so it is asked for. */
export async function startFaultProxy(upstream: () => string): Promise<FaultProxy> {
  const underWay = new Set<Promise<unknown>>()
  const seen: Exchange[] = []
  const track = <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work)
    work.finally(() => underWay.delete(work)).catch(() => {})
    return work
  }
  const post = (url: string, body: string) =>
    track(
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then((answer) =>
        answer.text(),
      ),
    )

  const server = createServer((request, response) => {
    const handled = readBody(request).then(async (body) => {
      const exchange = exchangeOf(body, response, seen.length, (text, url = upstream()) => post(url, text))
      seen.push(exchange)
      const behave = proxy.decide(exchange) ?? passOn
      await behave(exchange)
    })
    // What fails here fails as a provider does; the test sees it by what the tool says.
    track(handled).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(599)
      response.end(String(error))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const proxy: FaultProxy = {
    url: `http://${host}`,
    host,
    seen,
    get raw() {
      const sent = seen.flatMap(({ calls }) => calls.filter(({ method }) => method === SEND))
      return sent.map(({ params }) => String(params[0]))
    },
    decide: () => undefined,
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay)
    },
    async reset() {
      server.closeAllConnections()
      await proxy.idle()
      seen.length = 0
      proxy.decide = () => undefined
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
  return proxy
}

export const SEND = 'eth_sendRawTransaction'

/** What a sound provider does. */
export const passOn: Behaviour = async (exchange) => exchange.answer(await exchange.deliver())

function exchangeOf(
  body: string,
  response: ServerResponse,
  index: number,
  post: (body: string, url?: string) => Promise<string>,
): Exchange {
  const json = JSON.parse(body) as Call | readonly Call[]
  const calls = isList(json) ? json : [json]
  const shaped = (list: readonly unknown[]) => JSON.stringify(isList(json) ? list : list[0])
  const exchange: Exchange = {
    index,
    calls,
    name: calls.map(({ method }) => method).join(' '),
    asks: (method) => calls.some((call) => call.method === method),
    deliver: (url) => post(body, url),
    ask: async (others, url) => JSON.parse(await post(JSON.stringify(others), url)) as readonly Reply[],
    answer(text, status = 200, headers = {}) {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
    },
    reply: (replies) => exchange.answer(shaped(replies)),
    drop: () => void response.destroy(),
  }
  return exchange
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
