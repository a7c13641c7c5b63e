import { beforeEach, describe, expect, it, vi } from 'vitest'
import { plainPaint } from '../../src/cli/paint.js'
import type { DataOf, Services } from '../../src/cli/services.js'
import type { Examiner } from '../../src/health/examiner.js'
import { run as rotate } from '../../src/nodes/nodes-rotate.js'
import { nodesRotateText } from '../../src/nodes/view-runs.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { fakeClock } from '../support/fake-clock.js'
import { type Condition, healthOf } from '../support/health-of.js'
import { raisedSignals } from '../support/interruption.js'
import { memoryState } from '../support/memory-state.js'
import { ip, node, peerId } from '../support/nodes.js'
import { SAMPLE_PEER_ID } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'
import { blob, OWN_NODES, useRealCluster } from '../support/use-real-cluster.js'

vi.mock('../../src/health/examiner.js', () => ({ openExaminer: async () => examiner }))

const { services, stored, ownerWrites, transactionCount, setBalance, view } = useRealCluster()
const NEW = node(9)
const given = { node: peerId(1), peerId: peerId(9), ipAddress: '20.0.9.1' }
const BOTH = [...OWN_NODES, NEW]
const DONE = [node(0), NEW, node(2)]

let unproven: string | null
/** How the new node is; `looks` so far. */
let condition: (looks: number) => Condition
let looks: number
const examiner: Examiner = {
  get unproven() {
    return unproven
  },
  identified: false,
  examine: async (nodes) => nodes.map((one) => healthOf(one, condition(looks++))),
}
beforeEach(() => {
  unproven = null
  looks = 0
  condition = () => ({})
})

type Options = Parameters<typeof services>[0]
interface Run {
  readonly data: DataOf<typeof rotate>
  readonly said: readonly string[]
}

/** Time passes by itself; `raise` is a signal for whoever takes them. */
function prepare(options: Options = {}, meanwhile: () => unknown = () => {}) {
  const made = services({ clock: fakeClock(meanwhile), ...options })
  const signals = raisedSignals()
  const all: Services = {
    ...made.services,
    interruption: { ...made.services.interruption, take: signals.take },
  }
  return { ...made, all, raise: () => signals.raise('SIGINT'), taken: () => signals.taken() > 0 }
}
async function run(input: object = given, options: Options = {}): Promise<Run> {
  const { all, said } = prepare(options)
  return { ...(await rotate(all, input as typeof given)), said }
}
async function refusal(input: object = given, options: Options = {}) {
  const { all, sent } = prepare(options)
  const error = await rejectedBy(rotate(all, input as typeof given))
  expect(sent).toEqual([])
  return error
}

describe('nodes rotate', () => {
  it('adds, waits, removes: asked for once, the new one in the place of the old one', async () => {
    condition = (look) => (look < 4 ? { diagnosis: 'closed' } : {})
    const lists: unknown[] = []
    // From when the first transaction is included until the second one is sent.
    const made = prepare({}, async () => {
      const { nodes } = await stored()
      if (made.sent.length === 1 && (lists.length > 0 || nodes.length > OWN_NODES.length)) lists.push(nodes)
    })
    const { all, said, previews } = made
    const { data } = await rotate(all, given)
    expect((await stored()).nodes).toEqual(DONE)
    expect(lists.length).toBeGreaterThan(4)
    for (const list of lists) expect(list).toEqual(BOTH)
    expect(said.filter((line) => line.startsWith('question'))).toHaveLength(1)
    expect(said.findIndex((line) => line.startsWith('question'))).toBeLessThan(
      said.findIndex((line) => /^sending/.test(line)),
    )
    expect(previews[0]?.changes).toMatchObject([
      { op: 'add', path: 'nodes[3]', after: { peer_id: peerId(9) } },
      { op: 'remove', path: 'nodes[1]', before: { peer_id: peerId(1) } },
    ])
    const [whole, ...steps] = previews.map(({ cost }) => cost.gas)
    expect(whole).toBeGreaterThan(steps[0] ?? 0n)
    expect(data).toMatchObject({
      changed: true,
      dry_run: false,
      changes: previews[0]?.changes,
      transactions: { add: { nonce: 0 }, remove: { nonce: 1 } },
      node: { node: { label: 'nodes[3]', index: 3, peer_id: peerId(9) }, operational: true },
      version: Number((await view()).version),
    })
    expect(nodesRotateText(data, plainPaint)).toMatch(
      /in the place of the old one[\s\S]*the old node may be stopped now/,
    )
  })

  it('warns of a new node that does not answer yet, before it asks', async () => {
    condition = (look) => (look === 0 ? { diagnosis: 'silent' } : {})
    const { said } = await run()
    const warned = said.findIndex((line) => /^warning: the new node: .*silent.*waited for/.test(line))
    expect(warned).toBeGreaterThanOrEqual(0)
    expect(warned).toBeLessThan(said.findIndex((line) => line.startsWith('question')))
  })

  it('moves a node with the same key to another address', async () => {
    await run({ node: peerId(1), ipAddress: '20.9.9.9' })
    expect((await stored()).nodes).toEqual([node(0), node(1, { ipv4Addr: ip('20.9.9.9') }), node(2)])
  })

  it('shows, and sends nothing, with --dry-run', async () => {
    const { all, sent, previews } = prepare()
    const { data } = await rotate(all, { ...given, dryRun: true })
    expect(sent).toEqual([])
    expect(previews).toHaveLength(1)
    expect(data).toMatchObject({ changed: false, dry_run: true, transactions: { add: null, remove: null }, node: null })
    expect(data.changes).toHaveLength(2)
    expect(nodesRotateText(data, plainPaint)).toContain('dry run')
  })

  it.each([
    ['no proof of who answers', given, {}, 'PROBE_UNAVAILABLE'],
    ['no new value', { node: '1' }, {}, 'USAGE'],
    ['no length of time', { ...given, settle: '0' }, {}, 'SETTING_INVALID'],
    ['a peer ID without a key', { ...given, peerId: SAMPLE_PEER_ID }, {}, 'PEER_ID_NOT_A_KEY'],
    ['a private address', { ...given, ipAddress: '10.0.0.1' }, {}, 'ADDRESS_NOT_ROUTABLE'],
    ['the same address and ports', { node: '1', peerId: peerId(9) }, {}, 'PORTS_COLLIDE'],
    ['a node that is not there', { ...given, node: peerId(7), peerId: peerId(8) }, {}, 'SELECTOR_NO_MATCH'],
    ['no encryption key', given, { encryptionKey: null }, 'SETTING_MISSING'],
    ['nobody agrees', given, { confirm: () => false }, 'DECLINED'],
    ['too dear', given, { maxCostWei: 1n }, 'FEE_TOO_HIGH'],
  ])('refuses: %s', async (what, input, options, code) => {
    if (/proof/.test(what)) unproven = 'the addon is missing'
    expect((await refusal(input, options)).code).toBe(code)
    expect((await stored()).nodes).toEqual(OWN_NODES)
  })

  it('refuses before the first write what only the second could not pay for', async () => {
    const { all, previews } = prepare()
    await rotate(all, { ...given, dryRun: true })
    const { executionFeeWei = 0n, l1FeeWei = 0n } = previews[0]?.cost ?? {}
    await setBalance(executionFeeWei + l1FeeWei - 1n)
    expect((await refusal()).code).toBe('INSUFFICIENT_FUNDS')
  })

  it('refuses before the first write what is too large side by side', async () => {
    const clients = [...Array(72).keys()].map((n) => ({ peerId: peerId(n % 40), namespaces: [n] }))
    const fits = [...Array(30).keys()].map((n) => node(n))
    let count = clients.length
    // As many clients as leave no room for another node.
    while (blob('x', fits, clients.slice(0, count)).length / 2 - 1 > 4096) count--
    await ownerWrites(blob('x', fits, clients.slice(0, count)))
    expect((await refusal({ ...given, peerId: peerId(45), ipAddress: '20.0.45.1' })).code).toBe('DATA_TOO_LARGE')
  })

  it('with --verify sends nothing unless the new one answers', async () => {
    condition = () => ({ diagnosis: 'stranger' })
    const error = await refusal({ ...given, verify: true })
    expect(error).toMatchObject({ code: 'NODE_UNVERIFIED', details: { nodes: [{ operational: false }] } })
    expect(error.message).toContain('the new node')
  })
})

describe('a rotation that is cut off', () => {
  it('keeps both where the new one does not come up, says what to type, and goes on from there', async () => {
    condition = () => ({ diagnosis: 'closed' })
    const { all } = prepare()
    const error = await rejectedBy(rotate(all, { ...given, node: '1', nodeTimeout: '5s' }))
    expect(error.code).toBe('NODE_NOT_OPERATIONAL')
    expect(error.details).toMatchObject({ old_listed: true, new_listed: true, added_by: expect.stringMatching(/^0x/) })
    expect(error.hint).toContain('Run the same command again, with 20.0.1.1:3010 in place of the index')
    expect(error.hint).toContain(`wcn nodes remove ${peerId(9)}`)
    expect((await stored()).nodes).toEqual(BOTH)

    expect((await refusal({ ...given, node: '1' })).code).toBe('SELECTOR_AMBIGUOUS')
    condition = () => ({})
    const { data, said } = await run({ ...given, node: '20.0.1.1:3010' })
    expect(data.transactions).toMatchObject({ add: null, remove: { nonce: 1 } })
    expect(data.changes).toMatchObject([{ op: 'remove', path: 'nodes[1]' }])
    expect(said).toContainEqual(expect.stringContaining('is on chain already'))
    expect((await stored()).nodes).toEqual(DONE)
    expect(await transactionCount()).toBe(2)
  })

  it.each([
    ['peer ID', given],
    ['index', { ...given, node: '1' }],
  ])('is done once: nothing to do, by %s', async (_, input) => {
    await run(input)
    const { data } = await run(input)
    expect(data).toMatchObject({ changed: false, changes: [], transactions: { add: null, remove: null }, node: null })
    expect(nodesRotateText(data, plainPaint)).toBe('nothing to do\n')
    expect(await transactionCount()).toBe(2)
  })

  it('by Ctrl-C while it waits: 6 where this run sent something, else 130', async () => {
    condition = () => ({ diagnosis: 'closed' })
    const first = prepare({}, () => first.raise())
    const error = await rejectedBy(rotate(first.all, given))
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', message: expect.stringContaining('is on chain now') })
    expect(error.hint).toContain('Run the same command again: it goes on from there')
    expect(first.taken()).toBe(false)
    const second = prepare({}, () => second.raise())
    expect((await rejectedBy(rotate(second.all, given))).code).toBe('INTERRUPTED')
    expect((await stored()).nodes).toEqual(BOTH)
  })

  it('between sending and inclusion: the same transaction, once', async () => {
    const state = memoryState()
    const dying = {
      state,
      wrap: (chain: never) => ({
        ...(chain as object),
        follow: async () => ({ kind: 'unknown', reason: 'killed', shown: false }),
      }),
    }
    expect((await rejectedBy(rotate(prepare(dying as never).all, given))).code).toBe('OUTCOME_UNKNOWN')
    const { data } = await run(given, { state })
    expect((await stored()).nodes).toEqual(DONE)
    expect(data.transactions.remove).toMatchObject({ nonce: 1 })
    expect(await transactionCount()).toBe(2)
  })
})

describe('others write meanwhile', () => {
  const waiting = (meanwhile: () => Promise<unknown>) => {
    let called = false
    const ways = prepare({}, async () => {
      if (called || (await stored()).nodes.length !== 4) return
      called = true
      await meanwhile()
    })
    return rotate(ways.all, given)
  }

  it('what they wrote stays', async () => {
    await waiting(() => rename(services().services, { newName: 'meanwhile' }))
    expect(await stored()).toMatchObject({ name: 'meanwhile', nodes: DONE })
  })

  it('the old one is left where the new one was taken away', async () => {
    const error = await rejectedBy(waiting(() => ownerWrites(blob('x', OWN_NODES))))
    expect(error.code).toBe('STATE_CHANGED')
    expect((await stored()).nodes).toEqual(OWN_NODES)
  })

  it('a neighbour is never hit where the old one has gone', async () => {
    await waiting(() => ownerWrites(blob('x', [node(0), node(2), NEW])))
    expect((await stored()).nodes).toEqual([node(0), node(2), NEW])
  })
})
