import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createDeadline } from '../../../src/base/deadline.js'
import { Secret } from '../../../src/base/secret.js'
import { connectJsonRpc } from '../../../src/chain/rpc/connect-json-rpc.js'
import type { JsonRpc, TransportOptions } from '../../../src/chain/rpc/json-rpc.js'
import { type FakeProvider, Fault, isBatch, startFakeProvider, TOKEN } from '../../support/fake-provider.js'
import { type ForwardProxy, startForwardProxy } from '../../support/forward-proxy.js'
import { rejectedBy } from '../../support/rejected.js'
import { startTlsFront, TEST_AUTHORITY, type TlsFront } from '../../support/tls-front.js'

let provider: FakeProvider
let tls: TlsFront
let proxy: ForwardProxy
const open: JsonRpc[] = []
beforeAll(async () => {
  provider = await startFakeProvider()
  tls = await startTlsFront(Number(new URL(provider.url).port))
  proxy = await startForwardProxy()
})
afterAll(() => Promise.all([provider.stop(), tls.stop(), proxy.stop()]))
afterEach(() => {
  closeAll()
  provider.reset()
  proxy.reset()
})

async function connect(timeoutMs = 5000, options?: TransportOptions, url = provider.url): Promise<JsonRpc> {
  const rpc = await connectJsonRpc(url, timeoutMs, options)
  open.push(rpc)
  return rpc
}
const closeAll = () => {
  for (const rpc of open.splice(0)) rpc.close()
}
const secureUrl = () => `https://user:${TOKEN}@127.0.0.1:${tls.port}/${TOKEN}`

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
    ['HTTP 403 and a page', status(403, '<html>403 Forbidden</html>')],
    ['HTTP 403 and an error', status(403, '{"id":null,"error":{"code":31,"message":"3 calls at most"}}')],
    ['HTTP 429 and an error', status(429, '{"id":null,"error":{"code":31,"message":"no batches for you"}}')],
    ['HTTP 500 and an error', status(500, '{"id":null,"error":{"code":-32603,"message":"Internal error"}}')],
    ['an error that has no id in a list', status(200, '[{"id":null,"error":{"code":-32600,"message":"x"}}]')],
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
    ['407', 407, 'nope', /HTTP 407.*HTTPS_PROXY/],
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

  it.each([401, 402, 407])('%i is final: it is not asked again in another form', async (code) => {
    provider.onPost = status(code, 'no')
    await trouble()
    expect(provider.received).toHaveLength(1)
  })

  it.each([400, 403, 404, 429, 500])(
    '%i may be about the batch: that is found out by a single request',
    async (code) => {
      provider.onPost = status(code, 'no')
      expect(await trouble()).toContain(`HTTP ${code}`)
      expect(provider.received.map(isBatch)).toEqual([true, false])
    },
  )

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
    expect(await trouble()).toContain('more than 3 MiB')
  })

  it('nobody who listens', async () => {
    const gone = createServer()
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
    const { port } = gone.address() as AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    const error = await rejectedBy((await connect(1000, {}, `http://127.0.0.1:${port}/${TOKEN}`)).send(three))
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

describe('headers', () => {
  const seen = () => {
    const headers: Record<string, unknown>[] = []
    provider.onPost = (_, response) => {
      headers.push(response.req.headers)
      return false
    }
    answers()
    return headers
  }

  it('arrive with each request, and take the place of the URL’s own', async () => {
    const headers = seen()
    const connection = await connect(5000, {
      headers: { Authorization: new Secret(`Bearer ${TOKEN}`), 'X-Api-Key': new Secret('k') },
    })
    await connection.send(three)
    await connection.send(three.slice(0, 1))
    for (const one of headers)
      expect(one).toMatchObject({
        authorization: `Bearer ${TOKEN}`,
        'x-api-key': 'k',
        'content-type': 'application/json',
      })
    expect(headers).toHaveLength(2)
  })

  it('are in no message', async () => {
    provider.onPost = status(500, 'no')
    const error = await rejectedBy((await connect(5000, { headers: { A: new Secret(TOKEN) } })).send(three))
    expect(JSON.stringify([error.message, error.hint, error.details, error.stack])).not.toContain(TOKEN)
  })
})

describe('what fails for a moment', () => {
  const retrying = (timeoutMs = 5000) => connect(timeoutMs, { retries: true })
  /** The first `times` requests go wrong. */
  const failing = (times: number, fail: (response: ServerResponse) => unknown) => {
    answers()
    provider.onPost = (_, response) => {
      if (provider.received.length > times) return false
      fail(response)
      return true
    }
  }
  const sending = [{ method: 'eth_sendRawTransaction', params: ['0x02'] }]

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['a cut connection', (response) => response.destroy()],
    [
      'an answer cut short',
      (response) => response.writeHead(200, { 'content-length': 99 }).write('[', () => response.destroy()),
    ],
    ['429', (response) => response.writeHead(429).end('slow down')],
    ['429 in JSON-RPC', (response) => response.writeHead(429).end('{"id":1,"error":{"code":429,"message":"x"}}')],
    ['502', (response) => response.writeHead(502).end('<html>Bad Gateway')],
    ['503', (response) => response.writeHead(503).end()],
    ['529', (response) => response.writeHead(529).end('overloaded')],
    [
      'Retry-After in the past',
      (response) => response.writeHead(503, { 'retry-after': new Date(0).toUTCString() }).end(),
    ],
    ['Retry-After that is none', (response) => response.writeHead(503, { 'retry-after': 'soon' }).end()],
  ])('is asked again twice, as a batch: %s', async (_, fail) => {
    failing(2, fail)
    expect(await (await retrying()).send(three)).toEqual(replies)
    expect(provider.received.map(isBatch)).toEqual([true, true, true])
  })

  it('is asked again where it was asked alone', async () => {
    failing(2, (response) => response.writeHead(503).end())
    expect(await (await retrying()).send(three.slice(0, 1))).toEqual(replies.slice(0, 1))
    expect(provider.received).toHaveLength(3)
  })

  it('and not a third time', async () => {
    failing(99, (response) => response.writeHead(503).end('down'))
    const error = await rejectedBy((await retrying()).send(three))
    expect(error.code).toBe('NETWORK')
    expect(error.message).toContain('HTTP 503')
    expect(provider.received).toHaveLength(3)
  })

  it('nor at all where that was not wanted', async () => {
    failing(1, (response) => response.destroy())
    expect((await rejectedBy((await connect()).send(three))).code).toBe('NETWORK')
    expect(provider.received).toHaveLength(1)
  })

  it('a single request that ends in 500 is, a proper reply with that status is not', async () => {
    failing(1, (response) => response.writeHead(500).end('oops'))
    expect(await (await retrying()).send(three.slice(0, 1))).toEqual(replies.slice(0, 1))
    expect(provider.received).toHaveLength(2)
    provider.onPost = status(500, '{"id":1,"error":{"code":3,"message":"execution reverted"}}')
    expect(await (await retrying()).send(three.slice(0, 1))).toMatchObject([{ ok: false, error: { code: 3 } }])
    expect(provider.received).toHaveLength(3)
  })

  it('is given the pause it asks for', async () => {
    failing(1, (response) => response.writeHead(429, { 'retry-after': '1' }).end())
    const start = performance.now()
    expect(await (await retrying()).send(three)).toEqual(replies)
    expect(performance.now() - start).toBeGreaterThan(990)
    expect(provider.received).toHaveLength(2)
  })

  it('is given up where it wants more than a person wants to wait, and says so', async () => {
    failing(1, (response) => response.writeHead(429, { 'retry-after': '61' }).end())
    const error = await rejectedBy((await retrying()).send(three))
    expect(error.message).toContain('HTTP 429')
    expect(error.hint).toContain('61 s')
    expect(provider.received).toHaveLength(1)
  })

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['a cut connection', (response) => response.destroy()],
    ['429', (response) => response.writeHead(429, { 'retry-after': '0' }).end()],
    ['500', (response) => response.writeHead(500).end()],
    ['502', (response) => response.writeHead(502).end()],
    ['garbage', (response) => response.end('<html>')],
  ])('never sends a transaction twice: %s', async (_, fail) => {
    failing(1, fail)
    expect((await rejectedBy((await retrying()).send(sending))).code).toBe('NETWORK')
    expect(provider.received).toHaveLength(1)
  })

  it('never sends a transaction twice because batches are not known', async () => {
    answers()
    provider.methods.eth_sendRawTransaction = () => '0x11'
    provider.onPost = (body, response) => isBatch(body) && status(400, 'no batches')(body, response)
    await (await retrying()).send([...three, ...sending])
    expect(provider.asked()).toEqual(['a', 'b', 'c', 'eth_sendRawTransaction'])
  })

  it.each([401, 403, 404])('%i is no such thing', async (code) => {
    provider.onPost = status(code, '<html>')
    await rejectedBy((await retrying()).send(three.slice(0, 1)))
    expect(provider.received).toHaveLength(1)
  })
})

describe('the time of the whole command', () => {
  it('ends a request that would outlast it', async () => {
    provider.onPost = () => true
    const deadline = createDeadline(() => performance.now(), 1500)
    const error = await rejectedBy((await connect(5000, { deadline })).send(three))
    expect(error.code).toBe('NETWORK')
    expect(error.message).toContain('the time given with --timeout is up')
    expect(error.hint).toContain('--timeout')
    expect(provider.received).toHaveLength(1)
  })

  it('leaves no time for another attempt', async () => {
    provider.onPost = (_, response) => {
      response.writeHead(503, { 'retry-after': '2' }).end()
      return true
    }
    const deadline = createDeadline(() => performance.now(), 1900)
    const error = await rejectedBy((await connect(5000, { deadline, retries: true })).send(three))
    expect(error.message).toContain('HTTP 503')
    expect(provider.received).toHaveLength(1)
  })

  it('once it has passed, nothing is asked any more', async () => {
    const error = await rejectedBy((await connect(5000, { deadline: createDeadline(() => 0, 0) })).send(three))
    expect(error.message).toContain('the time given with --timeout is up')
    expect(provider.received).toHaveLength(0)
  })

  it('is not blamed where the provider’s own limit comes first', async () => {
    provider.onPost = () => true
    const deadline = createDeadline(() => performance.now(), 60_000)
    expect((await rejectedBy((await connect(50, { deadline })).send(three))).message).toContain(
      'no answer within 0.05 s',
    )
  })
})

describe('https', () => {
  it('takes a certificate of an authority that is given', async () => {
    answers()
    const connection = await connect(5000, { certificateAuthorities: TEST_AUTHORITY }, secureUrl())
    expect(await connection.send(three)).toEqual(replies)
    expect(connection.host).toBe(`127.0.0.1:${tls.port}`)
  })

  it('takes no other, and does not try again', async () => {
    const error = await rejectedBy((await connect(5000, { retries: true }, secureUrl())).send(three))
    expect(error.code).toBe('NETWORK')
    expect(error.message).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED/)
    expect(error.hint).toContain('--rpc-ca-file')
    expect(provider.received).toHaveLength(0)
  })
})

describe('a proxy', () => {
  const through = (): TransportOptions => ({ proxy: `http://us%40er:${TOKEN}@${proxy.host}` })

  it('forwards http, with its credentials, over one connection', async () => {
    const ports = new Set<number | undefined>()
    answers()
    provider.onPost = (_, response) => {
      ports.add(response.req.socket.remotePort)
      return false
    }
    const connection = await connect(5000, through())
    expect(await connection.send(three)).toEqual(replies)
    expect(await connection.send(three)).toEqual(replies)
    expect(proxy.requests).toEqual(Array(2).fill(`POST http://${provider.host}/v2/${TOKEN}?key=${TOKEN}`))
    expect(proxy.credentials).toEqual(Array(2).fill(`us@er:${TOKEN}`))
    expect(provider.received).toHaveLength(2)
  })

  it('tunnels https, whose certificate is checked as ever', async () => {
    answers()
    const options = { ...through(), certificateAuthorities: TEST_AUTHORITY, headers: { 'X-Key': new Secret('k') } }
    let seen: unknown
    provider.onPost = (_, response) => {
      seen = response.req.headers['x-key']
      return false
    }
    expect(await (await connect(5000, options, secureUrl())).send(three)).toEqual(replies)
    expect(proxy.requests).toEqual([`CONNECT 127.0.0.1:${tls.port}`])
    expect(proxy.credentials).toEqual([`us@er:${TOKEN}`])
    expect(seen).toBe('k')
    const error = await rejectedBy((await connect(5000, through(), secureUrl())).send(three))
    expect(error.message).toMatch(/through the proxy 127.0.0.1:[0-9]+: (UNABLE_TO_VERIFY|SELF_SIGNED)/)
  })

  it('by https is trusted like a provider', async () => {
    const front = await startTlsFront(Number(new URL(proxy.url).port))
    const options = { proxy: `https://127.0.0.1:${front.port}`, certificateAuthorities: TEST_AUTHORITY }
    answers()
    expect(await (await connect(5000, options)).send(three)).toEqual(replies)
    expect(await (await connect(5000, options, secureUrl())).send(three)).toEqual(replies)
    expect(proxy.requests.map((line) => line.split(' ')[0])).toEqual(['POST', 'CONNECT'])
    closeAll()
    await front.stop()
  })

  it.each(['http', 'https'])('that wants other credentials is named: %s', async (scheme) => {
    proxy.behaviour = 'refuse'
    const url = scheme === 'http' ? provider.url : secureUrl()
    const error = await rejectedBy((await connect(5000, through(), url)).send(three))
    expect(error.message).toContain('HTTP 407')
    expect(error.hint).toContain('HTTPS_PROXY')
    expect(JSON.stringify([error.message, error.details, error.stack])).not.toContain(TOKEN)
  })

  it.each(['http', 'https'])('that is not there is named: %s', async (scheme) => {
    const url = scheme === 'http' ? provider.url : secureUrl()
    const error = await rejectedBy((await connect(5000, { proxy: `http://u:${TOKEN}@127.0.0.1:1` }, url)).send(three))
    expect(error.message).toContain('through the proxy 127.0.0.1:1: ECONNREFUSED')
    expect(JSON.stringify([error.message, error.details, error.stack])).not.toContain(TOKEN)
  })

  it.each(['http', 'https'])('that says nothing is not waited for: %s', async (scheme) => {
    proxy.behaviour = 'hang'
    const url = scheme === 'http' ? provider.url : secureUrl()
    const error = await rejectedBy((await connect(50, through(), url)).send(three))
    expect(error.message).toMatch(/through the proxy .*: no answer within 0.05 s/)
    closeAll()
    await proxy.idle()
  })
})

it('is named as it is told', async () => {
  provider.onPost = status(500, '')
  const error = await rejectedBy((await connect(5000, { name: 'the second one' })).send(three))
  expect(error.message).toContain('the RPC provider the second one answered')
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
