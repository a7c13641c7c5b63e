/**
 * `migration status`: who still pulls, how long already and how long it should take, and, where nodes are asked, who keeps
 * it from ending. For operators as for the owner: one that does not finish holds up all.
 */

import { parseByteCount } from '../admin/byte-count.js'
import { estimatedSeconds, type MemberMove, moveOf, pullingDelaySeconds } from '../admin/model/migration-plan.js'
import { isTransient } from '../base/is-transient.js'
import { jsonInteger, snakeJson } from '../base/snake-json.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { ActionResult, Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import { type WatchInput, watched } from '../cli/watch.js'
import type { ClusterMigration, ClusterView } from '../cluster/cluster-view.js'
import { createReplicas } from '../cluster/replicas.js'
import { EXIT_CHECK_FAILED, exitCodeOf } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireNoProbeFlags } from '../health/require-answering.js'
import { openSurveyor, type SurveyInput } from '../health/survey/survey-cluster.js'
import { readCluster } from '../read/read-operator.js'
import { parseDuration } from '../settings/setting-values.js'
import { type Puller, pullersOf } from './model/pullers.js'
import { seenOperators } from './model/seen-operators.js'

export interface Input extends SurveyInput, WatchInput {
  readonly databaseSize?: string
  readonly probe?: boolean
  readonly wait?: string
}

export type MigrationStatusJson = Awaited<ReturnType<typeof migrationStatus>>

const PAUSE_MS = 5_000

/**
 * Without --wait exit code 0. With it 0 once none is running, 8 where it still is when the time is up, 9 where it was
 * aborted meanwhile. Throws USAGE, SETTING_*, and what reading the cluster and opening the probe throws.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<MigrationStatusJson>> {
  const bytes = input.databaseSize === undefined ? null : parseByteCount(input.databaseSize, '--database-size')
  const waitMs = input.wait === undefined ? null : parseDuration(input.wait, '--wait')
  if (waitMs !== null && input.watch === true)
    throw new WcnError('USAGE', '--wait ends once the migration has, --watch goes on', { hint: 'give one of them' })
  if (input.probe !== true) requireNoProbeFlags(input, '--probe')
  const surveyor = input.probe === true ? await openSurveyor(services, input) : null
  // Kept from look to look.
  const replicasOf = createReplicas()
  const look = async () => migrationStatus(services, await readCluster(services), { surveyor, replicasOf, bytes })
  if (waitMs === null) return watched(services, input, async () => ({ data: await look() }))
  return awaitEnd(services, waitMs, look)
}

async function awaitEnd(services: Services, waitMs: number, look: () => Promise<MigrationStatusJson>) {
  const { clock, deadline, interruption } = services
  const endMs = clock.monotonicMs() + waitMs
  const leftMs = () => Math.min(endMs - clock.monotonicMs(), deadline.remainingMs())
  const first = await look()
  const id = first.migration?.id
  return waiting(services, { what: 'waiting for the end of the migration', leftMs }, async (wait) => {
    for (let seen = first; ; ) {
      const { migration } = seen
      const over = migration?.state !== 'running' || migration.id !== id
      const aborted = migration?.id === id && migration?.state === 'aborted' && first.migration?.state === 'running'
      if (over) return { data: seen, exitCode: aborted ? exitCodeOf('SETTLED_OTHERWISE') : 0 }
      if (leftMs() <= 0) return { data: seen, exitCode: EXIT_CHECK_FAILED }
      wait.see(inWords(migration))
      await wait.sleep(Math.min(PAUSE_MS, leftMs()), interruption.signal)
      await (await services.chain()).reconnect()
      try {
        seen = await look()
      } catch (error) {
        if (!isTransient(error) || leftMs() <= 0) throw error
      }
    }
  })
}

function inWords({ operators }: NonNullable<MigrationStatusJson['migration']>): string {
  const still = operators.filter(({ pulls }) => pulls)
  return `${operators.length - still.length} of ${operators.length} operators are done`
}

type Surveyor = Awaited<ReturnType<typeof openSurveyor>>

async function migrationStatus(
  services: Services,
  snapshot: ClusterSnapshot,
  { surveyor, replicasOf, bytes }: Pick<About, 'replicasOf' | 'bytes'> & { readonly surveyor: Surveyor | null },
) {
  const { chainId, contract, block, view } = snapshot
  const probe = view.pullingOperators === null ? null : ((await surveyor?.survey(snapshot)) ?? null)
  const nowS = services.clock.now()
  return {
    /** Unix seconds. */
    checked_at: nowS,
    cluster: { chain_id: chainId, contract, block, version: jsonInteger(view.version) },
    /** Whether nodes were asked: then it is known who is down. */
    nodes_asked: probe !== null,
    /** The last one; null where there has never been any. */
    migration: view.migration && {
      ...snakeJson<ClusterMigration>(view.migration),
      state: stateOf(view, view.migration),
      ...progressOf(view, view.migration, { probe, replicasOf, bytes, nowS }),
    },
  }
}

/** `ended-or-aborted`: both in one second, of which the contract keeps no more. */
function stateOf(
  view: ClusterView,
  { startedAt, abortedAt }: ClusterMigration,
): 'running' | 'ended' | 'aborted' | 'ended-or-aborted' {
  if (view.pullingOperators !== null) return 'running'
  return abortedAt > startedAt ? 'aborted' : abortedAt === startedAt ? 'ended-or-aborted' : 'ended'
}

interface About {
  readonly replicasOf: ReturnType<typeof createReplicas>
  readonly probe: Awaited<ReturnType<Surveyor['survey']>> | null
  readonly bytes: number | null
  readonly nowS: number
}

/** Nulls and empty lists where none is running. */
function progressOf(view: ClusterView, { startedAt }: ClusterMigration, { probe, replicasOf, bytes, nowS }: About) {
  const replicas = replicasOf(view)
  if (view.newKeyspace === null || !replicas?.next)
    return {
      pulling_since: null,
      running_seconds: null,
      estimated_seconds: null,
      overdue: null,
      replicas: null,
      operators: [] as readonly ReturnType<typeof operatorJson>[],
    }
  const seen = seenOperators(view, { probe, via: null })
  const pullers = new Map(pullersOf(seen, replicas).map((one) => [one.slot, one]))
  const move = moveOf(view, view.newKeyspace, [replicas.serving, replicas.next])
  const estimated = bytes === null ? null : estimatedSeconds(view, move, bytes)
  const running = Math.max(0, nowS - Number(startedAt))
  const joining = move.members.filter(({ role }) => role !== 'leaves')
  const left = joining.filter(({ slot }) => pullers.has(slot))
  return {
    /** Unix seconds: nodes wait until everybody knows of it. */
    pulling_since: Number(startedAt) + pullingDelaySeconds(view),
    running_seconds: running,
    /** Of the whole, at the least; null where the size of a database is not known, or nothing limits the bandwidth. */
    estimated_seconds: estimated,
    overdue: estimated === null ? null : running > estimated,
    /** Shard replicas that move, and those of operators that are not done. */
    replicas: { moving: move.moved, left: left.reduce((sum, { to_pull }) => sum + to_pull, 0) },
    /** All that must finish, also those who get nothing. */
    operators: joining.map((member) => operatorJson(member, pullers.get(member.slot) ?? null, probe !== null)),
  }
}

/** `asked`: its nodes, and those of whom it pulls from. */
function operatorJson({ slot, id, name, role, to_pull }: MemberMove, puller: Puller | null, asked: boolean) {
  return {
    ...{ slot, id, name, role, to_pull, pulls: puller !== null },
    /** Whether none of its nodes is there; null where they were not asked, or that was not found out. */
    away: puller === null || !asked || puller.state === 'unknown' ? null : puller.away,
    /** Slots of those who are down, and from whom it has to pull. */
    down_sources: asked ? (puller?.downSources ?? []) : [],
  }
}
