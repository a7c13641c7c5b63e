import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectHttp } from '../../../src/adapters/evm/http-json-rpc.js'
import type { JsonRpc } from '../../../src/adapters/evm/json-rpc.js'
import { type FakeProvider, Fault, isBatch, startFakeProvider, TOKEN } from '../../support/fake-provider.js'
import { rejectedBy } from '../../support/rejected.js'

let provider: FakeProvider
let rpc: JsonRpc | undefined
beforeAll(async () => {
  provider = await startFakeProvider()
})
afterAll(() => provider.stop())
afterEach(() => {
  rpc?.close()
  provider.reset()
})

async function connect(timeoutMs = 5000): Promise<JsonRpc> {
  rpc = await connectHttp(provider.url, timeoutMs)
  return rpc
}

const three = ['a', 'b', 'c'].map((method) => ({ method, params: [method] }))
const answers = () => {
  provider.methods = { a: () => 'A', b: () => new Fault(-32000, 'no b'), c: () => null }
}
const replies = [
  { ok: true, result: 'A' },
  { ok: false, error: { code: -32000, message: 'no b', data: undefined } },
  { ok: true, result: null },
]
const status = (code: number, text: string) => (_: unknown, response: ServerResponse) => {
  response.statusCode = code
  response.end(text)
  return true
}

describe('a batch', () => {
  it('is one HTTP request, and its replies come in the order of the requests', async () => {
    answers()
    expect(await (await connect()).send(three)).toEqual(replies)
    expect(provider.received).toHaveLength(1)
    expect(provider.received[0]).toEqual([
      { jsonrpc: '2.0', id: 0, method: 'a', params: ['a'] },
      { jsonrpc: '2.0', id: 1, method: 'b', params: ['b'] },
      { jsonrpc: '2.0', id: 2, method: 'c', params: ['c'] },
    ])
  })

  it('may be answered in any order, with strangers in between', async () => {
    provider.onPost = (_, response) => {
      const mixed = [
        { id: 2, result: 'third' },
        { id: 1e9, result: 'stray' },
        { id: -1, result: 'stray' },
        { id: null, error: { code: 1, message: 'stray' } },
        { id: 0, result: 'first' },
        { id: 1, result: 'second' },
      ]
      response.end(JSON.stringify(mixed))
      return true
    }
    const got = await (await connect()).send(three)
    expect(got.map((reply) => reply.ok && reply.result)).toEqual(['first', 'second', 'third'])
    expect(provider.received).toHaveLength(1)
  })

  it('of one request is no batch', async () => {
    answers()
    await (await connect()).send(three.slice(0, 1))
    expect(provider.received).toMatchObject([{ method: 'a' }])
  })

  it('sends its token where it belongs', async () => {
    let seen: unknown
    provider.onPost = (_, response) => {
      const { url, headers } = response.req
      seen = { url, authorization: headers.authorization, type: headers['content-type'] }
      return false
    }
    answers()
    await (await connect()).send(three)
    expect(seen).toEqual({
      url: `/v2/${TOKEN}?key=${TOKEN}`,
      authorization: `Basic ${Buffer.from(`user:${TOKEN}`).toString('base64')}`,
      type: 'application/json',
    })
  })
})

describe('a provider without batches is asked one by one, from then on', () => {
  it.each<[string, FakeProvider['onPost']]>([
    [
      'it answers with one error object',
      status(200, '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"x"}}'),
    ],
    ['HTTP 400 and text', status(400, 'Bad Request')],
    ['HTTP 500 and text', status(500, 'Internal Server Error')],
    ['HTTP 413 and a page', status(413, '<html>too large</html>')],
    ['nothing', status(200, '')],
    ['too few replies', status(200, '[{"id":0,"result":"A"}]')],
    ['an empty list', status(200, '[]')],
    ['a list of garbage', status(200, '[1,"x",null,{}]')],
  ])('%s', async (_, refusal) => {
    answers()
    provider.onPost = (body, response) => isBatch(body) && refusal(body, response)
    const connection = await connect()
    expect(await connection.send(three)).toEqual(replies)
    expect(provider.received.map(isBatch)).toEqual([true, false, false, false])
    expect(await connection.send(three)).toEqual(replies)
    expect(provider.received).toHaveLength(7)
  })
})

describe('trouble is a NETWORK error that names the host and never the token', () => {
  const trouble = async (timeoutMs?: number) => {
    const error = await rejectedBy((await connect(timeoutMs)).send(three))
    expect(error.code).toBe('NETWORK')
    expect(error.message).toContain(provider.host)
    expect(error.hint).toBeTruthy()
    const all = JSON.stringify([error.message, error.hint, error.details, error.stack, String(error.cause)])
    expect(all).not.toContain(TOKEN)
    return `${error.message}; ${error.hint}`
  }

  it.each([
    ['HTML', 200, '<!DOCTYPE html><p>hello', /an HTML page \(HTTP 200\)/],
    ['a page with an error', 502, '\n<html>Bad Gateway</html>', /an HTML page \(HTTP 502\)/],
    ['nothing', 200, '', /nothing \(HTTP 200\)/],
    ['garbage', 200, '\u0000\u0001garbage', /something that is not JSON/],
    ['half a document', 200, '{"jsonrpc":"2.0","id":1,"resu', /something that is not JSON/],
    ['another kind of JSON', 200, '{"hello":"world"}', /no JSON-RPC reply/],
    ['a scalar', 200, '42', /no JSON-RPC reply/],
    ['401', 401, 'nope', /HTTP 401.*token/],
    ['403', 403, '<html>forbidden</html>', /HTML page \(HTTP 403\).*token/],
    ['429', 429, 'slow down', /HTTP 429.*wait/],
    [
      '429 in JSON-RPC',
      429,
      '{"id":null,"error":{"code":429,"message":"compute units exceeded"}}',
      /compute units exceeded/,
    ],
  ])('%s', async (_, code, text, sentence) => {
    provider.onPost = status(code, text)
    expect(await trouble()).toMatch(sentence)
  })

  it.each([401, 403, 429])('%i is final: it is not asked again in another form', async (code) => {
    provider.onPost = status(code, 'no')
    await trouble()
    expect(provider.received).toHaveLength(1)
  })

  it('an answer that is cut short', async () => {
    provider.onPost = (_, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('[{"id":0,')
      setImmediate(() => response.destroy())
      return true
    }
    expect(await trouble()).toMatch(/cut its answer short|ECONNRESET/)
  })

  it('a connection that is cut before the answer', async () => {
    provider.onPost = (_, response) => {
      response.destroy()
      return true
    }
    expect(await trouble()).toContain('ECONNRESET')
  })

  it('no answer within the deadline', async () => {
    provider.onPost = () => true
    expect(await trouble(50)).toContain('no answer within 0.05 s')
  })

  it('an answer that never ends', async () => {
    let drip: NodeJS.Timeout | undefined
    provider.onPost = (_, response) => {
      drip = setInterval(() => response.write(' '), 5)
      return true
    }
    expect(await trouble(50)).toContain('no answer within')
    clearInterval(drip)
  })

  it('more than anybody would answer', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 32)
    provider.onPost = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(megabyte));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
      return true
    }
    expect(await trouble()).toContain('more than 64 MiB')
  })

  it('nobody who listens', async () => {
    const gone = createServer()
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
    const { port } = gone.address() as AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    rpc = await connectHttp(`http://127.0.0.1:${port}/${TOKEN}`, 1000)
    const error = await rejectedBy(rpc.send(three))
    expect(error.message).toContain('ECONNREFUSED')
    expect(error.message).not.toContain(TOKEN)
  })
})

it('an error reply is no trouble of the network', async () => {
  provider.methods = { a: () => new Fault(3, 'execution reverted', '0x1234') }
  expect(await (await connect()).send(three.slice(0, 1))).toEqual([
    { ok: false, error: { code: 3, message: 'execution reverted', data: '0x1234' } },
  ])
})

it('keeps one connection for all its requests', async () => {
  const ports = new Set<number | undefined>()
  provider.onPost = (_, response) => {
    ports.add(response.req.socket.remotePort)
    return false
  }
  answers()
  const connection = await connect()
  for (let n = 0; n < 3; n++) await connection.send(three)
  expect(ports.size).toBe(1)
})
