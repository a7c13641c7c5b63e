/** The whole cluster on a screen: who answers, what that makes of the keys, and what to look at. */
import { showAddress } from '../base/address.js'
import { utc } from '../base/utc.js'
import { checksParts } from '../cli/check-lines.js'
import type { Paint } from '../cli/paint.js'
import type { ClusterStatusJson } from './cluster-status.js'
import { isIll, nodeInWords, spaced, whyIll } from './model/node-in-words.js'
import { operatorInWords } from './model/operator-in-words.js'
import { percent } from './model/percent.js'

type OperatorJson = ClusterStatusJson['operators'][number]
type NodeJson = OperatorJson['nodes'][number]

export function clusterStatusText(data: ClusterStatusJson, paint: Paint, _redrawn = false, all = false): string {
  const { operators, checks } = data
  const ill = operators.flatMap((operator) => operator.nodes.filter(isIll).map((node) => ({ operator, node })))
  // The tables show who is not well, and why.
  const told = checks.filter(({ id }) => !id.startsWith('operator-'))
  return paint.screen(
    heading(data, paint),
    operatorsTable(operators, paint),
    nodesTable(
      all ? operators.flatMap((operator) => operator.nodes.map((node) => ({ operator, node }))) : ill,
      all,
      paint,
    ),
    ...checksParts(
      told.map((one) => ({ ...one, group: one.id, head: null })),
      paint,
      true,
    ),
  )
}

const CHANGES_SHOWN = 8

function changesText(changed: ClusterStatusJson['changed'], paint: Paint): readonly (readonly [string, string])[] {
  if (changed === null || changed.length === 0) return []
  const words = (state: string | null) => (state === null ? 'not on chain' : spaced(state))
  const told = changed
    .slice(0, CHANGES_SHOWN)
    .map(
      ({ slot, name, index, from, to }) =>
        `${name === null ? `slot ${slot}` : paint.text(name)} ${index} ${words(from)} → ${words(to)}`,
    )
  const more = changed.length - told.length
  return [['changed', paint.bold([...told, ...(more > 0 ? [`${more} more`] : [])].join(', '))]]
}

function heading(
  { cluster, asked, changed, quorum, versions, maintenance, migration }: ClusterStatusJson,
  paint: Paint,
) {
  const { probes, via } = asked
  const ways = [
    ...(probes ? [probes.as === null ? 'from here, as a stranger' : `from here, as ${paint.text(probes.as)}`] : []),
    ...(via ? [`through the node at ${paint.text(via.host)}${via.whole ? '' : paint.warn(', not to the end')}`] : []),
  ]
  const replicas = (counts: NonNullable<typeof quorum>['replicas']) =>
    `${counts.five} with 5 live replicas, ${counts.four} with 4, ${counts.three} with 3, ${counts.fewer > 0 ? paint.bad(`${counts.fewer} with fewer`) : '0 with fewer'}`
  return paint.fields([
    [
      'cluster',
      `${showAddress(cluster.contract)} on chain ${cluster.chain_id}, version ${cluster.version}, keyspace ${cluster.keyspace_version}, block ${cluster.block.number}`,
    ],
    ['looked', ways.join(', and ')],
    ...changesText(changed, paint),
    ...(quorum
      ? [
          ['shards', replicas(quorum.replicas)] as const,
          ...(quorum.new_replicas ? [['new keyspace', replicas(quorum.new_replicas)] as const] : []),
          ['unreadable', shareText(quorum.without_reads.share, paint)] as const,
          ['unwritable', shareText(quorum.without_writes.share, paint)] as const,
        ]
      : []),
    ['versions', versions.nodes.map(({ version, count }) => `${version ?? 'not told'} on ${count}`).join(', ')],
    [
      'maintenance',
      maintenance.holder === null
        ? 'nobody'
        : paint.warn(maintenance.name === null ? showAddress(maintenance.holder) : paint.text(maintenance.name)),
    ],
    [
      'migration',
      migration === null ? 'none in progress' : paint.warn(`in progress; ${migration.pulling.length} still to pull`),
    ],
  ])
}

function shareText(share: number, paint: Paint): string {
  return share === 0 ? 'none of the keys' : paint.bad(`${percent(share)} of the keys`)
}

function operatorsTable(operators: readonly OperatorJson[], paint: Paint): string {
  return paint.table(
    ['slot', '', 'operator', 'nodes up', 'caught up', 'database', 'version?', 'keyspace?'],
    operators.map((operator) => [
      String(operator.slot),
      toned(operatorInWords(operator.state), paint),
      operator.name === null ? showAddress(operator.id) : paint.text(operator.name),
      `${operator.nodes.filter(({ state }) => state === 'up').length}/${operator.nodes.length}`,
      known(
        operator.nodes.map(({ caught_up }) => caught_up),
        paint,
      ),
      known(
        operator.nodes.map(({ database }) => database),
        paint,
      ),
      [...new Set(operator.nodes.flatMap(({ software_version }) => software_version ?? []))].join(', ') ||
        paint.dim('-'),
      [
        operator.in_keyspace ? 'stores' : '',
        operator.in_new_keyspace && !operator.in_keyspace ? 'joins' : '',
        operator.pulls ? 'pulls' : '',
      ]
        .filter(Boolean)
        .join(', ') || paint.dim('-'),
    ]),
  )
}

/** Of how many of an operator's nodes it is so, of those that say. */
function known(values: readonly (boolean | null)[], paint: Paint): string {
  const told = values.filter((value) => value !== null)
  const yes = told.filter(Boolean).length
  if (told.length === 0) return paint.dim('-')
  return yes === told.length ? `${yes}/${told.length}` : paint.warn(`${yes}/${told.length}`)
}

function toned([tone, words]: ReturnType<typeof nodeInWords>, paint: Paint): string {
  return paint[tone](words)
}

interface Listed {
  readonly operator: OperatorJson
  readonly node: NodeJson
}

/** A screen shows the first of them; --all all. */
const NODES_SHOWN = 20

function nodesTable(listed: readonly Listed[], all: boolean, paint: Paint): string {
  if (listed.length === 0) return ''
  const shown = all ? listed : listed.slice(0, NODES_SHOWN)
  const bothWays = listed.some(({ node }) => node.probe !== 'not-asked' && node.via !== 'not-asked')
  const table = paint.table(
    ['node', 'is', ...(bothWays ? ['from here?', 'from yours?'] : []), 'since?', 'why'],
    shown.map(({ operator, node }) => [
      `${operator.name === null ? `slot ${operator.slot}` : paint.text(operator.name)} ${node.index}`,
      toned(nodeInWords(node), paint),
      ...(bothWays ? [spaced(node.probe), spaced(node.via)] : []),
      node.not_up_since === null ? paint.dim('-') : utc(node.not_up_since, 'minute'),
      paint.text(whyIll(node)) || paint.dim('-'),
    ]),
  )
  const more = listed.length - shown.length
  return more > 0 ? `${table}\n${paint.dim(`and ${more} more: --all shows each`)}` : table
}
