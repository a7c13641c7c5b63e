/**
 * An RPC provider that says again whatever it was sent, headers and path included, wherever an answer has room for
 * words: what some do in their errors, and what must never reach a screen.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { encodeErrorResult, parseAbi } from 'viem'
import type { Call } from './fault-proxy.js'

const FORMS = {
  /** A JSON-RPC error, its data too. */
  error: (words: string) => ({ error: { code: -32000, message: `bad request: ${words}`, data: words } }),
  /** The contract's own refusal, or what is said to be that. */
  revert: (words: string) => ({
    error: { code: 3, message: `execution reverted: ${words}`, data: reverted(words) },
  }),
  /** An answer to another question. */
  result: (words: string) => ({ result: words }),
} as const
const PAGES = ['page', 'status', 'redirect'] as const

export type Echo = keyof typeof FORMS | (typeof PAGES)[number]
export const ECHOES = [...(Object.keys(FORMS) as (keyof typeof FORMS)[]), ...PAGES]

export interface EchoingProvider {
  /** Without a path. */
  readonly url: string
  /** Authorization headers and raw transactions that it was sent. */
  readonly heard: { readonly authorization: string[]; readonly raw: string[] }
  echo: Echo
  /** What it answers so; the rest goes to the chain. */
  only: (method: string) => boolean
  stop(): Promise<void>
}

export async function startEchoingProvider(upstream: () => string): Promise<EchoingProvider> {
  const server = createServer(async (request, response) => {
    const body = await readBody(request)
    const parsed = JSON.parse(body) as Call | readonly Call[]
    const calls = Array.isArray(parsed) ? (parsed as readonly Call[]) : [parsed as Call]
    const { authorization } = request.headers
    if (authorization) provider.heard.authorization.push(authorization)
    for (const { method, params } of calls)
      if (method === 'eth_sendRawTransaction') provider.heard.raw.push(String(params[0]))
    if (!calls.some(({ method }) => provider.only(method))) {
      const headers = { 'content-type': 'application/json' }
      response.end(await (await fetch(upstream(), { method: 'POST', headers, body })).text())
      return
    }
    const words = `${request.url} ${JSON.stringify(request.headers)} ${body}`
    const { echo } = provider
    if (echo === 'page') return void response.writeHead(400).end(`<html>${words}</html>`)
    if (echo === 'status') return void response.writeHead(503, words).end(words)
    if (echo === 'redirect')
      return void response.writeHead(302, { location: `${provider.url}/?${encodeURI(words)}` }).end()
    const replies = calls.map(({ id }) => ({ jsonrpc: '2.0', id, ...FORMS[echo](words) }))
    response.end(JSON.stringify(Array.isArray(parsed) ? replies : replies[0]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const provider: EchoingProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard: { authorization: [], raw: [] },
    echo: 'error',
    only: () => true,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return provider
}

function reverted(words: string): string {
  return encodeErrorResult({ abi: parseAbi(['error Error(string)']), errorName: 'Error', args: [words] })
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
