/**
 * `nodes check`: whether nodes answer as themselves, as a peer of the network sees them, and whether a database answers
 * nobody. With --watch it looks again and again.
 */

import type { Address } from '../base/address.js'
import { type Check, check, firstFailure } from '../base/check.js'
import { jsonInteger } from '../base/json-integer.js'
import { once } from '../base/once.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { ActionResult, Services } from '../cli/services.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDuration } from '../settings/setting-values.js'
import {
  type DatabaseInput,
  type DatabaseQuestion,
  heardNothing,
  judgeDatabase,
  parseDatabaseQuestion,
  sightDatabases,
} from './check-database.js'
import { type CheckedNodes, type NodesCheckJson, type NodesInput, readCheckedNodes } from './checked-nodes.js'
import { examineShown } from './examine-shown.js'
import { type Examiner, type ExaminerInput, openExaminer } from './examiner.js'
import { databaseSightingJson } from './model/database-to-json.js'
import { doubtfulKey, isAtItsAddress } from './model/doubtful-key.js'
import { GIVE_NODE_KEY } from './model/give-node-key.js'
import { INSTALL_ADDON } from './model/install-addon.js'
import type { NodeHealth } from './model/node-health.js'
import { nodeHealthJson } from './model/to-json.js'
import { parseProbeFlags } from './probe-flags.js'
import { watchNodes } from './watch-nodes.js'

export interface Input extends NodesInput, DatabaseInput, ExaminerInput {
  readonly watch?: boolean
  readonly interval?: string
}

const DEFAULT_INTERVAL_MS = 10_000

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
  const strangers = { metrics: services.metrics, nodeProbe: once(() => services.nodeProbe(null)) }
  const look = (held: CheckedNodes | null) => lookOnce(services, { examiner, held, databases, timeoutMs, strangers })
  const first = await look(reader?.first ?? null)
  if (intervalMs === null) return withExitCode(first)
  return { ...withExitCode(first), more: withExitCodes(watchNodes(services, { reader, look, first, intervalMs })) }
}

interface Look {
  readonly examiner: Examiner | null
  readonly held: CheckedNodes | null
  readonly databases: DatabaseQuestion | null
  readonly timeoutMs: number
  readonly strangers: Pick<Services, 'metrics' | 'nodeProbe'>
}

async function lookOnce(services: Services, look: Look): Promise<NodesCheckJson> {
  const { examiner, held, databases, timeoutMs, strangers } = look
  const [healths, sightings] = await Promise.all([
    examiner && held ? examineShown(services, examiner, held.nodes, held) : [],
    databases ? sightDatabases(strangers, databases.targets, Math.min(timeoutMs, services.deadline.remainingMs())) : [],
  ])
  const deaf = heardNothing(healths)
  const shown = sightings.map((sighting) => {
    const { inside, peerId } = databases ?? { inside: false, peerId: null }
    const checks = judgeDatabase(sighting, { inside, peerId }, { settings: services.settings, deaf })
    return databaseSightingJson(sighting, inside, checks)
  })
  return {
    checked_at: services.clock.now(),
    cluster: held && clusterJson(held.snapshot, held.operator),
    nodes: healths.map(nodeHealthJson),
    databases: shown,
    checks: [
      ...(examiner?.unproven === null && held?.addressesProven === false && !healths.some(isAtItsAddress)
        ? [DOUBTFUL_KEY]
        : []),
      ...(examiner && held ? generalChecks(examiner, held, healths) : []),
      ...healths.flatMap(({ checks }) => checks),
      ...shown.flatMap(({ checks }) => checks),
    ],
    changed: null,
  }
}

const DOUBTFUL_KEY = doubtfulKey(
  "before you look for other faults: are the addresses below your nodes'? With a wrong key they are anybody's; -f FILE looks at those of a file",
)

/** What is true of all nodes, so that it needs to be said only once. */
function generalChecks(
  { unproven, identified }: Examiner,
  { nodes }: CheckedNodes,
  healths: readonly NodeHealth[],
): readonly Check[] {
  if (nodes.length === 0)
    return [check('nodes', 'fail', 'the file lists no node', 'leave out -f to look at the nodes on chain')]
  if (unproven !== null)
    return [check('quic-addon', 'warn', `who answers can't be proven here: ${unproven}`, INSTALL_ADDON)]
  if (identified) return []
  return [check('node-key', 'skip', `what nodes tell only each other was not asked: ${untold(healths)}`, GIVE_NODE_KEY)]
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

function clusterJson(
  { chainId, contract, block, view }: ClusterSnapshot,
  operator: Address,
): NodesCheckJson['cluster'] {
  return {
    chain_id: chainId,
    contract,
    block,
    version: jsonInteger(view.version),
    keyspace_version: jsonInteger(view.keyspaceVersion),
    operator,
  }
}

function withExitCode(data: NodesCheckJson): { readonly data: NodesCheckJson; readonly exitCode: number } {
  return { data, exitCode: firstFailure(data.checks) ? EXIT_CHECK_FAILED : 0 }
}

async function* withExitCodes(looks: AsyncIterable<NodesCheckJson>) {
  for await (const data of looks) yield withExitCode(data)
}

/** Null without --watch. Throws USAGE, SETTING_INVALID. */
function parseInterval({ watch, interval }: Input): number | null {
  if (watch) return interval === undefined ? DEFAULT_INTERVAL_MS : parseDuration(interval, '--interval')
  if (interval === undefined) return null
  throw new WcnError('USAGE', '--interval is about --watch, which is not given', { hint: 'add --watch' })
}
