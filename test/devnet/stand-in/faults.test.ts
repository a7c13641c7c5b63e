/** Every fault of a stand-in, as a peer meets it, and that it is mended by an empty one. */
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Faults } from '../../../src/devnet/stand-in/faults.js'
import { createNodeProbe } from '../../../src/peer/quic/node-probe.js'
import { viewAt } from '../../support/cluster-at.js'
import { ip, node } from '../../support/nodes.js'
import { quicAvailable, randomNodeKeypair, startTestDatabase, startTestNode } from '../../support/stand-ins.js'

const LONG_MS = 30_000
/** Used up where nothing answers. */
const SHORT_MS = 1_000
const WELL = { kind: 'answers', api: { kind: 'accepted' } }
const other = await randomNodeKeypair()

/** A node that is listed, and how it is met on its ports, as itself. */
async function meeting() {
  const keypair = await randomNodeKeypair()
  const view = viewAt({ nodes: [node(0, { peerId: keypair.peerId, ipv4Addr: ip('127.0.0.1') }), node(1)] })
  const standIn = await startTestNode(() => view, { keypair })
  const probe = await createNodeProbe(keypair)
  onTestFinished(async () => {
    probe.close()
    await standIn.stop()
  })
  const reach = async (side: 'primary' | 'secondary', timeoutMs: number) => {
    const [port, api] =
      side === 'primary' ? [standIn.primaryPort, 'Cluster2' as const] : [standIn.secondaryPort, 'Metrics' as const]
    const report = await probe.reach({ host: standIn.host, port, api }, timeoutMs)
    return report
  }
  const ask = async (side: 'primary' | 'secondary', request: unknown) => {
    const report = await reach(side, LONG_MS)
    if (report.kind !== 'answers' || report.api.kind !== 'accepted') return report
    const answer = await report.api.session.call(0, request, LONG_MS)
    report.api.session.close()
    return answer
  }
  return { standIn, view, reach, ask }
}

describe.skipIf(!quicAvailable)('at a port of a stand-in', () => {
  it.each<[NonNullable<Faults['primary']> & string, object, number]>([
    ['off', { kind: 'closed' }, LONG_MS],
    ['mute', { kind: 'silent' }, SHORT_MS],
    ['not-quic', { kind: 'not-quic' }, LONG_MS],
    ['silent', { kind: 'answers', api: { kind: 'silent' } }, SHORT_MS],
    ['closed', { kind: 'answers', api: { kind: 'refused', status: null } }, LONG_MS],
    ['slow', WELL, LONG_MS],
  ])('%s', async (fault, met, timeoutMs) => {
    const { standIn, reach } = await meeting()
    expect(await reach('primary', LONG_MS)).toMatchObject(WELL)
    await standIn.misbehave({ primary: fault })
    const began = performance.now()
    expect(await reach('primary', timeoutMs)).toMatchObject(met)
    if (fault === 'slow') expect(performance.now() - began).toBeGreaterThan(450)
    expect(await reach('secondary', LONG_MS)).toMatchObject(WELL)
    await standIn.misbehave({})
    expect(await reach('primary', LONG_MS)).toMatchObject(WELL)
  })

  it('its own words are said instead', async () => {
    const { standIn, ask } = await meeting()
    await standIn.misbehave({ secondary: { says: (usual, request) => ({ Ok: [typeof usual, request] }) } })
    expect(await ask('secondary', 'node')).toEqual({ kind: 'ok', value: ['object', 'node'] })
  })
})

describe.skipIf(!quicAvailable)('a stand-in', () => {
  it('shows another key, and its own again', async () => {
    const { standIn, reach } = await meeting()
    await standIn.misbehave({ keypair: other })
    expect(await reach('primary', LONG_MS)).toMatchObject({ kind: 'answers', peerId: other.peerId })
    expect(await reach('secondary', LONG_MS)).toMatchObject({ kind: 'answers', peerId: other.peerId })
    await standIn.misbehave({})
    expect(await reach('primary', LONG_MS)).toMatchObject({ kind: 'answers', peerId: standIn.peerId })
  })

  it('has its ports exchanged', async () => {
    const { standIn, reach } = await meeting()
    await standIn.misbehave({ swapped: true })
    const refused = { kind: 'answers', peerId: standIn.peerId, api: { kind: 'refused' } }
    expect([await reach('primary', LONG_MS), await reach('secondary', LONG_MS)]).toMatchObject([refused, refused])
  })

  it('has a provider that lags, or fails, and is behind where it follows one that lags', async () => {
    const { standIn, ask, view } = await meeting()
    const lagging = { ...view, version: view.version - 2n }
    await standIn.misbehave({ shown: () => lagging })
    expect(await ask('primary', null)).toMatchObject({ kind: 'ok', value: { cluster_version: 7 } })
    expect(await ask('secondary', 'node')).toMatchObject({ value: expect.stringContaining('cluster_version 9\n') })
    await standIn.misbehave({ shown: () => lagging, followed: () => lagging })
    expect(await ask('secondary', 'node')).toMatchObject({ value: expect.stringContaining('cluster_version 7\n') })
    await standIn.misbehave({ shown: () => null })
    expect(await ask('primary', null)).toEqual({ kind: 'error', code: 0, message: 'internal error' })
  })

  it('counts its connections across its faults', async () => {
    const { standIn, ask } = await meeting()
    await ask('primary', null)
    await standIn.misbehave({ primary: 'off' })
    await ask('secondary', 'node')
    await expect.poll(standIn.connections).toEqual({ taken: 2, open: 0 })
  })

  it('for a database has them too', async () => {
    const database = await startTestDatabase({ faults: { secondary: 'off' } })
    onTestFinished(database.stop)
    const probe = await createNodeProbe(null)
    onTestFinished(() => probe.close())
    const reach = (port: number) => probe.reach({ host: database.host, port, api: 'Database' }, LONG_MS)
    expect(await reach(database.primaryPort)).toMatchObject(WELL)
    expect(await reach(database.secondaryPort)).toEqual({ kind: 'closed' })
  })
})
