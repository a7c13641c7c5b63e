/** What there is to say of a cluster that was looked at: is it me or everybody, do the keys answer, and what is in the way. */
import type { Address } from '../../base/address.js'
import { type Check, check, type Verdict } from '../../base/check.js'
import { durationInWords } from '../../base/duration-in-words.js'
import { quote } from '../../base/quote.js'
import type { quorumOf } from '../../cluster/quorum.js'
import { GIVE_NODE_KEY } from '../../health/model/advice.js'
import { answersAsItself, type NodeState } from '../../health/model/node-standing.js'
import { percent } from './percent.js'
import type { Puller } from './pullers.js'
import type { SeenNode, SeenOperator } from './seen-operators.js'

export interface Seen {
  readonly operators: readonly SeenOperator[]
  /** Null where the network's nodes reject the keyspace. */
  readonly quorum: ReturnType<typeof quorumOf> | null
  /** Null where no migration runs. */
  readonly pullers: readonly Puller[] | null
  /** `sinceS`: Unix seconds; null where that is longer ago than can be seen. */
  readonly maintenance: {
    readonly holder: Address
    readonly name: string | null
    readonly sinceS: number | null
  } | null
  readonly nowS: number
  /** One outage away from losing a quorum is a failure, too. */
  readonly strict: boolean
  /** By which ways it was looked. `stranger`: the nodes did not know who asked. */
  readonly probes: 'none' | 'stranger' | 'node'
  /** False: in a cluster this large nodes can't tell what they tell only each other. */
  readonly canBeTold: boolean
  readonly via: boolean
}

const NAMED = 5

export function clusterChecks(seen: Seen): readonly Check[] {
  const { operators } = seen
  const verdicts: Readonly<Record<string, Verdict | null>> = {
    here: hereVerdict(seen),
    quorum: quorumVerdict(seen),
    writes: writesVerdict(seen),
    'one-outage': oneOutageVerdict(seen),
    migration: migrationVerdict(seen),
    maintenance: maintenanceVerdict(seen),
    versions: versionsVerdict(operators),
    'node-key': untoldVerdict(seen),
  }
  return [
    ...Object.entries(verdicts).flatMap(([id, verdict]) => (verdict === null ? [] : [check(id, ...verdict)])),
    ...operators.flatMap((operator) => {
      const verdict = operatorVerdict(operator)
      return verdict === null ? [] : [check(`operator-${operator.slot}`, ...verdict)]
    }),
  ]
}

function untoldVerdict({ probes, canBeTold }: Seen): Verdict | null {
  if (probes === 'none' || (probes === 'node' && canBeTold)) return null
  const what = 'what nodes tell only each other was not asked: versions, how far they are, databases'
  if (canBeTold) return ['skip', what, GIVE_NODE_KEY]
  return ['skip', `${what}; in a cluster of so many nodes their answers are larger than the protocol allows`]
}

/** Whether what is not seen is for this machine to put right, or for everybody. */
function hereVerdict({ operators, probes, via }: Seen): Verdict | null {
  const nodes = operators
    .flatMap((operator) => operator.nodes)
    .filter((node) => node.probe !== 'not-asked' || node.via !== 'not-asked')
  const by = (way: 'probe' | 'via', state: (state: NodeState) => boolean) =>
    nodes.filter((node) => state(node[way])).length
  const answers = (state: NodeState) => answersAsItself({ state })
  const [here, there] = [by('probe', answers), by('via', answers)]
  if (probes !== 'none' && here === 0 && nodes.length > 0)
    return [
      'warn',
      there > 0
        ? `it is this machine: no node answers it, and ${there} answer your node`
        : 'no node of any operator answers: that may be this machine',
      there > 0
        ? 'let UDP out of this machine, and its answers in'
        : 'is UDP let out of this machine? --via http://HOST:PORT/metrics/cluster asks one of your nodes what it sees',
    ]
  if (probes === 'none' || !via) return null
  const onlyHere = nodes.filter((node) => answers(node.probe) && node.via === 'silent').length
  const onlyThere = nodes.filter((node) => !answers(node.probe) && answers(node.via)).length
  if (onlyHere + onlyThere === 0) return ['pass', 'this machine and your node see the same']
  const parts = [
    ...(onlyHere > 0 ? [`${count(onlyHere, 'node answers', 'nodes answer')} this machine and not your node`] : []),
    ...(onlyThere > 0 ? [`${count(onlyThere, 'node answers', 'nodes answer')} your node and not this machine`] : []),
  ]
  const hint =
    onlyHere > 0
      ? 'look at the way out of your node: its log names each attempt'
      : 'look at the way out of this machine'
  return ['warn', parts.join(', '), hint]
}

function quorumVerdict({ quorum, operators }: Seen): Verdict {
  if (quorum === null)
    return [
      'fail',
      "the network's nodes reject the keyspace of this cluster, so nothing can be said of its quorum",
      "tell the cluster's owner",
    ]
  const unknown = operators.filter(({ live, inKeyspace }) => live === null && inKeyspace)
  const doubt =
    unknown.length === 0
      ? ''
      : ` (${count(unknown.length, 'operator of whom that is', 'operators of whom that is')} not known counted as down)`
  if (quorum.readsLost === 0) return ['pass', `every shard has three live replicas at least${doubt}`]
  return [
    'fail',
    `${shareOf(quorum.readsLost, quorum.shards)} have fewer than three live replicas, and are neither read nor written${doubt}`,
    'those operators have to come back: the table says who does not answer',
  ]
}

function writesVerdict({ quorum }: Seen): Verdict | null {
  if (quorum === null || quorum.next === null) return null
  const only = quorum.writesLost - quorum.readsLost
  if (only === 0)
    return quorum.writesLost === 0 ? ['pass', 'every shard has three live replicas in the new keyspace, too'] : null
  return [
    'fail',
    `${shareOf(only, quorum.shards)} can be read and not written: fewer than three of their new replicas are live`,
    'while the migration runs writes need three in both keyspaces: those who join have to come up, or the owner aborts it',
  ]
}

function oneOutageVerdict({ quorum, operators, strict }: Seen): Verdict | null {
  if (quorum === null || quorum.oneOutage === 0) return null
  const names = [...quorum.critical]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .map(([slot]) => nameOf(operators.find((one) => one.slot === slot)))
  const who = `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` or ${names.length - NAMED} others` : ''}`
  return [
    strict ? 'fail' : 'warn',
    `${shareOf(quorum.oneOutage, quorum.shards)} have no replica to spare: one more outage takes their quorum (${who})`,
    'nobody of them should go down now: `wcn ok-to-stop database`',
  ]
}

function migrationVerdict({ pullers, operators }: Seen): Verdict | null {
  if (pullers === null) return null
  const still = `${count(pullers.length, 'operator still pulls', 'operators still pull')}`
  const stalls = [
    ...pullers
      .filter(({ away }) => away)
      .map(({ slot }) => `${nameOf(operators.find((one) => one.slot === slot))} is not there to pull`),
    ...[...new Set(pullers.flatMap(({ downSources }) => downSources))].map(
      (slot) => `${nameOf(operators.find((one) => one.slot === slot))} is down, from whom others pull`,
    ),
  ]
  if (stalls.length === 0) return ['warn', `a migration is in progress: ${still}`, '`wcn migration status` follows it']
  return [
    'warn',
    `a migration is stalled: ${still}; ${stalls.slice(0, NAMED).join('; ')}${stalls.length > NAMED ? `; and ${stalls.length - NAMED} more` : ''}`,
    'it ends by itself once they are back; else the owner aborts it',
  ]
}

function maintenanceVerdict({ maintenance, nowS }: Seen): Verdict | null {
  if (maintenance === null) return null
  const { holder, name, sinceS } = maintenance
  const age = sinceS === null ? '' : ` for ${durationInWords(nowS - sinceS)}`
  return [
    'warn',
    `${name === null ? holder : quote(name)} is in maintenance${age}: its database may be down`,
    'no migration starts, and nobody else may take a database down, until it is over',
  ]
}

function versionsVerdict(operators: readonly SeenOperator[]): Verdict | null {
  const versions = new Set(
    operators.flatMap(({ nodes }) => nodes.flatMap(({ softwareVersion }) => softwareVersion ?? [])),
  )
  if (versions.size < 2) return null
  return [
    'warn',
    `the nodes run ${versions.size} versions: ${[...versions]
      .sort((a, b) => b - a)
      .slice(0, NAMED)
      .join(', ')}`,
  ]
}

function operatorVerdict(operator: SeenOperator): Verdict | null {
  const { state, nodes } = operator
  if (state === 'up') return null
  const name = nameOf(operator)
  const [first, ...others] = nodes.filter(isIll)
  const why = first === undefined ? '' : `: ${illness(first)}${others.length > 0 ? `, and ${others.length} more` : ''}`
  const sentences: Readonly<Record<Exclude<SeenOperator['state'], 'up'>, string>> = {
    partly: `${name} serves, and not with all it has${why}`,
    behind: `${name} is behind with the keyspace${why}`,
    'no-database': `${name} is without its database, as its own nodes say`,
    down: `${name} is down${why}`,
    unknown: `whether ${name} is up could not be found out${why}`,
    'not-asked':
      nodes.length === 0
        ? `${name} has data on chain that nobody can read`
        : `${name} has no node that anybody could ask${why}`,
  }
  return ['warn', sentences[state]]
}

function isIll(node: SeenNode): boolean {
  return node.state !== 'up' || node.caughtUp === false || node.database === false
}

function illness({ index, problem, caughtUp, database, clusterBehind, keyspaceBehind }: SeenNode): string {
  const behind = `is ${clusterBehind ?? 0} versions of the cluster and ${keyspaceBehind ?? 0} of the keyspace behind`
  return `nodes[${index}] ${problem ?? (caughtUp === false ? behind : database === false ? 'does not see its database' : 'is up')}`
}

function nameOf(operator: SeenOperator | undefined): string {
  if (operator === undefined) return 'nobody'
  return operator.name === null ? `the operator in slot ${operator.slot}` : quote(operator.name)
}

function shareOf(shards: number, all: number): string {
  return shards === all ? 'all keys' : `${percent(shards / all)} of the keys (${shards} of ${all} shards)`
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`
}
