/**
 * `cluster status`: is it me or everybody? Every operator and node of the cluster as they answer, what that makes of the
 * keys' quorum, and what stands in the way: a migration that stalls, a maintenance that lasts.
 */
import { firstFailure } from '../base/check.js'
import { jsonInteger, snakeJson } from '../base/snake-json.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { type WatchInput, watched } from '../cli/watch.js'
import { quorumOf } from '../cluster/quorum.js'
import { createReplicas } from '../cluster/replicas.js'
import { migrationJson } from '../cluster/to-json.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { parseVia, surveyByPage } from '../health/survey/survey-by-page.js'
import { openSurveyor, type SurveyInput } from '../health/survey/survey-cluster.js'
import { nodeKeyFile } from '../key/node-secret.js'
import { maintenanceOf } from '../maintenance/maintenance-status.js'
import { readCluster } from '../read/read-operator.js'
import { clusterChecks } from './model/cluster-checks.js'
import { createChanges } from './model/node-changes.js'
import { type Puller, pullersOf } from './model/pullers.js'
import { quorumJson } from './model/quorum-json.js'
import { knownLive, type SeenOperator, seenOperators } from './model/seen-operators.js'

export interface Input extends SurveyInput, WatchInput {
  readonly via?: string
  readonly strict?: boolean
}

export type ClusterStatusJson = Awaited<ReturnType<typeof clusterStatus>>['data']

/**
 * Exit code 8 where a shard lacks its quorum, with --strict also where it is one outage from that. Throws SETTING_*, and
 * what reading the cluster, its nodes and `--via` throws.
 */
export async function run(services: Services, input: Input) {
  const look = await openClusterStatus(services, input)
  return watched(services, input, () => look())
}

/**
 * Gives a function that looks once, at the cluster as it is then unless that was read already. Throws SETTING_*; looking
 * throws what reading the cluster, its nodes and `--via` throws.
 */
export async function openClusterStatus(services: Services, input: Omit<Input, 'watch' | 'interval'>) {
  const looking = await openLooking(services, input)
  return async (snapshot?: ClusterSnapshot) =>
    clusterStatus(services, snapshot ?? (await readCluster(services)), looking)
}

type Looking = Awaited<ReturnType<typeof openLooking>>

/** Without --via nodes are asked from here, as a stranger if need be; with it only as one of them. */
async function openLooking(services: Services, input: Omit<Input, 'watch' | 'interval'>) {
  const via = input.via === undefined ? null : parseVia(input.via)
  const surveyor = via === null || nodeKeyFile(services, input) !== null ? await openSurveyor(services, input) : null
  /** When a node was first seen not to be up, by its peer ID: Unix seconds. */
  const since = new Map<string, number>()
  return { via, surveyor, since, changes: createChanges(), replicasOf: createReplicas(), strict: input.strict === true }
}

async function clusterStatus(services: Services, snapshot: ClusterSnapshot, looking: Looking) {
  const { via, surveyor, since, changes, replicasOf, strict } = looking
  const { chainId, contract, block, view } = snapshot
  const [probe, page, slot] = await Promise.all([
    surveyor?.survey(snapshot) ?? null,
    via && surveyByPage(services, via, snapshot),
    maintenanceOf(services, snapshot),
  ])
  const nowS = services.clock.now()
  const operators = seenOperators(view, { probe, via: page?.standings ?? null })
  noteSince(operators, since, nowS)
  const replicas = replicasOf(view)
  const quorum = replicas && quorumOf(replicas, knownLive(operators).live)
  const pullers = replicas?.next ? pullersOf(operators, replicas) : null
  const checks = clusterChecks({
    ...{ operators, quorum, pullers, nowS, strict, via: via !== null },
    probes: surveyor === null ? 'none' : surveyor.askedAs === null ? 'stranger' : 'node',
    canBeTold: surveyor?.canBeTold(view) ?? true,
    maintenance: slot.maintenance && {
      holder: slot.maintenance,
      name: slot.name,
      sinceS: slot.since?.kind === 'at' ? slot.since.time : null,
    },
  })
  const data = {
    /** Unix seconds. */
    checked_at: nowS,
    cluster: {
      ...{ chain_id: chainId, contract, block },
      ...{ version: jsonInteger(view.version), keyspace_version: jsonInteger(view.keyspaceVersion) },
      max_operator_data_bytes: view.settings.maxOperatorDataBytes,
    },
    /** By which ways it was looked; null: that one was not taken. */
    asked: {
      /** `as` null: as a stranger. */
      probes: surveyor && { as: surveyor.askedAs },
      /** `whole` false: it was cut off. */
      via: page && { host: page.host, whole: page.whole },
    },
    operators: operators.map((operator) => operatorJson(operator, since)),
    /** Nodes that are not as they were at the look before; null at the first. */
    changed: changes(operators),
    /** Null where the network's nodes reject the keyspace. */
    quorum: quorum && quorumJson(quorum),
    /** How many nodes, and how many operators' databases, run which version; null: not told. */
    versions: {
      nodes: countsOf(operators.flatMap(({ nodes }) => nodes.map(({ softwareVersion }) => softwareVersion))),
      databases: countsOf(
        operators.map(({ nodes }) => nodes.find((one) => one.databaseVersion)?.databaseVersion ?? null),
      ),
    },
    maintenance: { holder: slot.maintenance, name: slot.name, since: slot.since },
    /** Null where none runs. */
    migration: pullers && { ...migrationJson(view.migration), pulling: snakeJson<readonly Puller[]>(pullers) },
    checks,
  }
  return { data, exitCode: firstFailure(checks) ? EXIT_CHECK_FAILED : 0 }
}

/** Nodes that are up again are forgotten. */
function noteSince(operators: readonly SeenOperator[], since: Map<string, number>, nowS: number): void {
  for (const { peerId, state } of operators.flatMap(({ nodes }) => nodes))
    if (state === 'up') since.delete(peerId)
    else since.set(peerId, since.get(peerId) ?? nowS)
}

function operatorJson({ nodes, ...operator }: SeenOperator, since: ReadonlyMap<string, number>) {
  return {
    ...snakeJson<Omit<SeenOperator, 'nodes'>>(operator),
    nodes: nodes.map((node) => ({
      ...snakeJson(node),
      /** The first look of this run at which it was not up; null where it is. */
      not_up_since: since.get(node.peerId) ?? null,
    })),
  }
}

/** The newest first. */
function countsOf(versions: readonly (number | null)[]) {
  const counts = new Map<number | null, number>()
  for (const version of versions) counts.set(version, (counts.get(version) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => (b ?? -1) - (a ?? -1)).map(([version, count]) => ({ version, count }))
}
