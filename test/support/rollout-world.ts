/** Nodes, a machine and a person in front of it, as a rollout meets them: all made up, but for the chain. */

import { createDeadline } from '../../src/base/deadline.js'
import type { InterruptingSignal } from '../../src/cli/interruption.js'
import type { Services } from '../../src/cli/services.js'
import type { Examiner } from '../../src/health/examiner.js'
import type { CommandEnd, Processes, StartOptions } from '../../src/platform/processes/processes.js'
import { fakeClock } from './fake-clock.js'
import { type Condition, healthOf } from './health-of.js'
import { raisedSignals } from './interruption.js'

interface Started {
  readonly place: number
  readonly command: readonly string[]
  readonly options: StartOptions
  /** Signals that its group got. */
  readonly signals: string[]
}

export const EXIT = (exitCode: number): CommandEnd => ({ exitCode, signal: null })
const DOWN: Condition = { diagnosis: 'closed' }

export function rolloutWorld() {
  const conditions: Condition[] = []
  const started: Started[] = []
  const busy = new Set<number>()
  const signals = raisedSignals()
  const world = {
    started,
    /** In the order of their start. */
    get order() {
      return started.map(({ place }) => place)
    },
    /** How many were at work at a time, at most. */
    mostAtWork: 0,
    looks: 0,
    /** What a node's command does; comes up again and exits with 0 unless told otherwise. */
    onCommand: (async () => EXIT(0)) as (run: Started) => CommandEnd | Promise<CommandEnd>,
    /** Called while a command is being started. */
    onStart: () => {},
    /** Called before each look. */
    onLook: async () => {},
    /** Called in each pause. */
    meanwhile: async () => {},
    unproven: null as string | null,
    leavesProcesses: false,
    set: (place: number, condition: Condition) => {
      conditions[place] = condition
    },
    down: (place: number) => world.set(place, DOWN),
    up: (place: number) => world.set(place, {}),
    raise: (name: InterruptingSignal) => {
      if (!signals.raise(name)) throw new Error(`nobody takes ${name}`)
    },
    get takesSignals() {
      return signals.taken() > 0
    },
    clock: fakeClock(async () => {
      await new Promise(setImmediate)
      await world.meanwhile()
    }),
    services: (services: Services, { timeoutMs }: { readonly timeoutMs?: number } = {}): Services => ({
      ...services,
      clock: world.clock,
      deadline: createDeadline(world.clock.monotonicMs, timeoutMs ?? null),
      processes: async () => processes,
      interruption: { ...services.interruption, take: signals.take },
    }),
  }
  const examiner: Examiner = {
    get unproven() {
      return world.unproven
    },
    identified: false,
    async examine(nodes) {
      world.looks++
      await world.onLook()
      return nodes.map((node) => healthOf(node, busy.has(node.index ?? -1) ? DOWN : conditions[node.index ?? -1]))
    },
  }
  const processes: Processes = {
    check: async () => {},
    async start(command, options) {
      const place = Number(options.env.WCN_NODE_INDEX)
      const run: Started = { place, command, options, signals: [] }
      started.push(run)
      busy.add(place)
      world.mostAtWork = Math.max(world.mostAtWork, busy.size)
      world.onStart()
      const ended = new Promise(setImmediate).then(() => world.onCommand(run))
      void ended.then(() => busy.delete(place))
      return {
        pid: 1000 + started.length,
        ended,
        signal: (name) => void run.signals.push(name),
        groupAlive: () => world.leavesProcesses,
      }
    },
  }
  return Object.assign(world, { examiner })
}
