import { beforeEach, describe, expect, it, vi } from 'vitest'
import { check } from '../../src/base/check.js'
import type { EncryptionKey } from '../../src/base/keys/encryption-key.js'
import { plainPaint } from '../../src/cli/paint.js'
import { exitCodeOf } from '../../src/errors/exit-codes.js'
import { run } from '../../src/nodes/nodes-rollout.js'
import type { NodesRolloutInput } from '../../src/nodes/rollout/begin.js'
import { nodesRolloutText } from '../../src/nodes/view-runs.js'
import { memoryState } from '../support/memory-state.js'
import { node, peerId } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import { EXIT, rolloutWorld } from '../support/rollout-world.js'
import { blob, member, OPERATOR, OWN_NODES, OWNER, useRealCluster, WRONG_KEY } from '../support/use-real-cluster.js'

vi.mock('../../src/health/examiner.js', () => ({ openExaminer: async () => world.examiner }))

const { services, ownerWrites, now } = useRealCluster()
let world: ReturnType<typeof rolloutWorld>
let state: ReturnType<typeof memoryState>
let said: readonly string[]
beforeEach(() => {
  world = rolloutWorld()
  state = memoryState()
})

interface Options {
  readonly timeoutMs?: number
  readonly encryptionKey?: EncryptionKey
}

/** As anybody can who knows the operator: no key signs anything here. */
function rollout(input: Partial<NodesRolloutInput> = {}, options: Options = {}) {
  const { encryptionKey } = options
  const made = services({ privateKey: null, operator: OPERATOR, state, ...(encryptionKey && { encryptionKey }) })
  said = made.said
  return run(world.services(made.services, options), { command: ['redeploy', '--now'], ...input })
}
const refusal = (input: Partial<NodesRolloutInput> = {}, options: Options = {}) => rejectedBy(rollout(input, options))
const startMigration = async () => {
  await now.cluster.write(OWNER, 'addNodeOperator', [{ addr: member(5), data: blob('new', OWN_NODES) }])
  await now.cluster.write(OWNER, 'startMigration', [{ operatorBitmask: 63n, replicationStrategy: 0 }])
}
/** What the nodes were like when it stopped. */
const statesOf = ({ details }: { readonly details?: unknown }) =>
  (details as { nodes: readonly { operational: boolean }[] }).nodes.map(({ operational }) => operational)

describe('a rollout', () => {
  it('runs the command for one node after the other, which it learns from its environment', async () => {
    const { data, ...more } = await rollout({ passEnv: ['WCN_TOKEN'] })
    expect(more).toEqual({})
    expect(world.order).toEqual([0, 1, 2])
    expect(world.mostAtWork).toBe(1)
    expect(world.started[1]).toMatchObject({
      command: ['redeploy', '--now'],
      options: {
        env: {
          WCN_NODE_INDEX: '1',
          WCN_NODE_PEER_ID: peerId(1),
          WCN_NODE_IPV4_ADDR: '20.0.1.1',
          WCN_NODE_PRIMARY_PORT: '3010',
          WCN_NODE_SECONDARY_PORT: '3011',
        },
        passEnv: ['WCN_TOKEN'],
        input: false,
      },
    })
    const rolled = (index: number) => ({ index, peer_id: peerId(index) })
    expect(data).toMatchObject({ operator: OPERATOR, finished: [rolled(0), rolled(1), rolled(2)], left_out: [] })
    expect(data.nodes.map(({ operational }) => operational)).toEqual([true, true, true])
    expect(nodesRolloutText(data, plainPaint)).toMatch(/^done: nodes\[0\], nodes\[1\], nodes\[2\]\n\n.*\n.*up/)
    expect(world.takesSignals).toBe(false)
  })

  it('waits until a node is operational and has caught up, and has stayed so, before it takes the next', async () => {
    const at: number[] = []
    world.onCommand = ({ place }) => {
      at.push(world.clock.monotonicMs())
      world.set(place, { diagnosis: 'closed' })
      let pauses = 0
      world.meanwhile = async () => {
        pauses++
        if (pauses === 3) world.set(place, { caughtUp: false })
        if (pauses === 6) world.up(place)
        if (pauses === 8) world.down(place)
        if (pauses === 9) world.up(place)
      }
      return EXIT(0)
    }
    await rollout({ settle: '20s' })
    const [first = 0, second = 0] = at
    // Nine pauses, and then 20 s in which nothing happened.
    expect(second - first).toBeGreaterThan(20_000 + 9_000)
    for (const state of [
      'nodes\\[0\\]: its primary port is closed',
      'nodes\\[0\\]: has not caught up with the chain',
      'operational; watching whether it stays so',
    ])
      expect(said).toContainEqual(expect.stringMatching(`^waiting for nodes\\[0\\], .*left: ${state}$`))
  })

  it('takes the primary node last, and says so where it was not told which that is', async () => {
    await rollout({ primary: peerId(0) })
    expect(world.order).toEqual([1, 2, 0])
    expect(said.filter((text) => text.includes('signing key'))).toEqual([])
    await rollout()
    expect(said).toContainEqual(expect.stringMatching(/^warning: which node holds the signing key .*--primary NODE/))
  })

  it('takes nodes that are down already first', async () => {
    world.down(2)
    world.onCommand = ({ place }) => {
      world.up(place)
      return EXIT(0)
    }
    await rollout()
    expect(world.order).toEqual([2, 0, 1])
  })

  it('of some nodes leaves the others alone', async () => {
    const { data } = await rollout({ node: ['2', '20.0.0.1:3010', '2'] })
    expect(world.order).toEqual([0, 2])
    expect(data.nodes).toHaveLength(3)
  })

  it.each([
    ['9', 'batch', 2],
    ['2', 'batch', 2],
    ['1', 'batch', 1],
  ])('in batches of %s takes no more than all but one at a time', async (batch, _, most) => {
    await rollout({ batch })
    expect([world.mostAtWork, world.order]).toEqual([most, [0, 1, 2]])
  })

  it('says without the nodes’ metrics that it can’t know whether they have caught up', async () => {
    await rollout({ node: ['1'] })
    expect(said).toContainEqual(expect.stringMatching(/^whether the nodes have caught up .*--node-key-file/))
    for (const place of [0, 1, 2]) world.set(place, { caughtUp: true })
    world.set(2, { check: check('nodes[2].metrics', 'warn', 'nodes[2]: does not give its metrics') })
    await rollout({ node: ['1'] })
    expect(said).toContain(
      "warning: it can't be told whether nodes[2] have caught up with the chain: nodes[2]: does not give its metrics",
    )
    world.set(2, { caughtUp: true })
    await rollout({ node: ['1'] })
    expect(said).not.toContainEqual(expect.stringContaining('caught up'))
  })

  it('mentions what a command leaves running', async () => {
    world.leavesProcesses = true
    await rollout({ node: ['1'] })
    expect(said).toContain(
      'nodes[1]: processes that the command started go on (process group 1001); they are not waited for',
    )
  })

  it('warns of other nodes that are not up in the end', async () => {
    world.down(2)
    expect((await rollout({ node: ['1'] })).data.finished).toHaveLength(1)
    expect(said).toContain('warning: nodes[2] is not up')
  })
})

describe('a command that fails', () => {
  it('stops the rollout, with its status and the state of every node', async () => {
    world.onCommand = ({ place }) => {
      if (place !== 1) return EXIT(0)
      world.down(1)
      return EXIT(3)
    }
    const error = await refusal()
    expect(exitCodeOf(error.code)).toBe(11)
    expect(error).toMatchObject({
      code: 'COMMAND_FAILED',
      message: 'the command failed for nodes[1]: it exited with 3',
      hint: expect.stringContaining('the same command with --resume goes on with nodes[1], nodes[2]'),
      details: {
        commands: [{ node: { index: 1, peer_id: peerId(1) }, exit_code: 3, signal: null, timed_out: false }],
        finished: [0],
        left_out: [],
        working: [1],
        remaining: [1, 2],
      },
    })
    expect(statesOf(error)).toEqual([true, false, true])
    expect(world.order).toEqual([0, 1])
    expect(said.slice(-3)).toEqual([
      'nodes[0] at 20.0.0.1 (finished): operational',
      'nodes[1] at 20.0.1.1 (at work): NOT UP: its primary port is closed',
      'nodes[2] at 20.0.2.1 (not touched): operational',
    ])
    expect(world.takesSignals).toBe(false)
  })

  it('by a signal is told by that', async () => {
    world.onCommand = () => ({ exitCode: null, signal: 'SIGSEGV' })
    const error = await refusal()
    expect(error).toMatchObject({
      message: 'the command failed for nodes[0]: it was ended by SIGSEGV',
      details: { commands: [{ exit_code: null, signal: 'SIGSEGV' }] },
    })
  })

  it('in a batch: the others are waited for, and none of them counts as finished', async () => {
    let other = false
    world.onCommand = async ({ place }) => {
      if (place === 0) return EXIT(1)
      await new Promise((resolve) => setTimeout(resolve, 20))
      other = true
      return EXIT(0)
    }
    const error = await refusal({ batch: '2' })
    expect(error).toMatchObject({ code: 'COMMAND_FAILED', details: { working: [0, 1], finished: [] } })
    expect(other).toBe(true)
  })

  it('to end in time is asked to end, then killed, and then let go', async () => {
    world.onCommand = () => new Promise(() => {})
    const error = await refusal({}, { timeoutMs: 90_000 })
    expect(error).toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringContaining('still running at the end of --timeout, and could not be ended'),
      details: { commands: [{ exit_code: null, signal: null, timed_out: true }] },
    })
    expect(world.started[0]?.signals).toEqual(['SIGTERM', 'SIGKILL'])
    expect(said).toContain('nodes[0]: the command runs, 60 s so far, 30 s left')
  })

  it('only after --timeout says so', async () => {
    world.onCommand = (run) =>
      new Promise((resolve) => {
        world.meanwhile = async () => {
          if (run.signals.includes('SIGTERM')) resolve({ exitCode: null, signal: 'SIGTERM' })
        }
      })
    const error = await refusal({}, { timeoutMs: 5_000 })
    expect(error.message).toContain('still running at the end of --timeout, and then it was ended by SIGTERM')
  })
})

describe('a node that does not come up', () => {
  it('stops the rollout', async () => {
    world.onCommand = ({ place }) => {
      world.down(place)
      return EXIT(0)
    }
    const error = await refusal({ nodeTimeout: '30s' })
    expect(exitCodeOf(error.code)).toBe(8)
    expect(error).toMatchObject({
      code: 'NODE_NOT_OPERATIONAL',
      message: 'not operational within 30 s: nodes[0]: its primary port is closed',
      hint: expect.stringContaining('--resume'),
      details: { finished: [], working: [0], remaining: [0, 1, 2] },
    })
    expect(statesOf(error)).toEqual([false, true, true])
    expect(world.order).toEqual([0])
  })

  it('or never catches up is the same', async () => {
    world.onCommand = ({ place }) => {
      world.set(place, { caughtUp: false })
      return EXIT(0)
    }
    const error = await refusal({ nodeTimeout: '30s' })
    expect(error).toMatchObject({ code: 'NODE_NOT_OPERATIONAL', message: expect.stringContaining('not caught up') })
  })

  it('or falls again once it was finished stops the rollout before the next one', async () => {
    world.onCommand = ({ place }) => {
      if (place === 1) world.down(0)
      return EXIT(0)
    }
    const error = await refusal()
    expect(error).toMatchObject({
      code: 'NODE_NOT_OPERATIONAL',
      message: expect.stringMatching(/no longer operational after this rollout had finished with it: nodes\[0\]/),
      details: { finished: [0, 1], remaining: [2] },
    })
    expect(world.order).toEqual([0, 1])
  })
})

describe('availability', () => {
  it('is not put at risk: no command runs where no other node is healthy', async () => {
    world.down(0)
    world.down(2)
    const error = await refusal({ node: ['1'] })
    expect(exitCodeOf(error.code)).toBe(4)
    expect(error).toMatchObject({
      code: 'AVAILABILITY_AT_RISK',
      message: expect.stringContaining('one node at least has to serve: nodes[0]: its primary port is closed'),
      hint: expect.stringContaining('bring up nodes[0], nodes[2] first'),
      details: { down: [0, 2], max_unavailable: 2, remaining: [1] },
    })
    expect(error.hint).not.toContain('--resume')
    expect(world.order).toEqual([])
  })

  it('is no more where all are down: it says how to get a first one up, and then repairs the others', async () => {
    for (const place of [0, 1, 2]) world.down(place)
    const error = await refusal({ maxUnavailable: '3' })
    expect(error).toMatchObject({ code: 'AVAILABILITY_AT_RISK', hint: expect.stringContaining('bring up one by hand') })
    expect(world.order).toEqual([])
    world.up(1)
    world.onCommand = ({ place }) => {
      world.up(place)
      return EXIT(0)
    }
    await rollout()
    expect(world.order).toEqual([0, 2, 1])
  })

  it('is what --max-unavailable says, which counts nodes that are down for other reasons', async () => {
    world.set(0, { caughtUp: false })
    const error = await refusal({ node: ['1', '2'], maxUnavailable: '1' })
    expect(error).toMatchObject({
      code: 'AVAILABILITY_AT_RISK',
      message: expect.stringContaining('no more than 1 may be down'),
      details: { max_unavailable: 1 },
    })
    expect(world.order).toEqual([])
    await rollout({ node: ['1', '2'], maxUnavailable: '2' })
    expect(world.order).toEqual([1, 2])
  })

  it('is looked at again before each step', async () => {
    world.onCommand = () => {
      world.down(1)
      world.down(2)
      return EXIT(0)
    }
    const error = await refusal({ node: ['0', '1'], maxUnavailable: '1' })
    expect(error).toMatchObject({ code: 'AVAILABILITY_AT_RISK', details: { finished: [0], remaining: [1] } })
    expect(world.order).toEqual([0])
  })

  it('may be missed for a moment: a node that lags gets as long as it has to settle', async () => {
    for (const place of [0, 2]) world.set(place, { caughtUp: false })
    world.meanwhile = async () => world.up(0)
    await rollout({ node: ['1'] })
    expect(world.order).toEqual([1])
    expect(said).toContainEqual(expect.stringMatching(/^waiting for the nodes before the next step, .*: nodes\[0\]/))
  })
})

describe('a data migration', () => {
  it('stops a rollout before it begins', async () => {
    await startMigration()
    const error = await refusal()
    expect(error).toMatchObject({
      code: 'MIGRATION_IN_PROGRESS',
      message: 'a data migration is in progress: 6 operators still pull',
      hint: expect.stringContaining('--during-migration'),
    })
    expect(world.order).toEqual([])
  })

  it('that begins meanwhile stops it before the next node', async () => {
    world.onCommand = async ({ place }) => {
      if (place === 1) await startMigration()
      return EXIT(0)
    }
    const error = await refusal()
    expect(error).toMatchObject({ code: 'MIGRATION_IN_PROGRESS', details: { finished: [0, 1], remaining: [2] } })
    expect(world.order).toEqual([0, 1])
  })

  it('is no obstacle where somebody says so, nor once all is done', async () => {
    world.onCommand = async ({ place }) => {
      if (place === 2) await startMigration()
      return EXIT(0)
    }
    expect((await rollout()).data.finished).toHaveLength(3)
    world.onCommand = () => EXIT(0)
    expect((await rollout({ duringMigration: true })).data.finished).toHaveLength(3)
  })
})

it('nodes that are changed on chain meanwhile stop the rollout: their places may be others’ now', async () => {
  world.onCommand = async () => {
    await ownerWrites(blob('member 0', OWN_NODES.toReversed()))
    return EXIT(0)
  }
  const error = await refusal()
  expect(error).toMatchObject({ code: 'STATE_CHANGED', details: { finished: [0], remaining: [1, 2] } })
  expect(world.order).toEqual([0])
})

describe('--resume', () => {
  const failingAt = (failing: number) => {
    world.onCommand = ({ place }) => EXIT(place === failing ? 1 : 0)
  }

  it('leaves out what the last rollout finished', async () => {
    failingAt(2)
    await refusal()
    failingAt(9)
    const { data } = await rollout({ resume: true })
    expect(world.order).toEqual([0, 1, 2, 2])
    expect([data.finished, data.left_out].map((some) => some.map(({ index }) => index))).toEqual([[2], [0, 1]])
    expect(said).toContainEqual(
      expect.stringMatching(/^resuming the rollout of 2026-.* UTC, .* ago: nodes\[0\], nodes\[1\] left out$/),
    )
    expect(nodesRolloutText(data, plainPaint)).toContain('done: nodes[2]\nfinished before: nodes[0], nodes[1]\n')
  })

  it('any number of times; once it is finished, the next one is a new one', async () => {
    for (const failing of [0, 1, 2]) {
      failingAt(failing)
      expect((await refusal({ resume: true })).code).toBe('COMMAND_FAILED')
    }
    failingAt(9)
    await rollout({ resume: true })
    expect(world.order).toEqual([0, 0, 1, 1, 2, 2])
    await rollout({ resume: true })
    expect(said).toContain('the last rollout was finished: this is a new one')
    expect(world.order).toEqual([0, 0, 1, 1, 2, 2, 0, 1, 2])
  })

  it('has nothing to do for a node that is finished already', async () => {
    await rollout({ node: ['0'] })
    const { data } = await rollout({ resume: true, node: ['0'] })
    expect(world.order).toEqual([0])
    expect(nodesRolloutText(data, plainPaint)).toMatch(/^nothing to do\nfinished before: nodes\[0\]\n/)
  })

  it('does a node again that has fallen since, and one that is another now', async () => {
    failingAt(2)
    await refusal()
    world.onCommand = ({ place }) => {
      world.up(place)
      return EXIT(0)
    }
    world.down(0)
    await ownerWrites(
      blob(
        'member 0',
        [OWN_NODES[0], OWN_NODES[2], OWN_NODES[1]].flatMap((node) => node ?? []),
      ),
    )
    const { data } = await rollout({ resume: true })
    expect(data.left_out).toEqual([{ index: 2, peer_id: peerId(1) }])
    expect(world.order).toEqual([0, 1, 2, 0, 1])
  })

  it('starts with all where nothing is known; without it all are done anew', async () => {
    await rollout({ resume: true, node: ['0'] })
    expect(said).toContain('no earlier rollout is known here: starting with all of them')
    // The rest after one was tried first.
    await rollout({ resume: true })
    expect(world.order).toEqual([0, 1, 2])
    await rollout()
    expect(world.order).toEqual([0, 1, 2, 0, 1, 2])
  })

  it('knows nothing of a rollout before the last', async () => {
    failingAt(2)
    await refusal()
    failingAt(0)
    await refusal()
    failingAt(9)
    await rollout({ resume: true })
    expect(world.order).toEqual([0, 1, 2, 0, 0, 1, 2])
  })
})

describe('a signal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s is handed on, and nothing new is begun', async (name) => {
    world.onCommand = async ({ place }) => {
      if (place === 1) world.raise(name)
      return EXIT(0)
    }
    const error = await refusal()
    expect(exitCodeOf(error.code)).toBe(130)
    expect(error).toMatchObject({
      code: 'INTERRUPTED',
      message: 'interrupted: 1 of 3 nodes are finished, nodes[1] was at work',
      hint: expect.stringContaining('--resume'),
      details: { finished: [0], working: [1], remaining: [1, 2] },
    })
    expect(world.started.map(({ signals }) => signals)).toEqual([[], [name]])
    expect(said).toContain(`${name}: handed on to the command; the rollout stops once it has ended`)
    expect(world.takesSignals).toBe(false)
  })

  it('that comes while the command is being started is not lost on it', async () => {
    world.onStart = () => world.raise('SIGTERM')
    expect((await refusal()).code).toBe('INTERRUPTED')
    expect(world.started.map(({ signals }) => signals)).toEqual([['SIGTERM']])
  })

  it('the third time kills what does not end', async () => {
    world.onCommand = (run) =>
      new Promise((resolve) => {
        world.meanwhile = async () => {
          if (run.signals.length < 3) world.raise('SIGINT')
          else resolve({ exitCode: null, signal: 'SIGKILL' })
        }
      })
    expect((await refusal()).code).toBe('INTERRUPTED')
    expect(world.started[0]?.signals).toEqual(['SIGINT', 'SIGINT', 'SIGKILL'])
  })

  it('while a node is waited for ends the wait', async () => {
    world.onCommand = ({ place }) => {
      world.down(place)
      world.meanwhile = async () => world.raise('SIGTERM')
      return EXIT(0)
    }
    const error = await refusal()
    expect(error).toMatchObject({ code: 'INTERRUPTED', details: { working: [0], finished: [] } })
    expect(statesOf(error)).toEqual([false, true, true])
  })

  it('between two nodes begins with no other', async () => {
    world.onLook = async () => {
      if (world.started.length === 1 && world.looks > 3 && world.takesSignals) world.raise('SIGINT')
    }
    const error = await refusal()
    expect(error.code).toBe('INTERRUPTED')
    expect(world.order).toEqual([0])
  })

  it('before the first node: nothing was run', async () => {
    world.onLook = async () => world.raise('SIGINT')
    const error = await refusal()
    expect(error).toMatchObject({ code: 'INTERRUPTED', message: 'interrupted: 0 of 3 nodes are finished' })
    expect(world.order).toEqual([])
  })

  it('twice: the nodes are not even looked at again', async () => {
    world.onCommand = () => {
      world.onLook = () => new Promise(() => {})
      world.raise('SIGINT')
      world.raise('SIGINT')
      return EXIT(0)
    }
    const error = await refusal()
    expect(error.code).toBe('INTERRUPTED')
    // As they were before.
    expect(statesOf(error)).toEqual([true, true, true])
  })
})

describe('is refused at once', () => {
  it.each([
    ['batch', { batch: '0' }, '--batch is "0"'],
    ['batch', { batch: '-1' }, '--batch is "-1"'],
    ['limit', { maxUnavailable: 'all' }, '--max-unavailable is "all"'],
    ['time for a node', { nodeTimeout: '-5s' }, '--node-timeout is "-5s"'],
    ['time to settle', { settle: '0' }, '--settle is "0"'],
  ])('a %s that is none', async (_, input, words) => {
    const error = await refusal(input)
    expect(error).toMatchObject({ code: 'SETTING_INVALID', message: expect.stringContaining(words) })
  })

  it.each([
    [{ node: ['7'] }, 'SELECTOR_NO_MATCH'],
    [{ primary: '20.0.9.9:3010' }, 'SELECTOR_NO_MATCH'],
    [{ node: ['x'] }, 'PEER_ID_INVALID'],
  ])('%j', async (input, code) => {
    expect((await refusal(input)).code).toBe(code)
  })

  it('without the means to prove who answers', async () => {
    world.unproven = 'the addon is not there'
    const error = await refusal()
    expect(error).toMatchObject({ code: 'PROBE_UNAVAILABLE', hint: expect.stringContaining('npm install') })
    expect(exitCodeOf(error.code)).toBe(2)
  })

  it('with an encryption key that is not the cluster’s, before anybody is asked', async () => {
    expect(await refusal({}, { encryptionKey: WRONG_KEY })).toMatchObject({ code: 'ENCRYPTION_KEY_WRONG' })
    expect(world.looks).toBe(0)
  })

  it('where a node is listed twice, which would be the other one that serves', async () => {
    await ownerWrites(blob('mine', [node(0), node(1), node(0)]))
    expect(await refusal()).toMatchObject({
      code: 'AVAILABILITY_AT_RISK',
      message: expect.stringContaining('nodes[0] and nodes[2] are one and the same'),
      hint: expect.stringContaining('wcn nodes remove 2'),
    })
    expect(world.order).toEqual([])
  })

  it('while another rollout of these nodes runs here', async () => {
    let inner: unknown
    world.onCommand = async () => {
      inner ??= await rejectedBy(rollout())
      return EXIT(0)
    }
    await rollout({ node: ['1'] })
    expect(inner).toMatchObject({ code: 'ACCOUNT_LOCKED' })
    expect(world.order).toEqual([1])
    await rollout({ node: ['1'] })
  })
})
