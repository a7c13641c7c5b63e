/**
 * `nodes check`: whether nodes answer as themselves, as a peer of the network sees them, and whether a database answers
 * nobody. With --watch it looks again and again.
 */

import { type Check, check, firstFailure } from '../base/check.js'
import { once } from '../base/once.js'
import { jsonInteger, snakeJson } from '../base/snake-json.js'
import type { ActionResult, Services } from '../cli/services.js'
import { parseInterval, type WatchInput } from '../cli/watch.js'
import { stateJson } from '../cluster/to-json.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import {
  type DatabaseInput,
  type DatabaseQuestion,
  judgeDatabase,
  parseDatabaseQuestion,
  sightDatabases,
} from './check-database.js'
import { type Examiner, type ExaminerInput, openExaminer } from './examiner.js'
import { GIVE_NODE_KEY, INSTALL_ADDON } from './model/advice.js'
import { databaseSightingJson } from './model/database-sighting.js'
import { doubtfulKey, isAtItsAddress, type NodeHealth } from './model/node-health.js'
import { parseProbeFlags } from './probe-flags.js'
import { type CheckedNodes, type NodesInput, readCheckedNodes } from './read-checked-nodes.js'
import { watchChecks } from './watch-checks.js'

export interface Input extends NodesInput, DatabaseInput, ExaminerInput, WatchInput {}

/** What a look came to, for scripts. */
export type NodesCheckJson = Awaited<ReturnType<typeof lookOnce>>

/**
 * A database is looked at alone unless nodes are named too: its private network often has no way to the nodes' public
 * addresses. Exit code 8 when a check fails. Throws USAGE, SETTING_*, the parsers' errors, and what reading the nodes
 * throws (`readCheckedNodes`).
 */
export async function run(services: Services, input: Input): Promise<ActionResult<NodesCheckJson>> {
  const intervalMs = parseInterval(input)
  const databases = parseDatabaseQuestion(input)
  const { timeoutMs } = parseProbeFlags(input)
  const withNodes = databases === null || input.nodes.length > 0 || input.file !== undefined
  const examiner = withNodes ? await openExaminer(services, input) : null
  const reader = withNodes ? await readCheckedNodes(services, input) : null
  // One socket for all looks.
  const strangers = { ...services, nodeProbe: once(() => services.nodeProbe(null)) }
  const look = (held: CheckedNodes | null) => lookOnce(strangers, { examiner, held, databases, timeoutMs })
  const held = reader?.first ?? null
  const first = await look(held)
  if (intervalMs === null) return withExitCode(first)
  const read = async () => (await reader?.again()) ?? null
  const looks = watchChecks<CheckedNodes | null, NodesCheckJson>(services, { held, read, look, first, intervalMs })
  return { ...withExitCode(first), more: withExitCodes(looks) }
}

interface Look {
  readonly examiner: Examiner | null
  readonly held: CheckedNodes | null
  readonly databases: DatabaseQuestion | null
  readonly timeoutMs: number
}

async function lookOnce(services: Services, { examiner, held, databases, timeoutMs }: Look) {
  const [healths, sightings] = await Promise.all([
    examiner && held ? examiner.examine(held.nodes, held, { shown: true }) : [],
    databases ? sightDatabases(services, databases, timeoutMs) : [],
  ])
  const shown = sightings.flatMap((sighting) => {
    if (databases === null) return []
    const checks = judgeDatabase(sighting, databases, services.settings, healths)
    return [databaseSightingJson(sighting, databases.inside, checks)]
  })
  return {
    /** Unix seconds. */
    checked_at: services.clock.now(),
    /** What the nodes are held against; null where only a database was looked at. */
    cluster: held && clusterJson(held),
    nodes: snakeJson<readonly NodeHealth[]>(healths),
    databases: shown,
    /** All of them, those of nodes and databases as well. */
    checks: [
      ...(examiner && held ? generalChecks(examiner, held, healths) : []),
      ...healths.flatMap(({ checks }) => checks),
      ...shown.flatMap(({ checks }) => checks),
    ],
    /** IDs of the checks that are other than at the look before, such as new failures; null at the first look. */
    changed: null as readonly string[] | null,
  }
}

const DOUBTFUL_KEY = doubtfulKey(
  "before you look for other faults: are the addresses below your nodes'? With a wrong key they are anybody's; -f FILE looks at those of a file",
)

/** What is true of all nodes, so that it needs to be said only once. */
function generalChecks(
  { unproven, identified }: Examiner,
  { nodes, addressesProven }: CheckedNodes,
  healths: readonly NodeHealth[],
): readonly Check[] {
  if (unproven !== null && nodes.length > 0)
    return [check('quic-addon', 'warn', `who answers can't be proven here: ${unproven}`, INSTALL_ADDON)]
  const doubt = unproven === null && !addressesProven && !healths.some(isAtItsAddress) ? [DOUBTFUL_KEY] : []
  if (nodes.length === 0)
    return [...doubt, check('nodes', 'fail', 'the file lists no node', 'leave out -f to look at the nodes on chain')]
  if (identified) return doubt
  const told = `what nodes tell only each other was not asked: ${untold(healths)}`
  return [...doubt, check('node-key', 'skip', told, GIVE_NODE_KEY)]
}

/** Of some nodes more is told by plain HTTP. */
function untold(healths: readonly NodeHealth[]): string {
  const silent = healths.filter(
    ({ node: { label }, metrics, checks }) => metrics === null && !checks.some(({ id }) => id === `${label}.metrics`),
  )
  const databases = 'whether their databases are up'
  const [first, ...others] = silent.map(({ node }) => node.label)
  if (first === undefined) return databases
  if (silent.length === healths.length) return `their versions, how far they are, and ${databases}`
  if (others.length === 0) return `${databases}, and the version of ${first} and how far it is`
  const which = others.length === 1 ? `${first} and ${others[0]}` : `${silent.length} of them`
  return `${databases}, and the versions of ${which} and how far they are`
}

function clusterJson({ snapshot, operator }: CheckedNodes) {
  return { ...stateJson(snapshot), keyspace_version: jsonInteger(snapshot.view.keyspaceVersion), operator }
}

function withExitCode(data: NodesCheckJson): { readonly data: NodesCheckJson; readonly exitCode: number } {
  return { data, exitCode: firstFailure(data.checks) ? EXIT_CHECK_FAILED : 0 }
}

async function* withExitCodes(looks: AsyncIterable<NodesCheckJson>) {
  for await (const data of looks) yield withExitCode(data)
}
