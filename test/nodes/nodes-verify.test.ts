/** `--verify`: what is new or changed is asked, and only that, before anything is sent. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { PeerId } from '../../src/base/keys/peer-id.js'
import type { PlainNode } from '../../src/cluster/plain-node.js'
import { clusterAnswer } from '../../src/devnet/stand-in/cluster-answer.js'
import { run as add } from '../../src/nodes/nodes-add.js'
import { run as diff } from '../../src/nodes/nodes-diff.js'
import { run as update } from '../../src/nodes/nodes-update.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import type { PortReport } from '../../src/peer/node-probe.js'
import { accepted, answers, fakeNodeProbe, refused } from '../support/fake-node-probe.js'
import { node, peerId } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import { OPERATOR, OWN_NODES, useRealCluster, WRONG_KEY } from '../support/use-real-cluster.js'

const { services, stored, view, transactionCount } = useRealCluster()
const NEW = node(9)
const flags = { peerId: NEW.peerId, ipAddress: NEW.ipv4Addr, primaryPort: '3010', secondaryPort: '3011', verify: true }
const file = (nodes: readonly PlainNode[]) =>
  JSON.stringify({
    nodes: nodes.map((one) => ({
      peer_id: one.peerId,
      ipv4_addr: one.ipv4Addr,
      primary_port: one.primaryPort,
      secondary_port: one.secondaryPort,
    })),
  })

/** What is met at the new node's primary port. */
let shown: unknown
const asItself = (id: PeerId = NEW.peerId) => ({
  '20.0.9.1:3010': (api: string): PortReport =>
    answers(id, api === 'Cluster2' ? accepted(() => ({ kind: 'ok', value: shown })) : refused),
  '20.0.9.1:3011': answers(id, refused),
})
beforeEach(async () => {
  shown = JSON.parse(
    JSON.stringify(clusterAnswer(await view()), (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
  )
})

type Options = Parameters<typeof services>[0]
function withPorts(met: Parameters<typeof fakeNodeProbe>[0], options: Options = {}, unproven: string | null = null) {
  const probe = fakeNodeProbe(met, { unproven })
  const made = services(options)
  return { ...made, all: { ...made.services, nodeProbe: async () => probe }, probe }
}
const askedPorts = ({ asked }: { asked: readonly string[] }) => [...new Set(asked.map((line) => line.split(' ')[0]))]

describe('--verify', () => {
  it('lets through a node that answers as itself', async () => {
    const { all, probe, said } = withPorts(asItself())
    await add(all, flags)
    expect((await stored()).nodes).toEqual([...OWN_NODES, NEW])
    expect(askedPorts(probe)).toEqual(['20.0.9.1:3010', '20.0.9.1:3011'])
    expect(said).toContain('verified: nodes[3] answers as what is to be written')
  })

  it('asks nobody unless it is given, and takes no flag in vain', async () => {
    await add(services().services, { ...flags, verify: false })
    const error = await rejectedBy(add(services().services, { ...flags, verify: false, probeTimeout: '1s' }))
    expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining('--probe-timeout') })
  })

  it.each<[string, Parameters<typeof fakeNodeProbe>[0], string[], RegExp]>([
    ['nobody', {}, ['silent', 'silent'], /3010.*3011/],
    [
      'one port',
      { ...asItself(), '20.0.9.1:3011': { kind: 'closed' } },
      ['ok', 'closed'],
      /nodes\[3\].*secondary port, 20\.0\.9\.1:3011/,
    ],
    [
      'another node of ours',
      asItself(peerId(0)),
      ['other-own-node', 'other-own-node'],
      /nodes\[0\] of the same operator/,
    ],
    ['a stranger', asItself(peerId(30)), ['stranger', 'stranger'], /nobody has on chain/],
  ])('refuses where %s answers', async (_, met, diagnoses, sentence) => {
    const { all, sent } = withPorts(met)
    const error = await rejectedBy(add(all, flags))
    expect(error).toMatchObject({ code: 'NODE_UNVERIFIED', message: expect.stringMatching(sentence) })
    const [health] = (error.details?.nodes ?? []) as { primary: object; secondary: object }[]
    expect(health).toMatchObject({ primary: { diagnosis: diagnoses[0] }, secondary: { diagnosis: diagnoses[1] } })
    expect(error.hint).toBeTruthy()
    expect(sent).toEqual([])
    expect(await transactionCount()).toBe(0)
  })

  it('refuses a node of another cluster, and only warns of one whose provider fails', async () => {
    const real = shown
    shown = { ...(shown as object), node_operators: [] }
    expect((await rejectedBy(add(withPorts(asItself()).all, flags))).message).toContain('another cluster')
    shown = real
    const met = {
      ...asItself(),
      '20.0.9.1:3010': answers(
        NEW.peerId,
        accepted(() => ({ kind: 'error', code: 0, message: 'no \u001b[31mchain' })),
      ),
    }
    const { all, said } = withPorts(met)
    await add(all, flags)
    expect(said).toContainEqual(expect.stringMatching(/^warning: nodes\[3\] answers as itself, but its RPC provider/))
  })

  it('takes the addon', async () => {
    const error = await rejectedBy(add(withPorts({}, {}, 'the addon is missing').all, flags))
    expect(error).toMatchObject({ code: 'PROBE_UNAVAILABLE', hint: expect.stringContaining('--include=optional') })
  })

  it('holds for a dry run as well', async () => {
    expect((await rejectedBy(add(withPorts({}).all, { ...flags, dryRun: true }))).code).toBe('NODE_UNVERIFIED')
  })

  it('asks once, also where another write comes first', async () => {
    const { all, probe } = withPorts(asItself(), {
      confirm: async () => {
        await rename(services().services, { newName: 'meanwhile' })
        return true
      },
    })
    await add(all, flags)
    expect(await stored()).toMatchObject({ name: 'meanwhile', nodes: [...OWN_NODES, NEW] })
    expect(probe.asked.filter((line) => line === '20.0.9.1:3010 Cluster2')).toHaveLength(1)
  })
})

describe('of updates', () => {
  const changes = { node: '1', peerId: NEW.peerId, ipAddress: NEW.ipv4Addr, verify: true }

  it.each([
    ['one node', async (met: object) => update(withPorts(met as never).all, changes)],
    ['a file', async (met: object) => update(withPorts(met as never, FILE).all, { file: 'nodes.yaml', verify: true })],
    ['a plan', async (met: object) => carryOutPlan(met)],
  ])('by %s: only what changes is asked', async (_, write) => {
    expect(await rejectedBy(write({}))).toMatchObject({
      code: 'NODE_UNVERIFIED',
      details: { nodes: [{ node: { peer_id: NEW.peerId, index: null } }] },
    })
    await write(asItself())
    expect((await stored()).nodes).toContainEqual(NEW)
    expect((await stored()).nodes).toHaveLength(3)
  })

  it('a list that is as it should be asks nobody', async () => {
    const { all, probe } = withPorts({}, { files: { 'nodes.yaml': file(OWN_NODES) } })
    const { data } = await update(all, { file: 'nodes.yaml', verify: true })
    expect(data.changed).toBe(false)
    expect(probe.asked).toEqual([])
  })

  it('a plan takes the encryption key to be verified, and the right one', async () => {
    const plan = await madePlan()
    const files = { 'plan.json': plan }
    const withKey = (encryptionKey: typeof WRONG_KEY | null) =>
      rejectedBy(update(withPorts(asItself(), { files, encryptionKey }).all, { plan: 'plan.json', verify: true }))
    expect((await withKey(null)).code).toBe('SETTING_MISSING')
    expect((await withKey(WRONG_KEY)).code).toBe('ENCRYPTION_KEY_WRONG')
  })
})

const FILE: Options = { files: { 'nodes.yaml': file([node(0), node(1), NEW]) } }

async function madePlan(): Promise<string> {
  const { services: all, files } = services({ ...FILE, privateKey: null, operator: OPERATOR })
  await diff(all, { file: 'nodes.yaml', out: 'plan.json' })
  return files.contents.get('plan.json') ?? ''
}

async function carryOutPlan(met: object) {
  const files = { 'plan.json': await madePlan() }
  return update(withPorts(met as never, { files }).all, { plan: 'plan.json', verify: true })
}
