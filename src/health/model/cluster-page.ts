/**
 * What a node's page about its cluster tells of each operator and node. Operators go by their names there, which are
 * neither unique nor escaped: what may be somebody else's word about them is not taken.
 */
import type { ClusterView, OperatorSlot } from '../../cluster/cluster-view.js'
import type { ClusterSample } from '../../peer/protocol/cluster-metrics-text.js'
import { type NodeStanding, UNTOLD } from './node-standing.js'
import { versionsBehind } from './provider-health.js'

const MISSING = 'is missing from what your node gathered: it did not answer it'
const NOT_TOLD = 'was not told of: your node had not finished'
const DOUBTFUL = 'is told of in a way that may be somebody else’s: its name on chain is not its own alone'

/** `whole`: the page was read to its end. */
export function standingsOnPage(samples: readonly ClusterSample[], whole: boolean, view: ClusterView) {
  const byName = grouped(samples, ({ operator }) => operator)
  const owners = grouped(view.operators, ({ decoded }) => decoded?.name ?? null)
  const unfinished = whole ? undefined : samples.at(-1)?.operator
  // A line break in a name makes whole lines of what follows it.
  const forgers = view.operators.filter(({ decoded }) => /[\r\n]/.test(decoded?.name ?? ''))
  const standings = new Map(
    view.operators.map((operator) => {
      const name = operator.decoded?.name ?? null
      const own = name === null ? [] : (byName.get(name) ?? [])
      const isDoubtful = (owners.get(name)?.length ?? 0) > 1 || forgers.length > 0 || isToldTwice(own)
      const untold = !whole && (own.length === 0 || name === unfinished)
      return [operator.slot, nodesOf(operator, own, isDoubtful ? DOUBTFUL : untold ? NOT_TOLD : null, view)] as const
    }),
  )
  const strangers = [...byName.keys()].filter((name) => !owners.has(name))
  const versions = samples.flatMap(({ metric, value }) => (metric === 'wcn_node_cluster_version' ? [value] : []))
  return {
    standings,
    /** Names on the page that nobody has in this cluster: untrusted text. */
    strangers,
    known: byName.size - strangers.length,
    newestVersion: Math.max(0, ...versions),
    forgers: forgers.map(({ slot }) => slot),
  }
}

function isToldTwice(own: readonly ClusterSample[]): boolean {
  return new Set(own.map(({ metric, nodeIndex }) => `${metric} ${nodeIndex}`)).size < own.length
}

/** `why` nothing of what is there is taken; null where it is. */
function nodesOf(
  { decoded }: OperatorSlot,
  own: readonly ClusterSample[],
  why: string | null,
  view: ClusterView,
): readonly NodeStanding[] | null {
  if (decoded === null) return null
  const databaseVersion = own.find(({ metric }) => metric === 'wcn_db_version')?.value ?? null
  return decoded.nodes.map(({ peerId }, index) => {
    const told = own.filter(({ nodeIndex }) => nodeIndex === index)
    if (why !== null) return { index, peerId, ...UNTOLD, state: 'unknown', problem: why }
    if (told.length === 0) return { index, peerId, ...UNTOLD, state: 'silent', problem: MISSING }
    const figure = (metric: ClusterSample['metric']) => told.find((sample) => sample.metric === metric)?.value ?? null
    const behind = (version: number | null, ours: bigint) =>
      version === null ? null : versionsBehind(BigInt(Math.trunc(version)), ours)
    return {
      ...{ index, peerId, state: 'up', problem: null, softwareVersion: figure('wcn_node_version') },
      clusterBehind: behind(figure('wcn_node_cluster_version'), view.version),
      keyspaceBehind: behind(figure('wcn_node_keyspace_version'), view.keyspaceVersion),
      // The page tells of a database once, by whichever of the nodes sees it.
      database: databaseVersion !== null,
      databaseVersion,
    }
  })
}

function grouped<K, T>(all: readonly T[], keyOf: (one: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const one of all) {
    const group = groups.get(keyOf(one))
    if (group) group.push(one)
    else groups.set(keyOf(one), [one])
  }
  return groups
}
