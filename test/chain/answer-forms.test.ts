/** Answers as they come from real providers, and from hostile ones: over HTTP and WebSocket alike where both have them. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../src/base/secret.js'
import { connectJsonRpc } from '../../src/chain/rpc/connect-json-rpc.js'
import type { JsonRpc, RpcRequest, TransportOptions } from '../../src/chain/rpc/json-rpc.js'
import { type FakeProvider, isBatch, startFakeProvider, TOKEN } from '../support/fake-provider.js'
import { rejectedBy } from '../support/rejected.js'

let provider: FakeProvider
let elsewhere: FakeProvider
const open: JsonRpc[] = []
beforeAll(async () => {
  ;[provider, elsewhere] = await Promise.all([startFakeProvider(), startFakeProvider()])
})
afterAll(() => Promise.all([provider.stop(), elsewhere.stop()]))
afterEach(() => {
  for (const rpc of open.splice(0)) rpc.close()
  provider.reset()
  elsewhere.reset()
})

const request = (method: string): RpcRequest => ({ method, params: [] })
const three = ['a', 'b', 'c'].map(request)
const BOTH = ['http', 'ws'] as const
const urlOf = (transport: (typeof BOTH)[number]) => (transport === 'http' ? provider.url : provider.wsUrl)

async function connect(transport: (typeof BOTH)[number], options: TransportOptions = {}): Promise<JsonRpc> {
  const rpc = await connectJsonRpc(urlOf(transport), 5000, options)
  open.push(rpc)
  return rpc
}

/** Nothing more is answered by itself. */
const sent = (_: unknown) => true

/** The whole answer to a POST, or to each frame. */
function answer(text: (id: number, place: number) => string, headers: Readonly<Record<string, string>> = {}) {
  let place = 0
  provider.onPost = (body, response) => {
    const given = isBatch(body) ? `[${body.map(({ id }, at) => text(id, at)).join()}]` : text(body.id, place++)
    response.writeHead(200, headers).end(given)
    return true
  }
  provider.onFrame = ({ id }, socket) => {
    socket.send(text(id, place++))
    return true
  }
}
const results = async (rpc: JsonRpc, requests = three) =>
  (await rpc.send(requests)).map((reply) => (reply.ok ? reply.result : reply.error.message))

describe.each(BOTH)('%s', (transport) => {
  it('takes ids that come back as text', async () => {
    answer((id) => JSON.stringify({ id: String(id), result: `r${id}` }))
    expect(new Set(await results(await connect(transport)))).toEqual(new Set(['r0', 'r1', 'r2']))
  })

  it('takes of two answers to one request the first', async () => {
    answer((id) => JSON.stringify({ id, result: 'first' }))
    if (transport === 'http') answer((id) => `{"id":${id},"result":"first"},{"id":${id},"result":"second"}`)
    expect(await results(await connect(transport))).toEqual(['first', 'first', 'first'])
  })

  it.each([
    ['null', '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"the key is not known"}}'],
    ['left out', '{"error":{"code":-32000,"message":"the key is not known"}}'],
    ['left out, with a text for an error', '{"error":"the key is not known"}'],
  ])('ends what is under way with the words of an error without an id: it is %s', async (_, text) => {
    provider.onPost = (_, response) => sent(response.end(text))
    provider.onFrame = (_, socket) => sent(socket.send(text))
    const said = await (await connect(transport)).send(three).then(
      (replies) => replies.map((reply) => (reply.ok ? '' : reply.error.message)).join(),
      (error: Error) => error.message,
    )
    expect(said).toContain('the key is not known')
  })

  it('asks again where the rate is limited in an answer without an id', async () => {
    provider.methods = { a: () => 'A' }
    const limited = '{"id":null,"error":{"code":-32005,"message":"too many requests for this key"}}'
    const isFirst = () => provider.received.length === 1
    provider.onPost = (_, response) => isFirst() && sent(response.end(limited))
    provider.onFrame = (_, socket) => isFirst() && sent(socket.send(limited))
    const rpc = await connect(transport, { retries: true })
    expect(await results(rpc, three.slice(0, 1))).toEqual(['A'])
  })

  it.each<[string, string, RegExp]>([
    ['deeply nested', `${'['.repeat(40)}${']'.repeat(40)}`, /nested too deeply/],
    ['of very many values', `[${Array(600_000).fill('{}').join()}]`, /more than 500000 values/],
    ['far longer than what was asked for', `"${'0'.repeat(17 * 1024 * 1024)}"`, /more than 16 MiB/],
  ])('does not parse an answer that is %s, nor ask again', async (_, result, sentence) => {
    answer((id) => `{"id":${id},"result":${result}}`)
    const rpc = await connect(transport, { retries: true })
    const error = await rejectedBy(rpc.send([request('eth_getLogs')]))
    expect(error.code).toBe('NETWORK')
    expect(error.message).toMatch(sentence)
    expect(provider.asked()).toEqual(['eth_getLogs'])
  })

  it('takes three small answers, and no large one in their place', async () => {
    answer((id) => `{"id":${id},"result":"${'0'.repeat(2 * 1024 * 1024)}"}`)
    expect((await rejectedBy((await connect(transport)).send(three))).message).toMatch(/more than (1|3) MiB/)
  })

  it('takes a view of 7 MiB, and not one of 9', async () => {
    const view = (mib: number) => answer((id) => `{"id":${id},"result":"0x${'0'.repeat(mib * 1024 * 1024)}"}`)
    const rpc = await connect(transport)
    view(7)
    expect((await results(rpc, [request('eth_call')]))[0]).toHaveLength(7 * 1024 * 1024 + 2)
    view(9)
    expect((await rejectedBy(rpc.send([request('eth_call')]))).message).toContain('more than 8 MiB')
  })
})

describe('a redirect', () => {
  const to = (location: string, status = 307) => {
    provider.onPost = (_, response) => {
      response.writeHead(status, { location }).end()
      return true
    }
  }

  it.each([301, 302, 303, 307, 308])('%i is named, and nothing is sent there', async (status) => {
    to(`http://${elsewhere.host}/v2/${TOKEN}?key=${TOKEN}`, status)
    const rpc = await connect('http', { retries: true, headers: { Authorization: new Secret(TOKEN) } })
    const error = await rejectedBy(rpc.send(three))
    expect(error.message).toContain(`it redirects to http://${elsewhere.host}, which is not followed`)
    expect(error.hint).toContain('--rpc-url')
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain(TOKEN)
    expect(provider.received).toHaveLength(1)
    expect(elsewhere.received).toHaveLength(0)
  })

  it.each([
    ['relative', '/other', /redirects to http:\/\/127\.0\.0\.1:[0-9]+,/],
    ['garbage', 'http://[', /redirects to elsewhere,/],
    ['another kind of address', `javascript:${TOKEN}`, /redirects to elsewhere,/],
  ])('may be %s', async (_, location, sentence) => {
    to(location)
    expect((await rejectedBy((await connect('http')).send(three))).message).toMatch(sentence)
  })

  it('has its host scrubbed like all that a provider says', async () => {
    to(`https://${TOKEN}.example/`)
    const rpc = await connect('http', { scrub: (text) => text.replaceAll(TOKEN, '[redacted]') })
    expect((await rejectedBy(rpc.send(three))).message).toContain('https://[redacted].example,')
  })
})

describe('a compressed answer, though none is asked for', () => {
  const compressed = (encoding: string, compress: (text: Buffer) => Buffer, result = 'r') => {
    let asked: unknown
    provider.onPost = (body, response) => {
      asked = response.req.headers['accept-encoding']
      const replies = [body].flat().map(({ id }) => ({ id, result }))
      response.setHeader('content-encoding', encoding)
      response.end(compress(Buffer.from(JSON.stringify(isBatch(body) ? replies : replies[0]))))
      return true
    }
    return () => asked
  }

  it.each<[string, string, (text: Buffer) => Buffer]>([
    ['gzip', 'gzip', gzipSync],
    ['x-gzip', 'X-GZIP', gzipSync],
    ['deflate', 'deflate', deflateSync],
    ['deflate without its head', 'deflate', deflateRawSync],
    ['br', 'br', brotliCompressSync],
    ['both', 'gzip, br', (text) => brotliCompressSync(gzipSync(text))],
    ['none at all', 'identity', (text) => text],
  ])('is read: %s', async (_, encoding, compress) => {
    const asked = compressed(encoding, compress)
    expect(await results(await connect('http'))).toEqual(['r', 'r', 'r'])
    expect(asked()).toBe('identity')
  })

  it.each<[string, string, (text: Buffer) => Buffer]>([
    ['in a way that nobody knows', 'snappy', (text) => text],
    ['and is not', 'gzip', (text) => text],
    ['and cut short', 'gzip', (text) => gzipSync(text).subarray(0, -4)],
    ['and empty', 'deflate', () => Buffer.alloc(0)],
  ])('is refused where it is said to be %s', async (_, encoding, compress) => {
    compressed(encoding, compress)
    expect((await rejectedBy((await connect('http')).send(three))).message).toContain('can not be read')
  })

  it.each<[string, (text: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('is bounded by what it becomes: %s', async (encoding, compress) => {
    compressed(encoding, compress, '0'.repeat(1_500_000))
    expect((await rejectedBy((await connect('http')).send(three))).message).toContain('more than 3 MiB')
  })
})

it('an answer in chunks of one byte is put together', async () => {
  provider.onPost = (_, response) => {
    // Written past the framework, which would put them together.
    response.flushHeaders()
    const text = JSON.stringify({ id: 1, result: `0x${'5'.repeat(50_000)}` })
    response.socket?.write(`${[...text].map((letter) => `1\r\n${letter}\r\n`).join('')}0\r\n\r\n`)
    return true
  }
  expect(await results(await connect('http'), three.slice(0, 1))).toEqual([`0x${'5'.repeat(50_000)}`])
})

describe('a WebSocket', () => {
  it.each<[number, string, RegExp]>([
    [1013, 'try again later', /closed the connection \(1013: "try again later"\)/],
    [1008, '', /closed the connection \(1008\)/],
    [4001, `token ${TOKEN} expired`, /closed the connection \(4001: "token \[redacted\] expired"\)/],
  ])('that is closed says with which code: %i', async (code, reason, sentence) => {
    provider.onFrame = (_, socket) => sent(socket.close(code, reason))
    const scrub = (text: string) => text.replaceAll(TOKEN, '[redacted]')
    expect((await rejectedBy((await connect('ws', { scrub })).send(three))).message).toMatch(sentence)
  })

  it('is left where it sends without end what nobody asked for', async () => {
    provider.onFrame = (_, socket) => {
      const flood = () => socket.send(`{"method":"x","params":"${'0'.repeat(100_000)}"}`, (error) => !error && flood())
      flood()
      return true
    }
    expect((await rejectedBy((await connect('ws')).send(three))).message).toContain('what it was not asked for')
  })

  it('does not offer to compress', async () => {
    answer((id) => JSON.stringify({ id, result: 'r' }))
    expect(await results(await connect('ws'))).toEqual(['r', 'r', 'r'])
    expect(provider.handshakes.at(-1)?.['sec-websocket-extensions']).toBeUndefined()
  })
})
