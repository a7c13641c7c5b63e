import { beforeEach, describe, expect, it } from 'vitest'
import { run as diff } from '../../src/nodes/nodes-diff.js'
import { run as update } from '../../src/nodes/nodes-update.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { node, placeholder } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import { blob, member, OPERATOR, OWN_NODES, OWNER, useRealCluster, WRONG_KEY } from '../support/use-real-cluster.js'

const { services, stored, rawData, ownerWrites, transactionCount, now, view } = useRealCluster()
const wanted = [node(0), node(1), node(9)]
const text = JSON.stringify({
  name: 'planned',
  nodes: wanted.map((plain) => ({
    peer_id: plain.peerId,
    ipv4_addr: plain.ipv4Addr,
    primary_port: plain.primaryPort,
    secondary_port: plain.secondaryPort,
  })),
})

let plan: string
beforeEach(async () => {
  plan = await made({})
})

/** As on a pull request: no private key. */
async function made(input: object, nodes = text): Promise<string> {
  const { services: all, files } = services({ privateKey: null, operator: OPERATOR, files: { 'nodes.yaml': nodes } })
  const { data } = await diff(all, { file: 'nodes.yaml', out: 'plan.json', ...input })
  expect(data.plan_file).toBe('plan.json')
  return files.contents.get('plan.json') ?? ''
}

type Options = Parameters<typeof services>[0]
const carryOut = (document: string, options: Options = {}, input = {}) =>
  update(services({ files: { 'plan.json': document }, ...options }).services, { plan: 'plan.json', ...input })
const altered = (changes: object) => JSON.stringify({ ...JSON.parse(plan), ...changes })

async function refusal(document: string, options: Options = {}) {
  const made = services({ files: { 'plan.json': document }, ...options })
  const error = await rejectedBy(update(made.services, { plan: 'plan.json' }))
  expect(made.sent).toEqual([])
  return error
}

describe('a plan', () => {
  it('holds what was, what shall be, and for what; no address in the clear', async () => {
    const fields = JSON.parse(plan)
    expect(fields).toMatchObject({
      type: 'wcn-nodes-plan',
      version: 1,
      chain_id: 31337,
      contract: now.contract,
      operator: OPERATOR,
      before: await rawData(),
    })
    expect(plan).not.toContain('20.0.')
  })

  it('is carried out exactly', async () => {
    const { data } = await carryOut(plan)
    expect(data).toMatchObject({ changed: true, operator: { name: 'planned' } })
    expect(await rawData()).toBe(JSON.parse(plan).after)
    expect(await stored()).toMatchObject({ name: 'planned', nodes: wanted })
  })

  it('takes the encryption key where it brings nodes: nothing can be said of their addresses otherwise', async () => {
    expect((await refusal(plan, { encryptionKey: null })).code).toBe('SETTING_MISSING')
    expect((await refusal(plan, { encryptionKey: WRONG_KEY })).code).toBe('ENCRYPTION_KEY_WRONG')
    const fewer = JSON.stringify({ name: 'fewer', nodes: JSON.parse(text).nodes.slice(0, 2) })
    expect((await carryOut(await made({ force: true }, fewer), { encryptionKey: null })).data.changed).toBe(true)
    expect(await stored()).toMatchObject({ name: 'fewer', nodes: OWN_NODES.slice(0, 2) })
  })

  it('is carried out once: the second time there is nothing to do', async () => {
    await carryOut(plan)
    const { data } = await carryOut(plan)
    expect(data).toMatchObject({ changed: false, changes: [], transaction: null })
    expect(await transactionCount()).toBe(1)
  })

  it('can be looked at first', async () => {
    const { data } = await carryOut(plan, {}, { dryRun: true })
    expect(data).toMatchObject({ changed: false, dry_run: true })
    expect(data.changes.map(({ path }) => path)).toEqual(['name', 'nodes[2]'])
  })

  it('of nothing to do is nothing to do', async () => {
    const same = JSON.stringify({ nodes: JSON.parse(text).nodes.slice(0, 2) })
    await ownerWrites(blob('x', OWN_NODES.slice(0, 2)))
    expect((await carryOut(await made({}, same))).data.changed).toBe(false)
    expect(await transactionCount()).toBe(0)
  })

  it('does not mind what happens to other operators', async () => {
    await ownerWrites(blob('other', OWN_NODES), member(3))
    expect((await carryOut(plan)).data.changed).toBe(true)
  })

  it('takes the place of an older one only when told to', async () => {
    const { services: all } = services({ files: { 'nodes.yaml': text, 'plan.json': 'old' } })
    const input = { file: 'nodes.yaml', out: 'plan.json' }
    expect((await rejectedBy(diff(all, input))).code).toBe('FILE_EXISTS')
    await diff(all, { ...input, force: true })
  })
})

describe('a plan is refused', () => {
  it('when the operator changed since, and says how', async () => {
    await rename(services().services, { newName: 'changed' })
    const error = await refusal(plan)
    expect(error.code).toBe('STATE_CHANGED')
    expect(error.details).toEqual({
      changed_since_plan: [{ op: 'update', path: 'name', before: 'member 0', after: 'changed' }],
    })
    expect((await stored()).name).toBe('changed')
  })

  it('when only bytes that mean nothing changed', async () => {
    await ownerWrites(`${await rawData()}00`)
    expect((await refusal(plan)).code).toBe('DATA_TRAILING_BYTES')
  })

  it('when the data does not decode any more', async () => {
    await ownerWrites('0xdeadbeef')
    expect((await refusal(plan)).code).toBe('DATA_UNDECODABLE')
  })

  it.each<[string, object]>([
    ['another contract', { contract: `0x${'12'.repeat(20)}` }],
    ['another operator', { operator: member(1) }],
    ['another chain', { chain_id: 10 }],
  ])('when it was made for %s', async (_, changes) => {
    const error = await refusal(altered(changes))
    expect(error.code).toBe('STATE_CHANGED')
    expect(error.message).toContain('plan.json was made for')
  })

  it.each<[string, () => string]>([
    ['no JSON', () => '{'],
    ['an unknown field', () => altered({ note: 1 })],
    ['another type', () => altered({ type: 'wcn-join-request' })],
    ['a newer version', () => altered({ version: 2 })],
    ['half a byte', () => altered({ after: '0x0' })],
    ['data that does not decode', () => altered({ after: '0x09' })],
    ['bytes behind the data', () => altered({ after: `${JSON.parse(plan).after}00` })],
    ['one node', () => altered({ after: blob('x', [node(0)]) })],
  ])('when it is broken: %s', async (_, document) => {
    const error = await refusal(document())
    expect(error.code).toBe('DOCUMENT_INVALID')
    expect(error.message).toContain('plan.json')
  })

  it.each([
    ['a peer ID without a key', () => blob('x', [...OWN_NODES, placeholder(3)]), 'PEER_ID_NOT_A_KEY'],
    [
      'a client without a key',
      () => blob('x', OWN_NODES, [{ peerId: placeholder(3).peerId, namespaces: [1] }]),
      'PEER_ID_NOT_A_KEY',
    ],
    ['a name that is too long', () => blob('x'.repeat(33), OWN_NODES), 'NAME_TOO_LONG'],
  ] as const)('when somebody wrote %s into it', async (_, after, code) => {
    expect((await refusal(altered({ after: after() }))).code).toBe(code)
  })

  it('when another write came between', async () => {
    const late = services({
      files: { 'plan.json': plan },
      confirm: async () => {
        await rename(services().services, { newName: 'meanwhile' })
        return true
      },
    })
    expect((await rejectedBy(update(late.services, { plan: 'plan.json' }))).code).toBe('STATE_CHANGED')
    expect((await stored()).name).toBe('meanwhile')
  })
})

it('the owner of the cluster is not the operator', async () => {
  expect((await view()).owner).toBe(OWNER)
  expect((await refusal(plan, { operator: member(1) })).code).toBe('STATE_CHANGED')
})
