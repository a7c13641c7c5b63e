/** What providers are known to do at the worst moment: each does it to one request (or from one on). */
import { type Behaviour, type Exchange, passOn, type Reply } from './fault-proxy.js'

/** `lasts`: whoever does it once does it from then on. */
export interface ProviderFault {
  readonly behave: Behaviour
  readonly lasts?: boolean
  /** No answer comes, or none any more: the tool can only wait until its time is up. */
  readonly waits?: boolean
}

const HTML = '<!doctype html><title>Sorry</title><p>We are back soon.'

export const FAULTS = {
  'drops the connection before delivery': { behave: (exchange) => exchange.drop() },
  'drops the connection after delivery': {
    behave: async (exchange) => {
      await exchange.deliver()
      exchange.drop()
    },
  },
  'answers 429': { behave: (exchange) => exchange.answer('{"error":"slow down"}', 429, { 'retry-after': '1' }) },
  'answers 500': { behave: (exchange) => exchange.answer('', 500) },
  'answers 502 with a page': { behave: (exchange) => exchange.answer(HTML, 502, { 'content-type': 'text/html' }) },
  'answers with a page': { behave: (exchange) => exchange.answer(HTML, 200, { 'content-type': 'text/html' }) },
  'answers with garbage': { behave: (exchange) => exchange.answer('\u0000\u001b[31m not JSON') },
  'answers with half of the JSON': {
    behave: async (exchange) => {
      const text = await exchange.deliver()
      exchange.answer(text.slice(0, text.length / 2))
    },
  },
  'never answers and never delivers': { behave: () => {}, waits: true },
  'delivers and never answers': { behave: (exchange) => exchange.deliver(), waits: true },
  'delivers twice': {
    behave: async (exchange) => {
      await exchange.deliver()
      exchange.answer(await exchange.deliver())
    },
  },
  'refuses with an error': { behave: (exchange) => exchange.reply(errors(exchange)) },
  'delivers and answers with an error': {
    behave: async (exchange) => {
      await exchange.deliver()
      exchange.reply(errors(exchange))
    },
  },
  'is gone from here on': { behave: (exchange) => exchange.drop(), lasts: true, waits: true },
  'delivers this and is gone': {
    behave: async (exchange) => {
      await exchange.deliver()
      exchange.drop()
    },
    lasts: true,
    waits: true,
  },
} satisfies Record<string, ProviderFault>

/** For the k-th request since the proxy was reset; `met` tells whether it came to that. */
export function atRequest(k: number, { behave, lasts = false }: ProviderFault) {
  const state = { met: false }
  const decide = (exchange: Exchange): Behaviour | undefined => {
    if (exchange.index === k) {
      state.met = true
      return behave
    }
    // Who is gone delivers nothing more.
    return lasts && exchange.index > k ? (later) => later.drop() : passOn
  }
  return { state, decide }
}

function errors({ calls }: Exchange): readonly Reply[] {
  return calls.map(({ id }) => ({ jsonrpc: '2.0', id, error: { code: -32000, message: 'internal error, try again' } }))
}
