/** `nodes rotate` and `--verify` of the built tool, with nodes that really answer; killed where it may be, and run again. */
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { storeNode } from '../../src/cluster/plain-node.js'
import { startWcn } from '../support/background.js'
import { wcn, wcnJson } from '../support/cli.js'
import { useDevnet } from '../support/devnet.js'
import { plainOf, quicAvailable, startTestNode, type TestStandIn, WITHOUT_ADDON } from '../support/stand-ins.js'

const net = useDevnet()
const nodes: TestStandIn[] = []
const operator = () => {
  const [first] = net.operators
  if (!first) throw new Error('the development chain has no operator')
  return first
}
const env = () => net.signedBy(operator())
const valuesOf = ({ peerId, host, primaryPort, secondaryPort }: TestStandIn) => [
  ...['--peer-id', peerId, '--ip-address', host],
  ...['--primary-port', String(primaryPort), '--secondary-port', String(secondaryPort)],
]

/** The first two are on chain, the third one is not. */
beforeEach(async () => {
  if (!quicAvailable) return
  if (nodes.length === 0) nodes.push(...(await Promise.all([1, 2, 3].map(() => startTestNode(net)))))
  await fresh().misbehave({})
  const key = parseEncryptionKey(net.encryptionKey, 'the env file')
  const stored = nodes.slice(0, 2).map((one) => storeNode(plainOf(one), key))
  await net.putData(operator(), encodeOperatorData({ name: 'rotating', nodes: stored, clients: [] }))
})
afterAll(async () => {
  await Promise.all(nodes.map((one) => one.stop()))
})

const at = (place: number): TestStandIn => {
  const found = nodes[place]
  if (!found) throw new Error(`there is no test node ${place}`)
  return found
}
const [old, neighbour, fresh] = [() => at(0), () => at(1), () => at(2)]
const peerIds = (...some: readonly TestStandIn[]) => some.map(({ peerId }) => peerId)
const listed = async () =>
  (await wcnJson(['nodes', 'list'], { env: env() })).data.nodes.map(({ peer_id }: { peer_id: string }) => peer_id)
const rotate = (...flags: readonly string[]) => [
  ...['nodes', 'rotate', old().peerId, ...valuesOf(fresh()), '--yes', '--settle', '1s', ...flags],
]
const off = () => fresh().misbehave({ primary: 'off', secondary: 'off' })

describe.skipIf(!quicAvailable)('nodes rotate', () => {
  it('puts the new node in the place of the old one', async () => {
    const result = await wcn(rotate(), { env: env() })
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('the old node may be stopped now') })
    expect(await listed()).toEqual(peerIds(fresh(), neighbour()))
  })

  it.each([
    ['while it adds', 'step 1 of 2'],
    ['while it waits', 'beside the old one'],
    ['while it removes', 'step 2 of 2'],
  ])('killed %s and run again, it goes on', async (_, text) => {
    const killed = startWcn(rotate(), { env: env() })
    await killed.until(text)
    killed.interrupt('SIGKILL')
    await killed.ended
    const again = await wcnJson(rotate(), { env: env() })
    expect(again).toMatchObject({ code: 0, data: { dry_run: false } })
    expect(await listed()).toEqual(peerIds(fresh(), neighbour()))
    const nothing = await wcnJson(rotate(), { env: env() })
    expect(nothing).toMatchObject({ code: 0, data: { changed: false, transactions: { add: null, remove: null } } })
  })

  it('waits for a node that is started meanwhile', async () => {
    await off()
    const running = startWcn(rotate(), { env: env() })
    await running.until('waiting for nodes[2]')
    expect(await listed()).toEqual(peerIds(old(), neighbour(), fresh()))
    await fresh().misbehave({})
    expect(await running.ended).toMatchObject({ code: 0 })
    expect(await listed()).toEqual(peerIds(fresh(), neighbour()))
  })

  it('keeps both where the new one does not come up, or Ctrl-C comes first', async () => {
    await off()
    const failed = await wcnJson(rotate('--node-timeout', '1s'), { env: env() })
    expect(failed).toMatchObject({ code: 8, error: { code: 'NODE_NOT_OPERATIONAL' } })
    expect(failed.error.hint).toContain(`wcn nodes remove ${fresh().peerId}`)
    const running = startWcn(rotate(), { env: env() })
    await running.until('waiting for nodes[2]')
    running.interrupt('SIGINT')
    expect(await running.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('it goes on from there'),
    })
    expect(await listed()).toEqual(peerIds(old(), neighbour(), fresh()))
  })
})

describe.skipIf(!quicAvailable)('--verify', () => {
  const add = () => ['nodes', 'add', ...valuesOf(fresh()), '--yes', '--verify']

  it('refuses what does not answer, and adds what does', async () => {
    await off()
    const refused = await wcnJson(add(), { env: env() })
    expect(refused).toMatchObject({ code: 4, error: { code: 'NODE_UNVERIFIED' } })
    expect(refused.error.message).toMatch(/nothing was sent.*primary port.*secondary port/)
    expect(await listed()).toHaveLength(2)
    await fresh().misbehave({})
    expect(await wcn(add(), { env: env() })).toMatchObject({ code: 0 })
    expect(await listed()).toHaveLength(3)
  })
})

it('neither goes on where nobody can prove who answers', async () => {
  const values = ['--peer-id', 'x', '--ip-address', '127.0.0.1', '--primary-port', '1', '--secondary-port', '2']
  const peerId = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'
  const flags = [...values.with(1, peerId), '--yes']
  for (const args of [
    ['nodes', 'rotate', '0', ...flags],
    ['nodes', 'add', ...flags, '--verify'],
  ])
    expect(await wcnJson(args, { env: { ...env(), ...WITHOUT_ADDON } })).toMatchObject({
      code: 2,
      error: { code: 'PROBE_UNAVAILABLE', hint: expect.stringContaining('--include=optional') },
    })
})
