/**
 * What nodes find out by dialling one another: looks at every server that a stand-in of this process would dial, again and
 * again, and counts what fails (docs/dev/network/node-protocol.md, "Metrics"). One for all of them: each keeps no
 * connection of its own, or 200 nodes would keep 120 000.
 */

import type { Ipv4 } from '../../base/ipv4.js'
import { reservedRange } from '../../base/ipv4.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import { monotonicMs } from '../../base/monotonic-ms.js'
import type { NodeProbe, PortReport } from '../../peer/node-probe.js'

/** What fails is looked at with each tick. */
const PACE = { tickMs: 1_000, lookEveryMs: 5_000 }
/** Of those that fail, and of all others: what a laptop does not notice. */
const DIALS_PER_TICK = 10
const TIMEOUT_MS = 2_000

export interface Dialled {
  readonly host: Ipv4
  readonly port: number
  readonly peerId: PeerId
}

/** Null: it can be reached. Undefined: it was never looked at. */
type Found = string | null | undefined
type Listener = (server: Dialled, why: string | null, before: Found) => void

export type Lookout = ReturnType<typeof createLookout>

/** Nobody beyond loopback is ever dialled, nor counted. */
export function createLookout(probe: NodeProbe, { tickMs, lookEveryMs } = PACE) {
  const watchers = new Set<() => readonly Dialled[]>()
  const listeners = new Set<Listener>()
  const states = new Map<string, { why: Found; lookedAtMs: number }>()
  const failures = new Map<string, number>()
  let ticking: Promise<unknown> | null = null

  const look = async (name: string, server: Dialled): Promise<void> => {
    const state = states.get(name) ?? { why: undefined, lookedAtMs: 0 }
    state.lookedAtMs = monotonicMs()
    states.set(name, state)
    const why = whyFailed(await reach(probe, server), server.peerId)
    if (why !== null) failures.set(`${name} ${why}`, (failures.get(`${name} ${why}`) ?? 0) + 1)
    const before = state.why
    state.why = why
    if (why !== before) for (const tell of listeners) tell(server, why, before)
  }
  const tick = async (): Promise<void> => {
    const lists = new Set([...watchers].map((servers) => servers()))
    const all = new Map([...lists].flatMap((servers) => [...namedOf(servers)]))
    for (const name of states.keys()) if (!all.has(name)) states.delete(name)
    const ageOf = (name: string) => monotonicMs() - (states.get(name)?.lookedAtMs ?? -lookEveryMs)
    const [failing, others] = [true, false].map((fails) =>
      [...all]
        .filter(([name]) => Boolean(states.get(name)?.why) === fails && (fails || ageOf(name) >= lookEveryMs))
        .sort(([a], [b]) => ageOf(b) - ageOf(a))
        .slice(0, DIALS_PER_TICK),
    )
    await Promise.all([...(failing ?? []), ...(others ?? [])].map(([name, server]) => look(name, server)))
  }
  const timer = setInterval(() => {
    ticking ??= tick().finally(() => {
      ticking = null
    })
  }, tickMs)
  timer.unref()
  return {
    /** Of connections, by `host:port peerId kind`. */
    failures: failures as ReadonlyMap<string, number>,
    /** Asked for anew with each tick; a list does not change. Returns what ends it. */
    watch(servers: () => readonly Dialled[], listener: Listener): () => void {
      watchers.add(servers)
      listeners.add(listener)
      return () => {
        watchers.delete(servers)
        listeners.delete(listener)
      }
    },
    async close() {
      clearInterval(timer)
      await ticking
      probe.close()
    },
  }
}

/** Those on loopback. Lists of one cluster's servers are the same object, and long. */
const named = new WeakMap<readonly Dialled[], ReadonlyMap<string, Dialled>>()

function namedOf(servers: readonly Dialled[]): ReadonlyMap<string, Dialled> {
  const found =
    named.get(servers) ??
    new Map(servers.flatMap((server) => (isLoopback(server.host) ? [[nameOf(server), server] as const] : [])))
  named.set(servers, found)
  return found
}

function nameOf({ host, port, peerId }: Dialled): string {
  return `${host}:${port} ${peerId}`
}

async function reach(probe: NodeProbe, { host, port }: Dialled): Promise<PortReport> {
  const report = await probe.reach({ host, port, api: 'Metrics' }, TIMEOUT_MS)
  if (report.kind === 'answers' && report.api.kind === 'accepted') report.api.session.close()
  return report
}

/** As a node counts it; null where there is a connection, whatever may be opened on it. */
export function whyFailed(report: PortReport, peerId: PeerId): string | null {
  if (report.kind !== 'answers') return report.kind === 'closed' ? 'Connection' : 'Timeout'
  return report.peerId === peerId ? null : 'WrongPeerId'
}

export function isLoopback(host: Ipv4): boolean {
  return reservedRange(host)?.startsWith('loopback') ?? false
}
