/**
 * Whatever becomes of connections while the slot is held: where a new one would be answered at once, the slot is given
 * back.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import type { ProviderSettings } from '../../src/chain/rpc/json-rpc.js'
import { run } from '../../src/maintenance/maintenance-run.js'
import type { ChainServicesOptions } from '../support/chain-services.js'
import { fakeProcesses } from '../support/fake-processes.js'
import { type HalfOpen, startHalfOpen } from '../support/half-open.js'
import { useRealCluster } from '../support/use-real-cluster.js'

const { services, now, view } = useRealCluster()
const holder = async () => (await view()).maintenance
const SEND = 'eth_sendRawTransaction'

let one: HalfOpen
let other: HalfOpen
beforeAll(async () => {
  const port = () => Number(new URL(now.chain.url).port)
  ;[one, other] = await Promise.all([startHalfOpen(port), startHalfOpen(port)])
})
afterEach(() => {
  one.reset()
  other.reset()
})
afterAll(() => Promise.all([one?.stop(), other?.stop()]))

/** Runs a command that succeeds; `during` is what happens to the connections meanwhile. */
async function maintain(options: Partial<ChainServicesOptions>, during: () => unknown = () => {}) {
  const made = services({ requestTimeoutMs: 1500, ...options })
  const processes = fakeProcesses(async (fake) => {
    await during()
    fake.end({ exitCode: 0 })
  })
  const all = { ...made.services, processes: async () => processes }
  const { data } = await run(all, { command: ['restart'] })
  expect(data.slot).toBe('given-back')
  expect(await holder()).toBeNull()
  return made.said
}

/** Forgets the connection over which the k-th transaction comes: before it arrives, or right after. */
function forgetAtSend(k: number, when: 'before' | 'after') {
  let sent = 0
  one.onData = (text) => {
    if (!text.includes(SEND) || ++sent !== k) return
    if (when === 'before') one.forget()
    else setImmediate(() => one.forget())
  }
}

describe.each(['http', 'ws'])('a connection over %s is forgotten', (scheme) => {
  const url = () => `${scheme}://${one.host}`

  it('while the command runs: nothing is asked over it any more', async () => {
    let during = false
    const asked = new Set<number>()
    one.onData = (_, connection) => during && asked.add(connection)
    await maintain({ url: url() }, () => {
      during = true
      one.forget()
    })
    // A busy machine may need a third.
    expect([...asked]).toContain(1)
    expect([...asked]).not.toContain(0)
  })

  it.each([1, 2])('before the answer to a question, as each %i. one', async (k) => {
    one.isLost = (connection) => connection % 2 === k % 2
    await maintain({ url: url() })
  })

  it.each([1, 2])('right after transaction %i was sent', async (k) => {
    forgetAtSend(k, 'after')
    await maintain({ url: url() })
  })

  it.each([1, 2])('right before transaction %i arrives', async (k) => {
    forgetAtSend(k, 'before')
    await maintain({ url: url() })
  })

  it('again and again', async () => {
    let questions = 0
    one.onData = () => {
      if (++questions % 7 === 0) one.forget()
    }
    await maintain({ url: url() })
  })
})

it('a proxy that answers pings, and nothing else', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  let silent = 0
  let connections = 0
  server.on('connection', (socket) => {
    const number = ++connections
    socket.on('message', async (data) => {
      const answer = await fetch(now.chain.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: String(data),
      })
      const text = await answer.text()
      if (number > silent) socket.send(text)
    })
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await maintain({ url: `ws://127.0.0.1:${port}` }, () => {
    silent = connections
  })
  for (const client of server.clients) client.terminate()
  server.close()
})

describe('of two providers that have to agree', () => {
  const providers = (): ProviderSettings => ({
    providers: [one, other].map(({ host }) => ({ url: `http://${host}`, headers: {}, proxy: null })),
    quorum: 2,
    certificateAuthorities: null,
  })

  it('both are asked where both answer', async () => {
    const said = await maintain({ providers: providers() }, () => {
      one.forget()
      other.forget()
    })
    expect(said.join()).not.toContain('left out')
  })

  it.each(['silent', 'gone'])('the other is enough where one is %s when the slot is to be given back', async (how) => {
    const said = await maintain({ providers: providers() }, async () => {
      one.isLost = () => true
      one.forget()
      if (how === 'gone') await one.stop()
    })
    expect(said).toContain(`warning: the RPC provider ${one.host} is left out: it does not answer`)
    if (how === 'gone') one = await startHalfOpen(() => Number(new URL(now.chain.url).port))
  })
})
