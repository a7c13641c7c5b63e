/** That nothing is left behind: no sockets, no connections, no process that goes on. */
import { spawn } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { parseIpv4 } from '../../../src/base/ipv4.js'
import { encodeNodeSecretKey } from '../../../src/base/keys/node-keypair.js'
import { freePorts } from '../../../src/devnet/stand-in/free-ports.js'
import type { QuicAddon, QuicClient, QuicConnection } from '../../../src/peer/quic/load-addon.js'
import { createNodeProbe } from '../../../src/peer/quic/node-probe.js'
import { reachPort } from '../../../src/peer/quic/reach-port.js'
import { startWcn } from '../../support/background.js'
import { viewAt } from '../../support/cluster-at.js'
import { STALLED } from '../../support/interferences.js'
import { startQuicStub } from '../../support/quic-stub.js'
import { quicAvailable, randomNodeKeypair, startTestNode } from '../../support/stand-ins.js'

const HOST = parseIpv4('127.0.0.1', 'the test')
const LONG_MS = 30_000
const BUILT = new URL('../../../dist/peer/quic/node-probe.js', import.meta.url).href

function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')
    } catch {
      return false
    }
  }).length
}

describe.skipIf(!quicAvailable)('a probe', () => {
  it.skipIf(process.platform !== 'linux')('needs one socket, however many ports it reaches', async () => {
    const node = await startTestNode(() => viewAt())
    onTestFinished(() => node.stop())
    const probe = await createNodeProbe(null)
    onTestFinished(() => probe.close())
    const target = { host: node.host, port: node.primaryPort, api: 'Metrics' } as const
    await probe.reach(target, LONG_MS)
    const before = openSockets()
    for (let round = 0; round < 3; round++) {
      const reports = await Promise.all(Array.from({ length: 20 }, () => probe.reach(target, LONG_MS)))
      expect(new Set(reports.map(({ kind }) => kind))).toEqual(new Set(['answers']))
    }
    await expect.poll(openSockets).toBeLessThanOrEqual(before)
    await expect.poll(() => node.connections()).toEqual({ taken: 61, open: 0 })
  })

  it.skipIf(process.platform !== 'linux')('closes what it looked at silent ports with', async () => {
    const stub = await startQuicStub('nothing')
    onTestFinished(stub.stop)
    const probe = await createNodeProbe(null)
    onTestFinished(() => probe.close())
    const before = openSockets()
    const target = { host: HOST, port: stub.port, api: 'Metrics' } as const
    await Promise.all(Array.from({ length: 10 }, () => probe.reach(target, 300)))
    await expect.poll(openSockets).toBeLessThanOrEqual(before)
  })

  it('lets its process end, though a dial is still under way, and leaves the node it talked to', async () => {
    const node = await startTestNode(() => viewAt(), { faults: { primary: STALLED } })
    const stub = await startQuicStub('nothing')
    onTestFinished(async () => {
      stub.stop()
      await node.stop()
    })
    const script = `
      const { createNodeProbe } = await import(${JSON.stringify(BUILT)})
      const probe = await createNodeProbe(null)
      const reach = (port, ms) => probe.reach({ host: '${HOST}', port, api: 'Cluster2' }, ms)
      const [met, silent] = await Promise.all([reach(${node.primaryPort}, 20000), reach(${stub.port}, 300)])
      await met.api.session.call(0, null, 100)
      probe.close()
      const closed = performance.now()
      process.once('exit', () => console.log(silent.kind, Math.round(performance.now() - closed)))
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [kind, ms] = (await text(child.stdout)).split(' ')
    expect(kind).toBe('silent')
    // The dial would go on for more than ten seconds.
    expect(Number(ms)).toBeLessThan(5_000)
    await expect.poll(() => node.connections()).toEqual({ taken: 1, open: 0 })
  })

  it('reaches a node in a process of its own, and sees that it is killed and back', async () => {
    const keypair = await randomNodeKeypair()
    const [primaryPort, secondaryPort, metricsPort] = (await freePorts(3)) as [number, number, number]
    const env = {
      SECRET_KEY: encodeNodeSecretKey(keypair.secretKey),
      PRIMARY_RPC_SERVER_PORT: String(primaryPort),
      SECONDARY_RPC_SERVER_PORT: String(secondaryPort),
      METRICS_SERVER_PORT: String(metricsPort),
      ROCKSDB_DIR: '/wcn/rocksdb',
    }
    const start = async () => {
      const running = startWcn(['devnet', 'serve'], { env })
      await running.until('until Ctrl-C')
      return running
    }
    const probe = await createNodeProbe(null)
    onTestFinished(() => probe.close())
    const reach = () => probe.reach({ host: HOST, port: primaryPort, api: 'Database' }, LONG_MS)
    const first = await start()
    expect(await reach()).toMatchObject({ kind: 'answers', peerId: keypair.peerId })
    first.interrupt('SIGKILL')
    await first.ended
    expect(await reach()).toEqual({ kind: 'closed' })
    await start()
    expect(await reach()).toMatchObject({ kind: 'answers', peerId: keypair.peerId })
  })
})

describe('a dial', () => {
  it('that succeeds too late is left at once', async () => {
    const abort = vi.fn()
    let connect: (connection: QuicConnection) => void = () => undefined
    const client: QuicClient = {
      outboundConnection: () => new Promise((resolve) => (connect = resolve)),
      abort: () => undefined,
    }
    const stub = await startQuicStub('noise')
    onTestFinished(stub.stop)
    const target = { host: HOST, port: stub.port, api: 'Cluster2' } as const
    expect(await reachPort(client, target, LONG_MS)).toMatchObject({ kind: 'not-quic' })
    const peer = '12D3KooWBCFJfzfMnM3igTpcdCiQkiRtMPYF7ckCuu3gZf94AD7e'
    connect({
      remoteMultiaddr: () => `/ip4/${HOST}/udp/1/quic-v1/p2p/${peer}`,
      abort,
    } as never)
    await expect.poll(() => abort).toHaveBeenCalledOnce()
  })

  it('to a peer that proves no peer ID is a handshake that failed', async () => {
    const client: QuicClient = {
      outboundConnection: async () =>
        ({ remoteMultiaddr: () => '/ip4/127.0.0.1/udp/1', abort: () => undefined }) as never,
      abort: () => undefined,
    }
    expect(await reachPort(client, { host: HOST, port: 1, api: 'Cluster2' }, LONG_MS)).toMatchObject({
      kind: 'quic',
      handshake: { kind: 'failed', reason: 'its certificate proves no peer ID' },
    })
  })

  it('needs no IPv6 on this machine', async () => {
    const families: unknown[] = []
    const addon = {
      QuinnConfig: class {},
      Client: class {
        constructor(_: unknown, family: unknown) {
          families.push(family)
        }
        abort() {}
      },
    } as unknown as QuicAddon
    const probe = await createNodeProbe(null, async () => addon)
    expect(probe.unproven).toBe(null)
    probe.close()
    expect(families).toEqual([0])
  })
})
