/** UDP ports at which no node of the network is, and what the probe makes of them. */
import { Socket } from 'node:dgram'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseIpv4 } from '../../../src/base/ipv4.js'
import { freePorts } from '../../../src/devnet/stand-in/free-ports.js'
import type { NodeProbe, PortReport } from '../../../src/peer/node-probe.js'
import { ADDON_REFUSED } from '../../../src/peer/quic/load-addon.js'
import { createNodeProbe } from '../../../src/peer/quic/node-probe.js'
import { viewAt } from '../../support/cluster-at.js'
import { type StubAnswer, startQuicStub } from '../../support/quic-stub.js'
import { quicAvailable, startTestNode } from '../../support/stand-ins.js'

const HOST = parseIpv4('127.0.0.1', 'the test')
/** Enough on the busiest machine, and never used up where something answers. */
const LONG_MS = 30_000
/** Used up where the handshake never ends. */
const SHORT_MS = 1_500
/** Used up where nothing is expected to answer. */
const SILENT_MS = 600
const MIB = 1024 * 1024

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function probeWith(addon: 'addon' | 'no addon'): Promise<NodeProbe> {
  const probe = await (addon === 'addon'
    ? createNodeProbe(null)
    : createNodeProbe(null, async () => {
        throw new Error('not here')
      }))
  ends.push(() => probe.close())
  return probe
}

function reach(probe: NodeProbe, port: number, timeoutMs: number): Promise<PortReport> {
  return probe.reach({ host: HOST, port, api: 'Cluster2' }, timeoutMs)
}

async function stub(answer: StubAnswer): Promise<number> {
  const { port, stop } = await startQuicStub(answer)
  ends.push(stop)
  return port
}

/** Any TCP port, or this one; false where that is somebody else's: what is free over UDP need not be so over TCP. */
async function takeTcp(port = 0): Promise<number | false> {
  const server = createServer((socket) => socket.destroy())
  const taken = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, HOST, () => resolve(true))
  })
  if (!taken) return false
  ends.push(() => new Promise((resolve) => server.close(resolve)))
  return (server.address() as AddressInfo).port
}

describe.each(['addon', 'no addon'] as const)('with %s', (addon) => {
  const available = addon === 'no addon' || quicAvailable

  it.skipIf(!available)('a port where nothing listens is closed, and found out early', async () => {
    expect(await reach(await probeWith(addon), (await freePorts(1))[0] ?? 0, LONG_MS)).toEqual({ kind: 'closed' })
  })

  it.skipIf(!available)('a silent port is silent, within its time', async () => {
    const [start, probe, port] = [performance.now(), await probeWith(addon), await stub('nothing')]
    const ended: string[] = []
    const patient = reach(probe, port, 2 * SILENT_MS).then(() => ended.push('patient'))
    const report = await reach(probe, port, SILENT_MS)
    expect(report).toEqual({ kind: 'silent', tcpOpen: false })
    expect(performance.now() - start).toBeGreaterThan(SILENT_MS / 2)
    // The dial itself goes on for longer.
    expect(ended).toEqual([])
    await patient
  })

  it.skipIf(!available)('a silent port with TCP behind its number is told apart', async () => {
    let port: number | false = false
    while (port === false) port = await takeTcp(await stub('nothing'))
    expect(await reach(await probeWith(addon), port, SHORT_MS)).toEqual({ kind: 'silent', tcpOpen: true })
  })

  it.skipIf(!available)('so is a port that takes TCP and refuses UDP', async () => {
    const port = await takeTcp()
    expect(await reach(await probeWith(addon), Number(port), LONG_MS)).toEqual({ kind: 'silent', tcpOpen: true })
  })

  it.skipIf(!available)('another service over UDP is not QUIC', async () => {
    const report = await reach(await probeWith(addon), await stub('noise'), LONG_MS)
    expect(report).toEqual({ kind: 'not-quic', roundTripMs: expect.any(Number) })
  })

  it.skipIf(!available)('where this machine has no way, it says so', async () => {
    const port = await stub('nothing')
    // A real one would lead out of this machine.
    const noRoute = Object.assign(new Error('connect ENETUNREACH'), { code: 'ENETUNREACH' })
    const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket) {
      process.nextTick(() => this.emit('error', noRoute))
    })
    ends.push(() => connect.mockRestore())
    const report = await reach(await probeWith(addon), port, LONG_MS)
    expect(report).toEqual({ kind: 'unreachable', reason: 'this machine has no route there (ENETUNREACH)' })
  })
})

describe.skipIf(!quicAvailable)('QUIC that is no node', () => {
  it('that answers and finishes no handshake', async () => {
    const report = await reach(await probeWith('addon'), await stub('deaf'), SHORT_MS)
    expect(report).toEqual({ kind: 'quic', roundTripMs: expect.any(Number), handshake: { kind: 'timeout' } })
  })

  it.each([
    ['other-versions', /version/],
    ['no-common-protocol', /error 120/],
  ] as const)('%s: the handshake fails with the reason', async (answer, reason) => {
    const report = await reach(await probeWith('addon'), await stub(answer), LONG_MS)
    expect(report).toEqual({
      kind: 'quic',
      roundTripMs: expect.any(Number),
      handshake: { kind: 'failed', reason: expect.stringMatching(reason) },
    })
  })

  it('that takes no connection at the moment, as a node that stops', async () => {
    const report = await reach(await probeWith('addon'), await stub('refuses'), LONG_MS)
    expect(report).toEqual({ kind: 'quic', roundTripMs: expect.any(Number), handshake: { kind: 'refused' } })
  })

  it.each([
    ['endless-certificate', /HandshakePayloadTooLarge/],
    ['gaps', /more data in CRYPTO frames than can be buffered/],
  ] as const)('%s: neither kept nor waited for', async (answer, reason) => {
    const port = await stub(answer)
    const probe = await probeWith('addon')
    const before = process.memoryUsage().rss
    const report = await reach(probe, port, LONG_MS)
    expect(report).toMatchObject({ kind: 'quic', handshake: { kind: 'failed', reason: expect.stringMatching(reason) } })
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * MIB)
  })
})

describe('without the addon', () => {
  it.skipIf(!quicAvailable)('a node is reachable, and nothing is proven', async () => {
    const node = await startTestNode(() => viewAt())
    ends.push(node.stop)
    const probe = await probeWith('no addon')
    expect(await reach(probe, node.primaryPort, LONG_MS)).toEqual({
      kind: 'quic',
      roundTripMs: expect.any(Number),
      handshake: { kind: 'not-tried' },
    })
    expect(node.connections().taken).toBe(0)
  })

  it('versions in the answer are enough to know QUIC', async () => {
    expect(await reach(await probeWith('no addon'), await stub('deaf'), LONG_MS)).toMatchObject({ kind: 'quic' })
  })

  it.each([
    [
      Object.assign(new Error("Cannot find package '@chainsafe/libp2p-quic'"), { code: 'ERR_MODULE_NOT_FOUND' }),
      'is not installed for',
    ],
    [new Error('GLIBC_2.34 not found\n(required by …)'), 'does not load here: GLIBC_2.34 not found'],
    [Object.assign(new Error('is not loaded: why'), { code: ADDON_REFUSED }), 'is not loaded: why'],
    ['no error at all', 'is not installed for'],
  ])('says why: %s', async (error, sentence) => {
    const probe = await createNodeProbe(null, () => Promise.reject(error))
    expect(probe.unproven).toContain(`the QUIC addon @chainsafe/libp2p-quic ${sentence}`)
    expect(probe.unproven).not.toContain('\n')
    probe.close()
  })
})
