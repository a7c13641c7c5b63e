import type { AddressInfo } from 'node:net'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createDeadline } from '../../../src/base/deadline.js'
import { Secret } from '../../../src/base/secret.js'
import { connectJsonRpc } from '../../../src/chain/rpc/connect-json-rpc.js'
import type { JsonRpc, TransportOptions } from '../../../src/chain/rpc/json-rpc.js'
import type { WcnError } from '../../../src/errors/wcn-error.js'
import { type FakeProvider, Fault, startFakeProvider, TOKEN } from '../../support/fake-provider.js'
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

async function connect(timeoutMs = 5000, url = provider.wsUrl, options?: TransportOptions): Promise<JsonRpc> {
  const rpc = await connectJsonRpc(url, timeoutMs, options)
  open.push(rpc)
  return rpc
}
const closeAll = () => {
  for (const rpc of open.splice(0)) rpc.close()
}
/** Nothing is opened before the first request. */
const firstRequest = async (timeoutMs?: number, url?: string, options?: TransportOptions) =>
  rejectedBy((await connect(timeoutMs, url, options)).send(requests.slice(0, 1)))
const requests = ['a', 'b', 'c'].map((method) => ({ method, params: [] }))

function expectTrouble(error: WcnError, sentence: RegExp): void {
  expect(error.code).toBe('NETWORK')
  expect(error.message).toMatch(sentence)
  expect(error.message).toContain('127.0.0.1:')
  expect(JSON.stringify([error.message, error.hint, error.details, error.stack])).not.toContain(TOKEN)
}

describe('requests', () => {
  it('leave at once and are told apart by their ids', async () => {
    const waiting: { id: number; method: string }[] = []
    provider.onFrame = (request, socket) => {
      waiting.push(request)
      // Answered only when all are there, the last one first.
      if (waiting.length === 3)
        for (const { id, method } of waiting.reverse())
          socket.send(JSON.stringify({ id, result: method.toUpperCase() }))
      return true
    }
    const replies = await (await connect()).send(requests)
    expect(replies.map((reply) => reply.ok && reply.result)).toEqual(['A', 'B', 'C'])
    expect(provider.asked()).toEqual(['a', 'b', 'c'])
  })

  it('may be answered with an error', async () => {
    provider.methods = { a: () => new Fault(3, 'execution reverted', '0x12') }
    expect(await (await connect()).send(requests.slice(0, 1))).toEqual([
      { ok: false, error: { code: 3, message: 'execution reverted', data: '0x12' } },
    ])
  })

  it('are not disturbed by what nobody asked for', async () => {
    provider.onFrame = ({ id }, socket) => {
      for (const text of [
        'garbage',
        '',
        '[]',
        '{"jsonrpc":"2.0","method":"eth_subscription","params":{"result":"0x1"}}',
        '{"id":999,"result":"stray"}',
        '{"id":"1e0","result":"stray"}',
        '{"id":null,"result":"stray"}',
        JSON.stringify({ id, result: 'mine' }),
        JSON.stringify({ id, result: 'again' }),
      ])
        socket.send(text)
      return true
    }
    const connection = await connect()
    expect(await connection.send(requests.slice(0, 1))).toEqual([{ ok: true, result: 'mine' }])
    expect(await connection.send(requests.slice(0, 1))).toEqual([{ ok: true, result: 'mine' }])
  })

  it('go out under a URL with a fragment as well', async () => {
    provider.methods = { a: () => 1 }
    const connection = await connect(5000, `${provider.wsUrl}#main`)
    expect(await connection.send(requests.slice(0, 1))).toEqual([{ ok: true, result: 1 }])
  })
})

describe('a connection that is not made', () => {
  it.each([401, 403, 404, 429, 503])('because the provider says %i', async (code) => {
    provider.welcome = code
    expectTrouble(await firstRequest(), new RegExp(String(code)))
  })

  it('because nobody listens', async () => {
    const { server, port } = await listen(() => {})
    await new Promise((resolve) => server.close(resolve))
    expectTrouble(await firstRequest(5000, `ws://127.0.0.1:${port}/${TOKEN}`), /ECONNREFUSED/)
  })

  it('because nobody answers in time', async () => {
    const sockets: Socket[] = []
    const { server, port } = await listen((socket) => sockets.push(socket))
    expectTrouble(await firstRequest(50, `ws://127.0.0.1:${port}/${TOKEN}`), /no answer within 0.05 s/)
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })

  it('because something else listens', async () => {
    const { server, port } = await listen((socket) => socket.resume().end('SSH-2.0-hello\r\n'))
    expectTrouble(await firstRequest(5000, `ws://127.0.0.1:${port}/${TOKEN}`), /could not be used/)
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('a connection that ends', () => {
  it('ends all that waits for an answer; what is asked later gets one connection of its own', async () => {
    provider.onFrame = (request, socket) => {
      if (request.method === 'c') socket.terminate()
      return true
    }
    const connection = await connect()
    expectTrouble(await rejectedBy(connection.send(requests)), /closed the connection/)
    provider.onFrame = () => false
    provider.methods = { a: () => 'A', b: () => 'B' }
    const later = await Promise.all([connection.send(requests.slice(0, 1)), connection.send(requests.slice(1, 2))])
    expect(later).toEqual([[{ ok: true, result: 'A' }], [{ ok: true, result: 'B' }]])
    expect(provider.asked()).toEqual(['a', 'b', 'c', 'a', 'b'])
  })

  it('stays ended while no other can be made, and is told so each time', async () => {
    provider.onFrame = (_, socket) => {
      socket.terminate()
      return true
    }
    const connection = await connect()
    expectTrouble(await rejectedBy(connection.send(requests)), /closed the connection/)
    provider.welcome = 503
    expectTrouble(await rejectedBy(connection.send(requests)), /503/)
    expectTrouble(await rejectedBy(connection.send(requests)), /503/)
  })

  it('properly is no better', async () => {
    provider.onFrame = (_, socket) => {
      socket.close(1013, 'try again later')
      return true
    }
    expectTrouble(await rejectedBy((await connect()).send(requests)), /closed the connection/)
  })

  it('with more than anybody would answer', async () => {
    provider.onFrame = (_, socket) => {
      // The head of a text frame of 80 MiB; the rest need not come.
      const head = [0x81, 127, 0, 0, 0, 0, 0x05, 0, 0, 0]
      ;(socket as unknown as { _socket: Socket })._socket.write(Buffer.from(head))
      return true
    }
    expectTrouble(await rejectedBy((await connect()).send(requests)), /more than 16 MiB/)
  })

  it('with a broken frame', async () => {
    provider.onFrame = (_, socket) => {
      // A reserved opcode.
      ;(socket as unknown as { _socket: Socket })._socket.write(Buffer.from([0x8f, 0x00]))
      return true
    }
    expectTrouble(await rejectedBy((await connect()).send(requests)), /WS_ERR_INVALID_OPCODE/)
  })
})

describe('an answer that does not come', () => {
  it('ends its own request only', async () => {
    provider.onFrame = ({ method }) => method === 'a'
    provider.methods = { b: () => 'B' }
    const connection = await connect(50)
    expectTrouble(await rejectedBy(connection.send(requests.slice(0, 1))), /no answer within 0.05 s/)
    expect(await connection.send(requests.slice(1, 2))).toEqual([{ ok: true, result: 'B' }])
  })

  it('or comes too late goes to nobody', async () => {
    let late = () => {}
    provider.onFrame = ({ id, method }, socket) => {
      if (method !== 'a') return false
      late = () => socket.send(JSON.stringify({ id, result: 'late' }))
      return true
    }
    provider.methods = {
      b: () => {
        late()
        return 'B'
      },
    }
    const connection = await connect(50)
    await rejectedBy(connection.send(requests.slice(0, 1)))
    expect(await connection.send(requests.slice(1, 2))).toEqual([{ ok: true, result: 'B' }])
  })
})

describe('what fails for a moment', () => {
  const retrying = () => connect(5000, provider.wsUrl, { retries: true })

  it('is asked again on another connection', async () => {
    let sockets = 0
    provider.onFrame = (request, socket) => {
      if (sockets >= 2) return false
      if (request.method === 'c') {
        sockets++
        socket.terminate()
      }
      return true
    }
    provider.methods = { a: () => 'A', b: () => 'B', c: () => 'C' }
    const replies = await (await retrying()).send(requests)
    expect(replies.map((reply) => reply.ok && reply.result)).toEqual(['A', 'B', 'C'])
    expect(provider.asked()).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c'])
  })

  it('and not a third time', async () => {
    provider.onFrame = (_, socket) => {
      socket.close(1013, 'try again later')
      return true
    }
    expectTrouble(await rejectedBy((await retrying()).send(requests.slice(0, 1))), /closed the connection/)
    expect(provider.asked()).toHaveLength(3)
  })

  it('never sends a transaction twice', async () => {
    provider.onFrame = (_, socket) => {
      socket.terminate()
      return true
    }
    const sending = [{ method: 'eth_sendRawTransaction', params: ['0x02'] }]
    expectTrouble(await rejectedBy((await retrying()).send(sending)), /closed the connection/)
    expect(provider.asked()).toEqual(['eth_sendRawTransaction'])
  })

  it.each([429, 503])('may be the handshake: %i', async (code) => {
    let connections = 0
    const front = await listen((socket) => {
      if (++connections <= 2) return void socket.resume().end(`HTTP/1.1 ${code} No\r\nRetry-After: 0\r\n\r\n`)
      const inner = dial(Number(new URL(provider.url).port), '127.0.0.1')
      socket.pipe(inner).pipe(socket)
      socket.on('error', () => {}).on('close', () => inner.destroy())
    })
    provider.methods = { a: () => 'A' }
    const connection = await connect(5000, `ws://127.0.0.1:${front.port}/`, { retries: true })
    expect(await connection.send(requests.slice(0, 1))).toEqual([{ ok: true, result: 'A' }])
    expect(connections).toBe(3)
    connection.close()
    await new Promise((resolve) => front.server.close(resolve))
  })
})

describe('the time of the whole command', () => {
  it('ends a request that would outlast it', async () => {
    provider.onFrame = () => true
    const deadline = createDeadline(() => performance.now(), 1500)
    expectTrouble(await firstRequest(5000, provider.wsUrl, { deadline }), /the time given with --timeout is up/)
    expect(provider.received).toHaveLength(1)
  })

  it('once it has passed, not even a connection is made', async () => {
    provider.welcome = 503
    const deadline = createDeadline(() => 0, 0)
    expectTrouble(await firstRequest(5000, provider.wsUrl, { deadline }), /the time given with --timeout is up/)
  })
})

describe('the way there', () => {
  const secureUrl = () => `wss://127.0.0.1:${tls.port}/${TOKEN}`
  const options = { certificateAuthorities: TEST_AUTHORITY }
  const answer = async (url: string, more: TransportOptions) => {
    provider.methods = { a: () => 'A' }
    expect(await (await connect(5000, url, more)).send(requests.slice(0, 1))).toEqual([{ ok: true, result: 'A' }])
  }

  it('may be a certificate of an authority that is given', async () => {
    await answer(secureUrl(), options)
    expectTrouble(await firstRequest(5000, secureUrl(), { retries: true }), /UNABLE_TO_VERIFY|SELF_SIGNED/)
  })

  it('may lead through a proxy, by a tunnel', async () => {
    await answer(provider.wsUrl, { proxy: `http://us%40er:${TOKEN}@${proxy.host}` })
    await answer(secureUrl(), { ...options, proxy: proxy.url })
    expect(proxy.requests).toEqual([`CONNECT ${provider.host}`, `CONNECT 127.0.0.1:${tls.port}`])
    expect(proxy.credentials).toEqual([`us@er:${TOKEN}`, undefined])
  })

  it.each(['refuse', 'hang'] as const)('may end at a proxy: %s', async (behaviour) => {
    proxy.behaviour = behaviour
    const error = await firstRequest(100, provider.wsUrl, { proxy: `http://u:${TOKEN}@${proxy.host}` })
    expectTrouble(error, /through the proxy 127.0.0.1:[0-9]+: (it answers with HTTP 407|no answer within 0.1 s)/)
    closeAll()
    await proxy.idle()
  })

  it('begins with the headers that are given', async () => {
    const upgrade = await listen((socket) =>
      socket.once('data', (data) => {
        heard = String(data)
        socket.end('HTTP/1.1 401 No\r\n\r\n')
      }),
    )
    let heard = ''
    const headers = { Authorization: new Secret(`Bearer ${TOKEN}`), 'X-Key': new Secret('k') }
    expectTrouble(await firstRequest(5000, `ws://u:p@127.0.0.1:${upgrade.port}/`, { headers }), /HTTP 401/)
    expect(heard).toContain(`\r\nAuthorization: Bearer ${TOKEN}\r\n`)
    expect(heard).toContain('\r\nX-Key: k\r\n')
    expect(heard).not.toContain('Basic')
    await new Promise((resolve) => upgrade.server.close(resolve))
  })
})

async function listen(onSocket: (socket: Socket) => unknown): Promise<{ server: Server; port: number }> {
  const server = createServer(onSocket)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}
