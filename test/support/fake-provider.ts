/** An RPC provider on loopback, HTTP and WebSocket alike, that answers what a test tells it to. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'

interface Request {
  readonly jsonrpc: string
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
}

/** A JSON-RPC error, when a method gives one back. */
export class Fault {
  readonly error: { readonly code: number; readonly message: string; readonly data?: unknown }
  constructor(code: number, message: string, data?: unknown) {
    this.error = { code, message, ...(data === undefined ? {} : { data }) }
  }
}

type Method = (...params: never[]) => unknown

export interface FakeProvider {
  /** Its path is a token that must not turn up in any message. */
  readonly url: string
  readonly wsUrl: string
  readonly host: string
  /** Bodies of HTTP requests and frames, parsed, in the order they came. */
  readonly received: (Request | readonly Request[])[]
  /** Names of all methods asked for so far, in order. */
  asked(): readonly string[]
  /** What each method answers; `null` is a result like any other. */
  methods: Record<string, Method>
  /** Answers HTTP requests in the methods' place; false leaves this one to them. */
  onPost: (body: Request | readonly Request[], response: ServerResponse) => boolean
  /** The same for frames. */
  onFrame: (request: Request, socket: WebSocket) => boolean
  /** Whether WebSockets are let in: otherwise the HTTP status they are turned away with. */
  welcome: true | number
  /** Headers of those that were let in. */
  readonly handshakes: IncomingHttpHeaders[]
  reset(): void
  stop(): Promise<void>
}

export const TOKEN = 'canary-token-d34db33f'

export async function startFakeProvider(): Promise<FakeProvider> {
  const defaults = { methods: {}, onPost: () => false, onFrame: () => false, welcome: true as const }
  const answer = ({ id, method, params }: Request) => {
    const known = provider.methods[method]
    const result = known ? known(...(params as never[])) : new Fault(-32601, `the method ${method} does not exist`)
    return result instanceof Fault ? { jsonrpc: '2.0', id, error: result.error } : { jsonrpc: '2.0', id, result }
  }

  const server = createServer((request, response) => {
    readBody(request).then((text) => {
      const body = JSON.parse(text) as Request | readonly Request[]
      provider.received.push(body)
      if (provider.onPost(body, response)) return
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(isBatch(body) ? body.map(answer) : answer(body)))
    })
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (provider.welcome !== true) return void socket.end(`HTTP/1.1 ${provider.welcome} No\r\n\r\n`)
    provider.handshakes.push(request.headers)
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (frame: RawData) => {
        const request = JSON.parse(String(frame)) as Request
        provider.received.push(request)
        if (!provider.onFrame(request, client)) client.send(JSON.stringify(answer(request)))
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  const provider: FakeProvider = {
    url: `http://user:${TOKEN}@${host}/v2/${TOKEN}?key=${TOKEN}`,
    wsUrl: `ws://user:${TOKEN}@${host}/v2/${TOKEN}?key=${TOKEN}`,
    host,
    received: [],
    handshakes: [],
    asked: () => provider.received.flatMap((body) => (isBatch(body) ? body : [body])).map(({ method }) => method),
    ...defaults,
    reset: () => {
      Object.assign(provider, defaults)
      provider.received.length = 0
      provider.handshakes.length = 0
    },
    stop: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return provider
}

export function isBatch(body: Request | readonly Request[]): body is readonly Request[] {
  return Array.isArray(body)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
