/** What a stand-in's server takes, what it ends without an answer, and whom it does not answer: met with the bare addon. */
import { afterEach, describe, expect, it } from 'vitest'
import { keypairFromSecret } from '../../../src/base/keys/node-keypair.js'
import { Secret } from '../../../src/base/secret.js'
import { encodeFrame, MAX_FRAME_BYTES } from '../../../src/peer/protocol/frames.js'
import { encodeCall, encodeOpening } from '../../../src/peer/protocol/rpc.js'
import { loadAddon, type QuicStream, quicConfig } from '../../../src/peer/quic/load-addon.js'
import { viewAt } from '../../support/cluster-at.js'
import { quicAvailable, startTestDatabase, startTestNode, type TestStandIn } from '../../support/stand-ins.js'

const own = await keypairFromSecret(new Secret(new Uint8Array(32).fill(7)))
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function started(starting: Promise<TestStandIn>): Promise<TestStandIn> {
  const standIn = await starting
  ends.push(standIn.stop)
  return standIn
}

async function dial({ host, secondaryPort }: TestStandIn, port = secondaryPort) {
  const addon = await loadAddon()
  const client = new addon.Client(new addon.QuinnConfig(quicConfig(own, 30_000)), 0)
  ends.push(() => client.abort())
  return client.outboundConnection(host, port)
}

/** To a database, with its `Metrics` open. */
async function opened(database: TestStandIn) {
  const connection = await dial(database)
  ends.push(() => connection.abort())
  const stream = await connection.outboundStream()
  await stream.write(encodeOpening('Metrics'))
  expect(await stream.read(4)).toEqual(new Uint8Array(4))
  return connection
}

/** The whole answer, as text; null where the stream ends without any. */
async function answerOn(stream: QuicStream): Promise<string | null> {
  const parts: Uint8Array[] = []
  for (let part = await stream.read(1 << 16); part !== null; part = await stream.read(1 << 16)) parts.push(part)
  return parts.length === 0 ? null : Buffer.concat(parts).subarray(4).toString()
}

async function asked(database: TestStandIn, bytes: Uint8Array): Promise<string | null> {
  const stream = await (await opened(database)).outboundStream()
  await stream.write(bytes)
  return answerOn(stream)
}

const call = (text: string) => Uint8Array.from([0, ...encodeFrame(Buffer.from(text))])

describe.skipIf(!quicAvailable)('an RPC', () => {
  it('is answered once, with the frame and the end', async () => {
    expect(await asked(await started(startTestDatabase()), encodeCall(0, 'db'))).toMatch(
      /^\{"Ok":"# TYPE wcn_db_version/,
    )
  })

  it.each([
    ['an unknown number', encodeCall(9, 'db')],
    ['bad JSON', call('{"')],
    ['no JSON at all', call('')],
    ['a frame that is announced to be longer than 8 MiB', Uint8Array.of(0, 0, 0x80, 0, 1)],
  ])('of %s ends without an answer, and the connection serves on', async (_, bytes) => {
    const connection = await opened(await started(startTestDatabase()))
    const ended = await connection.outboundStream()
    await ended.write(bytes)
    expect(await answerOn(ended)).toBeNull()
    const next = await connection.outboundStream()
    await next.write(encodeCall(0, 'db'))
    expect(await answerOn(next)).toContain('wcn_db_version')
  })

  it('of 8 MiB is taken', async () => {
    const request = JSON.stringify('x'.repeat(MAX_FRAME_BYTES - 2))
    const answer = await asked(
      await started(startTestDatabase()),
      Buffer.concat([Buffer.of(0), encodeFrame(Buffer.from(request))]),
    )
    expect(JSON.parse(answer ?? '')).toMatchObject({ Err: { code: 1 } })
  })

  it('that is never asked to the end is given up after 2 s by a database', async () => {
    const began = performance.now()
    expect(await asked(await started(startTestDatabase()), Uint8Array.of(0, 0, 0))).toBeNull()
    expect(performance.now() - began).toBeGreaterThan(1_900)
  })
})

describe.skipIf(!quicAvailable)('an opening', () => {
  it('of another protocol version is refused', async () => {
    const connection = await dial(await started(startTestDatabase()))
    const stream = await connection.outboundStream()
    const opening = encodeOpening('Metrics')
    opening[3] = 1
    await stream.write(opening)
    await expect(stream.read(4)).rejects.toThrow()
  })

  it('that does not come is waited for as long as DB_CONNECTION_TIMEOUT_MS by a database', async () => {
    const database = await started(startTestDatabase({ environment: { openingMs: 200 } }))
    const connection = await dial(database)
    await expect.poll(() => database.connections()).toEqual({ taken: 1, open: 0 })
    await expect(connection.outboundStream()).rejects.toThrow()
  })

  it('that does not come is waited for for 2 s by a node', async () => {
    const node = await started(startTestNode(() => viewAt()))
    const began = performance.now()
    // Held until the end: a connection that nobody holds is closed by this side whenever memory is collected.
    const connection = await dial(node)
    await expect.poll(() => node.connections()).toEqual({ taken: 1, open: 0 })
    expect(performance.now() - began).toBeGreaterThan(1_900)
    await expect(connection.outboundStream()).rejects.toThrow()
  })
})

describe.skipIf(!quicAvailable)('a connection', () => {
  const limits = { atATime: 50, perSecond: 50, idleTimeoutMs: 5_000 }

  it('beyond those of one address at a time is not answered until another one has ended', async () => {
    const database = await started(startTestDatabase({ environment: { limits: { ...limits, atATime: 2 } } }))
    const [first] = [await opened(database), await opened(database)]
    let third = 'waits'
    const waiting = opened(database).then(() => {
      third = 'open'
    })
    await expect.poll(() => database.connections()).toEqual({ taken: 2, open: 2 })
    expect(third).toBe('waits')
    first.abort()
    await waiting
    expect(database.connections()).toEqual({ taken: 3, open: 2 })
  })

  it('beyond those of one second is not answered in it', async () => {
    const database = await started(startTestDatabase({ environment: { limits: { ...limits, perSecond: 2 } } }))
    const began = performance.now()
    for (let each = 0; each < 3; each++) await opened(database)
    expect(performance.now() - began).toBeGreaterThan(900)
  })

  it('that is idle for longer than it may ends', async () => {
    const idle = await started(startTestDatabase({ environment: { limits: { ...limits, idleTimeoutMs: 50 } } }))
    await dial(idle)
    await expect.poll(() => idle.connections()).toEqual({ taken: 1, open: 0 })
  })
})
