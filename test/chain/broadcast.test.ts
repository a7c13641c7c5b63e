import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { broadcast } from '../../src/chain/broadcast.js'
import { connectJsonRpc } from '../../src/chain/rpc/connect-json-rpc.js'
import type { JsonRpc } from '../../src/chain/rpc/json-rpc.js'
import type { SignedTransaction } from '../../src/chain/transaction.js'
import { type FakeProvider, Fault, startFakeProvider, TOKEN } from '../support/fake-provider.js'
import { providersOf } from './providers-of.js'

const signed: SignedTransaction = {
  hash: `0x${'ab'.repeat(32)}`,
  raw: `0x02${'c0ffee'.repeat(40)}`,
  nonce: 7,
  from: parseAddress(`${'00'.repeat(19)}01`, 'the test'),
}

let one: FakeProvider
let two: FakeProvider
const open: JsonRpc[] = []
beforeAll(async () => {
  one = await startFakeProvider()
  two = await startFakeProvider()
})
afterAll(async () => {
  await one.stop()
  await two.stop()
})
afterEach(() => {
  for (const rpc of open.splice(0)) rpc.close()
  one.reset()
  two.reset()
})

async function connected(...urls: string[]) {
  for (const url of urls) open.push(await connectJsonRpc(url, 1000))
  return open
}
const takes = () => signed.hash
const sentTo = ({ received }: FakeProvider) =>
  received.flat().map((request) => ({ method: request.method, params: request.params }))

describe('the same bytes go to every provider, once', () => {
  it('over HTTP and WebSocket alike', async () => {
    one.methods = { eth_sendRawTransaction: takes }
    two.methods = { eth_sendRawTransaction: takes }
    const sent = await broadcast(providersOf(await connected(one.url, two.wsUrl)), signed)
    expect(sent).toEqual({ accepted: true, refusals: [], failures: [] })
    for (const provider of [one, two])
      expect(sentTo(provider)).toEqual([{ method: 'eth_sendRawTransaction', params: [signed.raw] }])
  })

  it('also where it fails: sending again is not for this to decide', async () => {
    one.onPost = (_, response) => {
      response.destroy()
      return true
    }
    two.onPost = (_, response) => {
      response.writeHead(503).end('<html>')
      return true
    }
    const sent = await broadcast(providersOf(await connected(one.url, two.url)), signed)
    expect(sent).toEqual({
      accepted: false,
      refusals: [],
      failures: [expect.stringContaining('ECONNRESET'), expect.stringContaining('HTTP 503')],
    })
    expect(one.asked()).toHaveLength(1)
    expect(two.asked()).toHaveLength(1)
  })
})

describe('accepted', () => {
  it('when one of them took it', async () => {
    one.methods = { eth_sendRawTransaction: () => new Fault(-32000, 'already known') }
    two.methods = { eth_sendRawTransaction: takes }
    expect(await broadcast(providersOf(await connected(one.url, two.url)), signed)).toEqual({
      accepted: true,
      refusals: [`${one.host}: "already known"`],
      failures: [],
    })
  })

  it('not by the class of an error', async () => {
    one.methods = { eth_sendRawTransaction: () => new Fault(-32000, 'transaction already imported') }
    expect(await broadcast(providersOf(await connected(one.url)), signed)).toEqual({
      accepted: false,
      refusals: ['"transaction already imported"'],
      failures: [],
    })
  })

  it.each([[`0x${'cd'.repeat(32)}`], [null], [true], [{}]])('not when the answer is %o', async (answer) => {
    one.methods = { eth_sendRawTransaction: () => answer }
    expect(await broadcast(providersOf(await connected(one.url)), signed)).toEqual({
      accepted: false,
      refusals: [],
      failures: [`the RPC provider ${one.host} answered with something else than the transaction's hash`],
    })
  })
})

it('does not wait for one that hangs when the others have answered', async () => {
  two.methods = { eth_sendRawTransaction: takes }
  const patient: JsonRpc = { host: 'slow', close: () => {}, send: () => new Promise(() => {}) }
  const [quick] = await connected(two.url)
  const sent = await broadcast(providersOf([patient, quick as JsonRpc], 1), signed)
  expect(sent).toMatchObject({ accepted: true, failures: [expect.stringContaining('slower than the others')] })
})

it('repeats neither the bytes nor a URL that a provider puts into its answer, and little of it', async () => {
  const message = `bad ${signed.raw} from https://user:${TOKEN}@host/${TOKEN} because ${'x'.repeat(1000)}`
  one.methods = { eth_sendRawTransaction: () => new Fault(-32000, message) }
  const { refusals } = await broadcast(providersOf(await connected(one.url)), signed)
  expect(refusals[0]).toMatch(/^"bad \(bytes\) from \(URL\) because x+"$/)
  expect(refusals[0]).toHaveLength(302)
})
