import { describe, expect, it } from 'vitest'
import { createDeadline } from '../../src/base/deadline.js'
import type { Chain, ClusterSnapshot } from '../../src/chain/chain.js'
import { exitCodeOf } from '../../src/errors/exit-codes.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { Examiner } from '../../src/health/examiner.js'
import { expectedNode } from '../../src/health/model/expected-node.js'
import { parseWaitLimits, type WaitLimits, waitUntilOperational } from '../../src/health/wait-until-operational.js'
import { fakeClock } from '../support/fake-clock.js'
import { type Condition, healthOf } from '../support/health-of.js'
import { node } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import { testServices } from '../support/services.js'
import { thrownBy } from '../support/thrown.js'
import { member } from '../support/use-real-cluster.js'

const [first, second] = [expectedNode(node(0), 0), expectedNode(node(1), null, 'the new node')] as const
const UP: Condition = {}
const DOWN: Condition = { diagnosis: 'silent' }
const WAITS: WaitLimits = { nodeTimeoutMs: 60_000, settleMs: 10_000 }

interface Case {
  readonly waits?: WaitLimits
  readonly timeoutMs?: number
  readonly stop?: AbortSignal
  readonly readCluster?: (look: number) => Promise<ClusterSnapshot>
  /** How long a look takes. */
  readonly lookMs?: number
}

/** `conditions` say how the two nodes are at a look, counted from 0, and at a time since the start. */
function wait(
  conditions: (look: number, ms: number) => readonly [Condition, Condition],
  { waits = WAITS, timeoutMs, stop, readCluster, lookMs = 0 }: Case = {},
) {
  const clock = fakeClock()
  const startMs = clock.monotonicMs()
  let looks = 0
  const examiner: Examiner = {
    unproven: null,
    identified: false,
    async examine(nodes) {
      const states = conditions(looks++, clock.monotonicMs() - startMs)
      await clock.sleep(lookMs)
      return nodes.map((one, place) => healthOf(one, states[place]))
    },
  }
  let reads = 0
  const snapshot = {} as ClusterSnapshot
  const chain = { readCluster: () => (readCluster ?? (async () => snapshot))(reads++) } as unknown as Chain
  const services = testServices({
    clock,
    chain: async () => chain,
    deadline: createDeadline(clock.monotonicMs, timeoutMs ?? null),
  })
  const ended = waitUntilOperational(services, examiner, {
    nodes: [first, second],
    operator: member(0),
    waits,
    ...(stop && { stop }),
  })
  return {
    ended,
    said: services.said,
    elapsedMs: () => clock.monotonicMs() - startMs,
    counts: () => ({ looks, reads }),
  }
}

describe('waiting for nodes', () => {
  it('takes as long as they have to stay up, and gives how they are', async () => {
    const { ended, elapsedMs, counts } = wait(() => [UP, UP])
    expect((await ended).map(({ node: one, operational }) => [one.label, operational])).toEqual([
      ['nodes[0]', true],
      ['the new node', true],
    ])
    expect(elapsedMs()).toBe(10_000)
    expect(counts().looks).toBeGreaterThan(5)
    // The cluster goes on while nodes start.
    expect(counts().reads).toBe(counts().looks)
  })

  it('begins to count when the last of them is up', async () => {
    const { ended, elapsedMs } = wait((_, ms) => [UP, ms < 30_000 ? DOWN : UP])
    await ended
    expect(elapsedMs()).toBeGreaterThanOrEqual(40_000)
    expect(elapsedMs()).toBeLessThan(43_000)
  })

  it('begins again when one is seen down, or behind', async () => {
    for (const fallen of [DOWN, { caughtUp: false }]) {
      const { ended, elapsedMs } = wait((_, ms) => [ms > 5_000 && ms < 20_000 ? fallen : UP, UP])
      await ended
      expect(elapsedMs()).toBeGreaterThanOrEqual(30_000)
    }
  })

  it('looks often at first, and never more often than every two seconds later on', async () => {
    const { ended, counts } = wait(() => [DOWN, DOWN])
    await rejectedBy(ended)
    expect(counts().looks).toBeGreaterThan(30)
    expect(counts().looks).toBeLessThan(36)
  })

  it('goes on beyond the limit for being up while one that is up is watched', async () => {
    const { ended, elapsedMs } = wait((_, ms) => [ms < 55_000 ? DOWN : UP, UP])
    await ended
    expect(elapsedMs()).toBeGreaterThan(60_000)
  })

  it('does not, where it falls meanwhile', async () => {
    const { ended } = wait((_, ms) => [ms < 55_000 || ms > 62_000 ? DOWN : UP, UP])
    expect((await rejectedBy(ended)).code).toBe('NODE_NOT_OPERATIONAL')
  })
})

describe('nodes that do not come up', () => {
  it('are told with what keeps them from it', async () => {
    const { ended, said } = wait((look) => [look < 5 ? DOWN : { diagnosis: 'stranger' }, UP])
    const error = await rejectedBy(ended)
    expect(exitCodeOf(error.code)).toBe(8)
    expect(error).toMatchObject({
      code: 'NODE_NOT_OPERATIONAL',
      message: 'not operational within 60 s: nodes[0]: its primary port is stranger',
      hint: expect.stringContaining('wcn nodes check'),
      details: { nodes: [{ operational: false, primary: { diagnosis: 'stranger' } }, { operational: true }] },
    })
    // Once for each state, and not for each look.
    expect(said).toEqual([
      'waiting for nodes[0], the new node, 60 s left: nodes[0]: its primary port is silent',
      'waiting for nodes[0], the new node, 6 s so far, 55 s left: nodes[0]: its primary port is stranger',
    ])
  })

  it('are spoken of now and then, so that nobody thinks it hangs', async () => {
    const { ended, said } = wait(() => [DOWN, UP], { waits: { ...WAITS, nodeTimeoutMs: 600_000 } })
    await rejectedBy(ended)
    expect(said).toHaveLength(10)
  })

  it('are not waited for beyond --timeout', async () => {
    const { ended, elapsedMs } = wait(() => [DOWN, UP], { timeoutMs: 5_000 })
    const error = await rejectedBy(ended)
    expect(error).toMatchObject({ code: 'NODE_NOT_OPERATIONAL', message: expect.stringContaining('--timeout') })
    expect(elapsedMs()).toBe(5_000)
  })

  it('nor are those that are up but have not stayed so by then', async () => {
    const error = await rejectedBy(wait(() => [UP, UP], { timeoutMs: 5_000 }).ended)
    expect(error.message).toContain('nodes[0], the new node: up, but not for long enough')
  })

  it('end the wait also where a look takes longer than all of it', async () => {
    const { ended, counts } = wait(() => [DOWN, UP], { lookMs: 70_000 })
    await rejectedBy(ended)
    expect(counts().looks).toBe(1)
  })
})

describe('a cluster that can’t be read', () => {
  const broken = async () => {
    throw new WcnError('NETWORK', 'rpc.example does not answer')
  }

  it('for a moment is waited for as well', async () => {
    const readCluster = (look: number) => (look === 4 ? broken() : Promise.resolve({} as ClusterSnapshot))
    const { ended, elapsedMs, said } = wait(() => [UP, UP], { readCluster })
    await ended
    // What is not known is not counted as up.
    expect(elapsedMs()).toBeGreaterThan(12_000)
    expect(said.join()).toContain(": the cluster can't be read: rpc.example does not answer")
  })

  it('is the reason, where it stays so', async () => {
    const error = await rejectedBy(wait(() => [UP, UP], { readCluster: broken }).ended)
    expect(error).toMatchObject({
      code: 'NODE_NOT_OPERATIONAL',
      message: expect.stringContaining("the cluster can't be read: rpc.example does not answer"),
      details: { nodes: [] },
    })
  })

  it('for a reason that does not pass ends the wait', async () => {
    const readCluster = async () => {
      throw new WcnError('WRONG_CHAIN', 'another chain')
    }
    const { ended, counts } = wait(() => [UP, UP], { readCluster })
    expect((await rejectedBy(ended)).code).toBe('WRONG_CHAIN')
    expect(counts().reads).toBe(1)
  })
})

describe('stopping', () => {
  it('ends the wait at once, in the middle of a look too', async () => {
    const controller = new AbortController()
    const readCluster = () => {
      controller.abort()
      return new Promise<never>(() => {})
    }
    const { ended } = wait(() => [DOWN, UP], { readCluster, stop: controller.signal })
    expect((await rejectedBy(ended)).code).toBe('INTERRUPTED')
  })

  it('before the wait lets it not begin', async () => {
    expect((await rejectedBy(wait(() => [UP, UP], { stop: AbortSignal.abort() }).ended)).code).toBe('INTERRUPTED')
  })
})

describe('how long is waited', () => {
  it('is ten minutes, and ten seconds to settle, unless told otherwise', () => {
    expect(parseWaitLimits({})).toEqual({ nodeTimeoutMs: 600_000, settleMs: 10_000 })
    expect(parseWaitLimits({ nodeTimeout: '90s', settle: '2m' })).toEqual({ nodeTimeoutMs: 90_000, settleMs: 120_000 })
  })

  it.each(['-1', '0', 'soon', '9d', '1.5s', ''])('%j is no length of time', (text) => {
    for (const name of ['nodeTimeout', 'settle'] as const)
      expect(thrownBy(() => parseWaitLimits({ [name]: text })).code).toBe('SETTING_INVALID')
  })
})
