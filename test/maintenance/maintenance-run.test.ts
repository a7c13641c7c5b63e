/** `maintenance run` on a real chain, with commands, signals, nodes and a clock that do what each test says. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createDeadline } from '../../src/base/deadline.js'
import type { Chain } from '../../src/chain/chain.js'
import type { TransactionOutcome } from '../../src/chain/transaction.js'
import type { InterruptingSignal } from '../../src/cli/interruption.js'
import { plainPaint } from '../../src/cli/paint.js'
import { exitCodeOf } from '../../src/errors/exit-codes.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { Examiner } from '../../src/health/examiner.js'
import type { NodeHealth } from '../../src/health/model/node-health.js'
import { UNTOLD } from '../../src/health/model/node-standing.js'
import { type Input, run } from '../../src/maintenance/maintenance-run.js'
import { maintenanceRunText } from '../../src/maintenance/view.js'
import type { ChainServicesOptions } from '../support/chain-services.js'
import { fakeClock } from '../support/fake-clock.js'
import { type FakeProcesses, fakeProcesses } from '../support/fake-processes.js'
import { raisedSignals } from '../support/interruption.js'
import { node } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import { blob, member, OPERATOR, OWNER, useRealCluster } from '../support/use-real-cluster.js'

let examiner: Examiner
vi.mock('../../src/health/examiner.js', () => ({ openExaminer: async () => examiner }))
/** How many other operators are up; the own one is. */
let others = 4
vi.mock('../../src/health/survey/survey-cluster.js', () => ({
  openSurveyor: async () => ({ survey: async () => standingsOf(others) }),
}))
const standingsOf = (up: number) =>
  new Map(
    [0, 1, 2, 3, 4].map((slot) => {
      const state = slot <= up ? 'up' : 'refusing'
      return [slot, [{ index: 0, peerId: node(slot).peerId, ...UNTOLD, state, problem: null }]] as const
    }),
  )

const { services, now, view, transactionCount, setBalance, automine, mine } = useRealCluster()
const holder = async () => (await view()).maintenance
const toggle = (who: string, active: boolean) => now.cluster.write(who as `0x${string}`, 'setMaintenance', [active])
const startMigration = () =>
  now.cluster.write(OWNER, 'startMigration', [{ operatorBitmask: 63n, replicationStrategy: 0 }])

const succeed = (fake: FakeProcesses) => fake.end({ exitCode: 0 })
const fail = (fake: FakeProcesses) => fake.end({ exitCode: 3 })

interface World extends Partial<ChainServicesOptions> {
  readonly processes?: FakeProcesses
}

/** A run that can be sent signals. */
function prepare({ processes = fakeProcesses(succeed), ...options }: World = {}) {
  const made = services(options)
  const signals = raisedSignals()
  let unhandled = 0
  const all = {
    ...made.services,
    processes: async () => processes,
    randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
    interruption: { ...made.services.interruption, take: signals.take },
  }
  return {
    ...made,
    all,
    processes,
    start: (input: Partial<Input> = {}) => run(all, { command: ['restart'], ...input }),
    signal(name: InterruptingSignal = 'SIGTERM') {
      if (!signals.raise(name)) unhandled++
    },
    /** Signals that would have ended the tool. */
    unhandled: () => unhandled,
    taken: signals.taken,
  }
}

describe('maintenance run', () => {
  it('holds the slot while the command runs, and gives it back', async () => {
    let during: string | null = null
    const processes = fakeProcesses(async (fake) => {
      during = await holder()
      succeed(fake)
    })
    const world = prepare({ processes })
    const { data } = await world.start({ passEnv: ['WCN_X'] })
    expect(during).toBe(OPERATOR)
    expect(await holder()).toBeNull()
    expect(processes.started).toEqual([{ command: ['restart'], options: { env: {}, passEnv: ['WCN_X'], input: true } }])
    expect(data).toMatchObject({
      slot: 'given-back',
      enter: { changed: true, transaction: { nonce: 0 } },
      exit: { changed: true, transaction: { nonce: 1 } },
      command: { exit_code: 0, signal: null, processes_left: false },
      database: null,
    })
    expect(maintenanceRunText(data, plainPaint)).toContain('given back')
    expect(world.taken()).toBe(0)
  })

  it('keeps the slot when the command failed, and says what to type', async () => {
    const error = await rejectedBy(prepare({ processes: fakeProcesses(fail) }).start())
    expect(error).toMatchObject({ code: 'COMMAND_FAILED', details: { slot: 'kept', command: { exit_code: 3 } } })
    expect(error.message).toContain('exited with 3, and the maintenance slot is KEPT')
    expect(error.hint).toContain('wcn maintenance exit')
    expect(await holder()).toBe(OPERATOR)
  })

  it('gives it back after a failure where --on-failure says so', async () => {
    const error = await rejectedBy(prepare({ processes: fakeProcesses(fail) }).start({ onFailure: 'release' }))
    expect(error).toMatchObject({ code: 'COMMAND_FAILED', details: { slot: 'given-back' } })
    expect(error.hint).toContain('bring your database up')
    expect(await holder()).toBeNull()
  })

  it('gives it back when the command could not be started after all', async () => {
    const processes = fakeProcesses(() => {
      throw new WcnError('COMMAND_NOT_RUNNABLE', "it can't be run")
    })
    const error = await rejectedBy(prepare({ processes }).start())
    expect(error).toMatchObject({ code: 'COMMAND_NOT_RUNNABLE', details: { slot: 'given-back' } })
    expect(error.message).toContain('the maintenance slot was given back')
    expect(await holder()).toBeNull()
  })

  it('sends nothing where the command is none, or a duration is none', async () => {
    const refusing = { ...fakeProcesses(), check: () => Promise.reject(new WcnError('COMMAND_NOT_RUNNABLE', 'no')) }
    expect((await rejectedBy(prepare({ processes: refusing }).start())).code).toBe('COMMAND_NOT_RUNNABLE')
    for (const flag of ['wait', 'databaseTimeout', 'maxDuration'])
      expect((await rejectedBy(prepare().start({ [flag]: '-5m' }))).code).toBe('SETTING_INVALID')
    expect(await transactionCount()).toBe(0)
  })

  it('only shows with --dry-run', async () => {
    const world = prepare()
    const { data } = await world.start({ dryRun: true })
    expect(data).toMatchObject({ dry_run: true, slot: 'not-taken', command: null })
    expect(maintenanceRunText(data, plainPaint)).toContain('nothing was run')
    expect(world.processes.started).toEqual([])
    expect(await transactionCount()).toBe(0)
  })

  it('a bug on the way does not hide that the slot may be held', async () => {
    const processes = fakeProcesses(() => {
      throw new TypeError('a bug')
    })
    const world = prepare({ processes })
    await expect(world.start()).rejects.toThrow('a bug')
    expect(world.said.at(-1)).toMatch(/^warning: the maintenance slot may still be yours/)
    expect(await holder()).toBe(OPERATOR)
  })

  it('does not count the command against --timeout, and says now and then that it goes on', async () => {
    const processes = fakeProcesses()
    const clock = fakeClock(() => {
      if (processes.started.length > 0 && clock.pauses.filter((ms) => ms >= 1000).length === 12) succeed(processes)
    })
    const world = prepare({ processes, clock })
    // Less is left where the command's more than three minutes count; more than that is never taken by what is sent.
    const deadline = createDeadline(clock.monotonicMs, 300_000)
    await run({ ...world.all, deadline }, { command: ['restart'], maxDuration: '150s' })
    expect(deadline.remainingMs()).toBeGreaterThan(150_000)
    const runs = 'the command runs (process group 4711)'
    const held = 'the maintenance slot is held'
    expect(world.said.filter((text) => text.includes('the command runs'))).toEqual([
      `${runs}, 60 s so far: ${held}`,
      `${runs}, 2 min so far: ${held}`,
      `warning: this takes longer than --max-duration (150 s): ${runs}; ${held}`,
      ...[3, 4, 5, 6, 7, 8, 9].map((n) => `${runs}, ${n} min so far: ${held}`),
    ])
  })
})

describe('the slot is', () => {
  it('never shared: where this account has it already, another run is at work', async () => {
    await toggle(OPERATOR, true)
    const world = prepare()
    const error = await rejectedBy(world.start({ wait: '30m' }))
    expect(error).toMatchObject({ code: 'MAINTENANCE_TAKEN', details: { own: true, holder: OPERATOR } })
    expect(exitCodeOf(error.code)).toBe(7)
    expect(error.message).toContain('this account itself')
    expect(error.hint).toContain('wcn maintenance exit')
    expect([world.sent, world.processes.started]).toEqual([[], []])
  })

  it('waited for, by whom it is held is said, and a provider that is away for a moment is no reason to give up', async () => {
    await toggle(member(3), true)
    let looks = 0
    const clock = fakeClock(async () => {
      if (clock.pauses.length === 20) await toggle(member(3), false)
    })
    const wrap = (chain: Chain): Chain => ({
      ...chain,
      readCluster: async (at) => {
        if (at === undefined && ++looks % 3 === 0) throw new WcnError('NETWORK', 'the provider is away')
        return chain.readCluster(at)
      },
    })
    const world = prepare({ clock, wrap, processes: fakeProcesses(succeed) })
    const { data } = await world.start({ wait: '30m' })
    expect(data.slot, world.said.join('\n')).toBe('given-back')
    expect(world.said).toContainEqual(
      expect.stringMatching(
        new RegExp(`^waiting for the maintenance slot, 30 min left: .* ${member(3)} \\("member 3"\\) since`),
      ),
    )
  })

  it('not waited for any longer than was said', async () => {
    await toggle(member(3), true)
    const clock = fakeClock()
    const world = prepare({ clock })
    const error = await rejectedBy(world.start({ wait: '10m' }))
    expect(error).toMatchObject({ code: 'MAINTENANCE_TAKEN', details: { holder: member(3) } })
    expect(error.message).toContain('waited for 600 s')
    expect(clock.pauses.reduce((a, b) => a + b)).toBeCloseTo(600_000)
    // At the beginning, and once a minute.
    expect(world.said.filter((text) => text.startsWith('waiting'))).toHaveLength(10)
    expect((await rejectedBy(prepare().start())).code).toBe('MAINTENANCE_TAKEN')
    expect(await transactionCount()).toBe(0)
  })

  it('not waited for where nobody will be there to consent', async () => {
    await toggle(member(3), true)
    const refuse = () => Promise.reject(new WcnError('CONFIRMATION_REQUIRED', 'no'))
    const clock = fakeClock()
    expect((await rejectedBy(prepare({ confirm: refuse, clock }).start({ wait: '30m' }))).code).toBe(
      'CONFIRMATION_REQUIRED',
    )
    expect(clock.pauses).toEqual([])
  })

  it("another run's where that one got it during the wait", async () => {
    await toggle(member(3), true)
    const clock = fakeClock(async () => {
      if (clock.pauses.length !== 2) return
      await toggle(member(3), false)
      await toggle(OPERATOR, true)
    })
    const world = prepare({ clock })
    expect((await rejectedBy(world.start({ wait: '30m' }))).details).toMatchObject({ own: true })
    expect([world.sent, world.processes.started]).toEqual([[], []])
  })

  it('tried for again by who came second, where it is free by the time that is seen', async () => {
    let first = true
    const confirm = async () => {
      if (first) await toggle(member(2), true)
      first = false
      return true
    }
    const wrap = (chain: Chain): Chain => ({
      ...chain,
      follow: async (...asked) => {
        const outcome = await chain.follow(...asked)
        if (outcome.kind === 'reverted' && (await holder()) === member(2)) await toggle(member(2), false)
        return outcome
      },
    })
    const world = prepare({ confirm, wrap })
    expect((await world.start({ wait: '30m' })).data.slot).toBe('given-back')
    expect(await transactionCount()).toBe(3)
  })

  it('waited for again by who came second', async () => {
    let first = true
    const clock = fakeClock(async () => {
      // In the queue, not while the transaction is followed.
      if (Number(clock.pauses.at(-1)) >= 1000 && (await holder()) === member(2)) await toggle(member(2), false)
    })
    const confirm = async () => {
      if (first) await toggle(member(2), true)
      first = false
      return true
    }
    const world = prepare({ confirm, clock })
    expect((await world.start({ wait: '30m' })).data.slot).toBe('given-back')
    // Refused by the contract, taken, given back.
    expect(await transactionCount()).toBe(3)
  })

  it('given back at once where a migration slipped in', async () => {
    await now.cluster.write(OWNER, 'addNodeOperator', [{ addr: member(5), data: blob('new', [node(60), node(61)]) }])
    const confirm = async () => {
      await startMigration()
      return true
    }
    const world = prepare({ confirm })
    expect(await rejectedBy(world.start())).toMatchObject({ code: 'SETTLED_OTHERWISE', details: { given_back: true } })
    expect(world.processes.started).toEqual([])
    expect(await holder()).toBeNull()
  })
})

describe('two runs with one key that know nothing of each other', () => {
  it('sign different transactions, and only one of them gets the slot', async () => {
    await automine(false)
    let done: () => void = () => {}
    const bothBroadcast = new Promise<void>((resolve) => {
      let count = 0
      done = () => {
        if (++count === 2) resolve()
      }
    })
    const during: (string | null)[] = []
    const worlds = [0, 1].map(() => {
      const processes = fakeProcesses(async () => void during.push(await holder()))
      const wrap = (chain: Chain): Chain => ({
        ...chain,
        sign: async (...args) => {
          const signed = await chain.sign(...args)
          done()
          // Both have planned on the same block, as on two machines.
          await bothBroadcast
          return signed
        },
      })
      return prepare({ processes, wrap, clock: fakeClock(() => mine()) })
    })
    const ends = worlds.map(({ start }) =>
      start().then(
        ({ data }) => data.slot as string,
        (error: WcnError) => error.code as string,
      ),
    )
    await vi.waitUntil(() => during.length > 0, { timeout: 20_000 })
    const loser = await Promise.race(ends)
    expect(loser).toBe('MAINTENANCE_TAKEN')
    const hashes = worlds.map(({ sent }) => sent[0])
    expect(hashes[0]).not.toBe(hashes[1])
    await automine(true)
    const [winner] = worlds.filter(({ processes }) => processes.started.length > 0)
    if (winner) succeed(winner.processes)
    expect((await Promise.all(ends)).sort()).toEqual(['MAINTENANCE_TAKEN', 'given-back'])
    expect(during).toEqual([OPERATOR])
    expect(await holder()).toBeNull()
  })

  it('on one machine: what an earlier run left open never counts as the own', async () => {
    await automine(false)
    const unknown = { kind: 'unknown', reason: 'the provider is gone', shown: true } as const
    const earlier = prepare({ wrap: (chain) => ({ ...chain, follow: async () => unknown }) })
    const { state } = earlier.all
    const error = await rejectedBy(earlier.start())
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { command: null } })
    expect(error.message).toContain('the command was not run')
    expect(error.hint).toContain('wcn maintenance exit')
    const later = prepare({ state: await state(), clock: fakeClock(() => mine()) })
    expect((await rejectedBy(later.start())).details).toMatchObject({ own: true })
    expect([earlier.processes.started, later.processes.started]).toEqual([[], []])
    expect(await holder()).toBe(OPERATOR)
  })
})

describe('a signal', () => {
  it('while the slot is taken is noted: it is given back, and nothing is run', async () => {
    const world = prepare({
      wrap: (chain) => ({
        ...chain,
        broadcast: async (transaction) => {
          if (world.sent.length === 1) world.signal('SIGINT')
          return chain.broadcast(transaction)
        },
      }),
    })
    const error = await rejectedBy(world.start())
    expect(error).toMatchObject({ code: 'INTERRUPTED', details: { slot: 'given-back', command: null } })
    expect(exitCodeOf(error.code)).toBe(130)
    expect(error.message).toContain('interrupted by SIGINT before the command was run; the maintenance slot was given')
    expect(world.processes.started).toEqual([])
    expect(await holder()).toBeNull()
    expect(await transactionCount()).toBe(2)
  })

  it('a second one meanwhile is not held up', async () => {
    const world = prepare({
      wrap: (chain) => ({
        ...chain,
        broadcast: async (transaction) => {
          if (world.sent.length === 1) for (const name of ['SIGINT', 'SIGINT'] as const) world.signal(name)
          return chain.broadcast(transaction)
        },
      }),
    })
    await rejectedBy(world.start())
    expect(world.unhandled()).toBe(1)
  })

  it('before anything is sent is nobody’s but the tool’s', async () => {
    const world = prepare({
      confirm: () => {
        world.signal()
        return false
      },
    })
    await rejectedBy(world.start())
    expect(world.unhandled()).toBe(1)
  })

  it('while the command is started, and while it runs, goes to the command; the third one kills', async () => {
    const processes = fakeProcesses(() => world.signal('SIGHUP'))
    const clock = fakeClock(() => {
      if (processes.started.length === 0) return
      if (processes.signals.length < 3) world.signal('SIGTERM')
      else processes.end({ signal: 'SIGKILL' })
    })
    const world = prepare({ processes, clock })
    const error = await rejectedBy(world.start())
    expect(processes.signals).toEqual(['SIGHUP', 'SIGTERM', 'SIGKILL'])
    expect(error).toMatchObject({ code: 'COMMAND_FAILED', details: { command: { signal: 'SIGKILL' }, slot: 'kept' } })
    expect(error.message).toContain('was ended by SIGKILL')
    expect(world.unhandled()).toBe(0)
  })

  it('goes to what the command left running, which is waited for', async () => {
    const processes = fakeProcesses((fake) => fake.end({ exitCode: 0 }, true))
    const clock = fakeClock(() => {
      if (clock.pauses.filter((ms) => ms === 500).length === 200) world.signal('SIGTERM')
      if (processes.signals.length > 0) processes.endRest()
    })
    const world = prepare({ processes, clock })
    expect((await world.start()).data.slot).toBe('given-back')
    expect(processes.signals).toEqual(['SIGTERM'])
    expect(world.said).toContainEqual(
      'the command succeeded; waiting for what it left in its process group 4711: `pgrep -lg 4711` lists it',
    )
    expect(world.said).toContainEqual(expect.stringMatching(/ 4711, 6\d s so far: `pgrep/))
  })

  it.each(['keep', 'release'] as const)(
    'a second one ends that wait and keeps the slot, whatever --on-failure says: %s',
    async (onFailure) => {
      const processes = fakeProcesses((fake) => fake.end({ exitCode: 0 }, true))
      const clock = fakeClock(() => {
        if (clock.pauses.includes(500)) world.signal()
      })
      const world = prepare({ processes, clock })
      const error = await rejectedBy(world.start({ onFailure }))
      expect(error).toMatchObject({ code: 'SLOT_KEPT', details: { slot: 'kept', command: { processes_left: true } } })
      expect(error.message).toContain('processes of the command still run')
      expect(error.hint).toContain('pgrep -lg 4711')
      expect(await holder()).toBe(OPERATOR)
    },
  )

  it('while it is given back changes nothing', async () => {
    const world = prepare({
      wrap: (chain) => ({
        ...chain,
        broadcast: async (transaction) => {
          if (world.sent.length === 2) for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) world.signal(name)
          return chain.broadcast(transaction)
        },
      }),
    })
    expect((await world.start()).data.slot).toBe('given-back')
    expect(world.unhandled()).toBe(0)
    expect(world.said).toContain('SIGINT: the slot is given back first')
  })
})

describe('giving back', () => {
  /** From the second write on. */
  const leaving = (change: (chain: Chain, attempt: number) => Partial<Chain>) => {
    let reads = 0
    return (chain: Chain): Chain => ({
      ...chain,
      readClusterForWrite: async (...args) => {
        reads++
        const changed = reads > 1 ? change(chain, reads - 1).readClusterForWrite : undefined
        return (changed ?? chain.readClusterForWrite)(...args)
      },
    })
  }

  it('is tried again where the provider is away for a moment', async () => {
    const away = async () => {
      throw new WcnError('NETWORK', 'the provider is away')
    }
    const world = prepare({ wrap: leaving((_, n) => (n < 4 ? { readClusterForWrite: away } : {})) })
    expect((await world.start()).data.slot).toBe('given-back')
    expect(world.said.filter((text) => text.includes('trying again'))).toEqual([
      'giving the maintenance slot back, 2 min left: not yet: the provider is away; trying again',
    ])
  })

  it('is not known where it stays away: exit 6, and what to type', async () => {
    const away = async () => {
      throw new WcnError('NETWORK', 'the provider is away')
    }
    const clock = fakeClock()
    const world = prepare({ clock, wrap: leaving(() => ({ readClusterForWrite: away })) })
    const error = await rejectedBy(world.start())
    expect(error).toMatchObject({
      code: 'SLOT_NOT_GIVEN_BACK',
      details: { slot: 'unknown', command: { exit_code: 0 } },
    })
    expect(exitCodeOf(error.code)).toBe(6)
    expect(error.message).toContain('the command succeeded; the maintenance slot is not known to be given back')
    expect(error.hint).toMatch(/wcn tx resume.*wcn maintenance exit/)
    expect(await holder()).toBe(OPERATOR)
    expect(world.taken()).toBe(0)
  })

  it('is tried no more after a signal', async () => {
    const world = prepare({
      processes: fakeProcesses(fail),
      wrap: leaving(() => ({
        readClusterForWrite: async () => {
          world.signal()
          throw new WcnError('NETWORK', 'the provider is away')
        },
      })),
    })
    const error = await rejectedBy(world.start({ onFailure: 'release' }))
    expect(error.code).toBe('SLOT_NOT_GIVEN_BACK')
    expect(error.message).toContain('the command exited with 3')
    expect(world.said.some((text) => text.includes('trying again'))).toBe(false)
  })

  it('is known to have been done where it could not be read back at first', async () => {
    let readBacks = 0
    const world = prepare({
      wrap: (chain) => ({
        ...chain,
        readCluster: async (at) => {
          if (at && ++readBacks === 2) throw new WcnError('NETWORK', 'the provider is away')
          return chain.readCluster(at)
        },
      }),
    })
    const { data } = await world.start()
    expect(data).toMatchObject({
      slot: 'given-back',
      exit: { changed: true, transaction: { hash: world.sent[1], nonce: 1 } },
    })
    expect(await transactionCount()).toBe(2)
  })

  it.each(['dropped', 'unknown'] as const)('is sent again, the same bytes, where it was %s', async (kind) => {
    const outcome: TransactionOutcome = kind === 'dropped' ? { kind } : { kind, reason: 'gone', shown: false }
    let withheld = 0
    const world = prepare({
      wrap: (chain) => ({
        ...chain,
        broadcast: async (transaction) =>
          world.sent.length === 2 && withheld++ === 0
            ? { accepted: true, refusals: [], failures: [] }
            : chain.broadcast(transaction),
        follow: async (transaction, options) =>
          world.sent.length === 2 && withheld === 1 && options.timeoutMs > 2000
            ? outcome
            : chain.follow(transaction, options),
      }),
    })
    expect((await world.start()).data.slot).toBe('given-back')
    expect(new Set(world.sent).size).toBe(2)
    expect(await transactionCount()).toBe(2)
    expect(await holder()).toBeNull()
  })

  it('does not believe a server that lags behind what this run did', async () => {
    const world = prepare({
      wrap: leaving((chain, n) => ({
        readClusterForWrite: async (...args) => {
          const snapshot = await chain.readClusterForWrite(...args)
          const old = { block: { ...snapshot.block, number: 1 }, view: { ...snapshot.view, maintenance: null } }
          return n === 1 ? { ...snapshot, ...old } : snapshot
        },
      })),
    })
    expect((await world.start()).data.slot).toBe('given-back')
    expect(await holder()).toBeNull()
  })

  it('needs money: says so', async () => {
    const processes = fakeProcesses(async (fake) => {
      await setBalance(0n)
      succeed(fake)
    })
    const error = await rejectedBy(prepare({ processes }).start())
    expect(error).toMatchObject({ code: 'SLOT_NOT_GIVEN_BACK', details: { why: 'INSUFFICIENT_FUNDS' } })
    expect(error.hint).toContain('send some ETH')
  })

  it.each([
    ['is free by then', async () => toggle(OWNER, false), 'the slot is free already', null],
    [
      'is another operator’s by then',
      async () => {
        await toggle(OWNER, false)
        await toggle(member(2), true)
      },
      `${member(2)} has it now`,
      member(2),
    ],
    [
      'was taken by another run with the same key',
      async () => {
        await toggle(OWNER, false)
        await toggle(OPERATOR, true)
      },
      'another run with the same key has taken it',
      OPERATOR,
    ],
  ])('leaves the slot alone where it %s', async (_, meanwhile, words, left) => {
    const processes = fakeProcesses(async (fake) => {
      await meanwhile()
      succeed(fake)
    })
    const world = prepare({ processes })
    const { data } = await world.start()
    expect(data).toMatchObject({ slot: 'lost', exit: null })
    expect(world.said.at(-1)).toContain(words)
    expect(maintenanceRunText(data, plainPaint)).toContain('not held any more')
    expect(await holder()).toBe(left)
    expect(world.sent).toHaveLength(1)
  })

  it.each([
    ['a look back that does not reach that far', async () => ({ kind: 'at-least', blocks: 0 }) as const],
    ['a block that was built anew', null],
  ])('is no less its own after %s', async (_, since) => {
    const world = prepare({
      wrap: (chain) => ({
        ...chain,
        maintenanceSince: since ?? (async () => ({ kind: 'at', block: 1_000_000, time: 1 })),
        follow: async (transaction, options) => {
          const end = await chain.follow(transaction, options)
          if (since || options.timeoutMs > 0 || end.kind !== 'included') return end
          return { ...end, receipt: { ...end.receipt, block: { ...end.receipt.block, number: 1_000_000 } } }
        },
      }),
    })
    expect((await world.start()).data.slot).toBe('given-back')
  })
})

describe('the database, asked through the nodes,', () => {
  /** What each look shows; the last one goes on. */
  let looks: (boolean | null)[]
  let asked: number
  beforeEach(() => {
    asked = 0
    examiner = {
      unproven: null,
      identified: true,
      examine: async (nodes) => {
        const connected = looks[Math.min(asked++, looks.length - 1)] ?? null
        return nodes.map((one, n) => health(one, n === 1 ? connected : null))
      },
    }
  })
  const health = (one: NodeHealth['node'], connected: boolean | null): NodeHealth =>
    ({
      node: one,
      database: connected === null ? null : { connected, problem: connected ? null : 'Not connected' },
      checks: [{ id: 'x', status: 'fail', summary: 'nothing answers', hint: null }],
    }) as unknown as NodeHealth
  const withKey = { nodeKeyFile: 'node.key' }

  it('is waited for until it has stayed up', async () => {
    looks = [true, false, true, false, true]
    const world = prepare()
    const { data } = await world.start(withKey)
    expect(data).toMatchObject({ slot: 'given-back', database: { up: true, seen_by: 'nodes[1]', problem: null } })
    expect(asked).toBeGreaterThanOrEqual(6)
    expect(world.said).toContainEqual(
      expect.stringMatching(/^waiting for the database, .* left: nodes\[0\]: nothing answers/),
    )
    expect(maintenanceRunText(data, plainPaint)).toContain('up, as nodes[1] says')
  })

  it('stays up where keys would lose their quorum with it: nothing is sent', async () => {
    looks = [true]
    others = 2
    const world = prepare()
    const error = await rejectedBy(world.start(withKey)).finally(() => {
      others = 4
    })
    expect(error).toMatchObject({ code: 'AVAILABILITY_AT_RISK', details: { shards_lost: 65_536 } })
    expect(exitCodeOf(error.code)).toBe(4)
    expect([await transactionCount(), await holder(), world.processes.started]).toEqual([0, null, []])
  })

  it('is reason enough to give the slot back after a failure', async () => {
    looks = [true]
    const error = await rejectedBy(prepare({ processes: fakeProcesses(fail) }).start(withKey))
    expect(error).toMatchObject({ code: 'COMMAND_FAILED', details: { slot: 'given-back', database: { up: true } } })
    expect(await holder()).toBeNull()
  })

  it.each([
    ['succeeded', succeed, 'SLOT_KEPT', 8],
    ['failed', fail, 'COMMAND_FAILED', 11],
  ] as const)('and not up: the slot is kept, also where the command %s', async (_, how, code, exit) => {
    looks = [true, false]
    const clock = fakeClock()
    const error = await rejectedBy(
      prepare({ processes: fakeProcesses(how), clock }).start({ ...withKey, databaseTimeout: '2m' }),
    )
    expect(error).toMatchObject({ code, details: { slot: 'kept', database: { up: false } } })
    expect(exitCodeOf(error.code)).toBe(exit)
    expect(error.message).toContain('nodes[1]: Not connected')
    expect(clock.pauses.filter((ms) => ms === 2000)).toHaveLength(59)
    expect(await holder()).toBe(OPERATOR)
  })

  it('and not up, with --on-failure release: given back, and still a failure', async () => {
    looks = [null]
    const world = prepare()
    const error = await rejectedBy(world.start({ ...withKey, onFailure: 'release' }))
    expect(error).toMatchObject({ code: 'CHECK_FAILED', details: { slot: 'given-back', database: { up: false } } })
    expect(world.said[0]).toMatch(/^warning: your nodes do not say that the database is up/)
    expect(await holder()).toBeNull()
  })

  it('is waited for no longer after a signal', async () => {
    looks = [true, false]
    const clock = fakeClock(() => {
      if (asked > 3) world.signal()
    })
    const world = prepare({ clock })
    const error = await rejectedBy(world.start(withKey))
    expect(error).toMatchObject({
      code: 'SLOT_KEPT',
      details: { database: { problem: 'interrupted while asking for it' } },
    })
  })

  it('is not waited for while processes of the command are left', async () => {
    looks = [true]
    const processes = fakeProcesses((fake) => fake.end({ exitCode: 0 }, true))
    const clock = fakeClock(() => {
      if (clock.pauses.includes(500)) world.signal()
    })
    const world = prepare({ processes, clock })
    expect((await rejectedBy(world.start(withKey))).code).toBe('SLOT_KEPT')
    expect(asked).toBe(1)
  })

  it('can be anything that does not answer: that is no reason to forget the slot', async () => {
    examiner = { ...examiner, examine: () => Promise.reject(new TypeError('a bug')) }
    const error = await rejectedBy(prepare().start({ ...withKey, databaseTimeout: '1s' }))
    expect(error).toMatchObject({ code: 'SLOT_KEPT', details: { database: { problem: 'a bug' } } })
  })

  it('can’t be asked without the addon: refused before anything is sent', async () => {
    examiner = { ...examiner, unproven: 'the addon is missing' }
    expect((await rejectedBy(prepare().start(withKey))).code).toBe('PROBE_UNAVAILABLE')
    expect(await transactionCount()).toBe(0)
  })
})
