/** What nodes find out by dialling one another: real servers on loopback, and nobody anywhere else. */
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createLookout, type Dialled } from '../../../src/devnet/stand-in/lookout.js'
import type { NodeProbe } from '../../../src/peer/node-probe.js'
import { createNodeProbe } from '../../../src/peer/quic/node-probe.js'
import { ip } from '../../support/nodes.js'
import { quicAvailable, randomNodeKeypair, startTestDatabase } from '../../support/stand-ins.js'

const PACE = { tickMs: 20, lookEveryMs: 100 }
const stranger = await randomNodeKeypair()

/** Watches both ports of a server that is well. */
async function watching() {
  const server = await startTestDatabase()
  const probe = await createNodeProbe(null)
  const lookout = createLookout(probe, PACE)
  onTestFinished(async () => {
    await lookout.close()
    await server.stop()
  })
  const { host, peerId, primaryPort, secondaryPort } = server
  const told = vi.fn()
  const watched: Dialled[] = [primaryPort, secondaryPort].map((port) => ({ host, port, peerId }))
  lookout.watch(() => watched, told)
  await expect.poll(() => told.mock.calls.length).toBe(2)
  for (const one of watched) expect(told).toHaveBeenCalledWith(one, null, undefined)
  const count = (port: number, kind: string) => lookout.failures.get(`${host}:${port} ${peerId} ${kind}`) ?? 0
  return { server, lookout, told, watched, count }
}

describe.skipIf(!quicAvailable)('a lookout', () => {
  it.each([
    ['Connection', { primary: 'off' }],
    ['Timeout', { primary: 'mute' }],
    ['Timeout', { primary: 'not-quic' }],
    ['WrongPeerId', { keypair: stranger }],
  ] as const)('counts %s again and again where a server is wrong, until it is mended', async (kind, faults) => {
    const { server, told, watched, count } = await watching()
    await server.misbehave(faults)
    const [first] = watched
    await expect.poll(() => count(server.primaryPort, kind)).toBeGreaterThan(1)
    const kinds = () => told.mock.calls.flatMap(([one, why]) => (one === first ? [why] : []))
    expect(kinds()).toContain(kind)
    if (!('keypair' in faults)) expect(count(server.secondaryPort, kind)).toBe(0)
    await server.misbehave({})
    await expect.poll(() => kinds().at(-1)).toBeNull()
  })

  it('dials each server once, however many watch it', async () => {
    const { server, lookout, watched } = await watching()
    for (let watcher = 0; watcher < 5; watcher++) lookout.watch(() => watched, vi.fn())
    await server.misbehave({ primary: 'off' })
    const told = vi.fn()
    lookout.watch(() => watched, told)
    await expect.poll(() => told.mock.calls.filter(([, why]) => why === 'Connection').length).toBe(1)
    expect(told.mock.calls.every(([one]) => one === watched[0])).toBe(true)
  })
})

it('a lookout dials nobody beyond loopback', async () => {
  const reach = vi.fn(async () => ({ kind: 'closed' }) as const)
  const lookout = createLookout(
    { unproven: null, openFiles: 1024, reach, close: () => undefined } satisfies NodeProbe,
    PACE,
  )
  onTestFinished(() => lookout.close())
  const at = (host: string): Dialled => ({ host: ip(host), port: 9, peerId: stranger.peerId })
  const watched = ['203.0.113.1', '10.0.0.0', '127.0.0.9'].map(at)
  lookout.watch(
    () => watched,
    () => undefined,
  )
  await expect.poll(() => reach.mock.calls.length).toBeGreaterThan(1)
  for (const call of reach.mock.calls) expect(call).toEqual([{ host: '127.0.0.9', port: 9, api: 'Metrics' }, 2_000])
})
