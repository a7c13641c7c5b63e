/** A node's database, by what the node knows of it: it is private, so that nobody else can tell. */
import { type Check, check } from '../../base/check.js'
import { quote } from '../../base/quote.js'
import { quoteHeard } from '../../base/quote-heard.js'
import type { RpcAnswer } from '../../peer/node-probe.js'
import { gibibytes } from './metrics-health.js'
import type { DatabaseHealth, UnreachablePeer } from './node-health.js'
import { type DatabaseMetrics, readDatabaseMetrics } from './node-metrics.js'
import type { WhosePeerId } from './whose-peer-id.js'

/** Less than this part of the disk free is worth a word. */
const LITTLE_DISK = 0.1

export interface DatabaseSighting {
  readonly metrics: DatabaseMetrics | null
  readonly problem: string | null
}

export function databaseOfAnswer(answer: RpcAnswer): DatabaseSighting {
  if (answer.kind === 'error') return withProblem(`the node says of it ${quoteHeard(answer.message)}`)
  if (answer.kind === 'none') return withProblem(NO_ANSWER[answer.why])
  if (typeof answer.value !== 'string') return withProblem("the node hands on no database's metrics")
  const metrics = readDatabaseMetrics(answer.value)
  return 'problem' in metrics ? withProblem(`the node hands on ${metrics.problem}`) : { metrics, problem: null }
}

export function databaseHealth({ metrics, problem }: DatabaseSighting): DatabaseHealth {
  return {
    connected: metrics !== null,
    softwareVersion: metrics?.softwareVersion ?? null,
    availableDiskBytes: metrics?.availableDiskBytes ?? null,
    totalMemoryBytes: metrics?.totalMemoryBytes ?? null,
    availableMemoryBytes: metrics?.availableMemoryBytes ?? null,
    problem,
  }
}

/** `unreachable`: what the node can't reach. A peer that nobody has on chain is its database. */
export function databaseCheck(
  label: string,
  { metrics, problem }: DatabaseSighting,
  unreachable: readonly UnreachablePeer[] | null,
  whose: WhosePeerId,
): Check {
  const id = `${label}.database`
  if (metrics) return connectedCheck(id, label, metrics)
  const attempts = (unreachable ?? []).filter(({ peerId }) => whose(peerId).kind === 'nobody')
  const wrong = attempts.find(({ kind }) => kind === 'WrongPeerId')
  if (wrong)
    return check(
      id,
      'fail',
      `${label}: its database has another key than it expects: at ${quote(wrong.address)} somebody else answers than ${quote(wrong.peerId)}`,
      "DATABASE_PEER_ID in the node's environment must be the peer ID of the database's SECRET_KEY: `wcn key inspect`",
    )
  const where = attempts.map(({ address }) => quote(address))
  return check(
    id,
    'fail',
    `${label}: is not connected to its database: ${problem}${where.length > 0 ? `; it fails at ${where.slice(0, 2).join(' and ')}` : ''}`,
    "is wcn_db running? Compare DATABASE_RPC_SERVER_ADDRESS, its ports and DATABASE_PEER_ID in the node's environment with it",
  )
}

function connectedCheck(id: string, label: string, metrics: DatabaseMetrics): Check {
  const { softwareVersion, availableDiskBytes: free, totalDiskBytes: total } = metrics
  const up = `${label}: its database is connected, version ${softwareVersion ?? 'unknown'}`
  if (free === null) return check(id, 'pass', up)
  const disk = `${up}, ${gibibytes(free)}${total === null ? '' : ` of ${gibibytes(total)}`} of its disk free`
  return total !== null && free / total < LITTLE_DISK
    ? check(
        id,
        'warn',
        disk,
        'give it a larger disk before it is full: `wcn maintenance run` for what takes the database down',
      )
    : check(id, 'pass', disk)
}

const NO_ANSWER = {
  timeout: 'the node does not answer for it in time',
  closed: 'the node ends the question for it without an answer',
  garbage: 'the node answers for it in no form that is known',
  'too-large': 'the node answers for it with more than any metrics have',
} as const satisfies Record<Extract<RpcAnswer, { kind: 'none' }>['why'], string>

function withProblem(problem: string): DatabaseSighting {
  return { metrics: null, problem }
}
