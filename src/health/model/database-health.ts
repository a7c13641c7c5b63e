/** Judges a node's database by what the node knows of it: it is private, so nobody else can tell. */
import type { Verdict } from '../../base/check.js'
import { quote } from '../../base/quote.js'
import type { RpcAnswer } from '../../peer/node-probe.js'
import { answerOrProblem } from './answer-or-problem.js'
import { gibibytes } from './metrics-health.js'
import { type DatabaseMetrics, readDatabaseMetrics } from './node-metrics.js'
import type { UnreachablePeer } from './peers-check.js'
import type { WhosePeerId } from './whose-peer-id.js'

export type DatabaseHealth = { readonly [Figure in keyof DatabaseMetrics]: number | null } & {
  readonly connected: boolean
  /** In a sentence; null where it is connected. */
  readonly problem: string | null
}

/** Less than this part of the disk free is worth a word. */
const LITTLE_DISK = 0.1
const NO_FIGURES = {
  softwareVersion: null,
  totalMemoryBytes: null,
  availableMemoryBytes: null,
  availableDiskBytes: null,
  totalDiskBytes: null,
}

export function databaseOfAnswer(answer: RpcAnswer): DatabaseHealth {
  const found = answerOrProblem(answer, {
    error: 'the node says of it',
    timeout: 'the node does not answer for it in time',
    closed: 'the node ends the question for it without an answer',
    garbage: 'the node answers for it in no form that is known',
    'too-large': 'the node answers for it with more than any metrics have',
  })
  const without = (problem: string) => ({ connected: false, ...NO_FIGURES, problem })
  if ('problem' in found) return without(found.problem)
  if (typeof found.value !== 'string') return without("the node hands on no database's metrics")
  const metrics = readDatabaseMetrics(found.value)
  if ('problem' in metrics) return without(`the node hands on ${metrics.problem}`)
  return { connected: true, ...metrics, problem: null }
}

/** `unreachable`: what the node can't reach. A peer that nobody has on chain is its database. */
export function databaseVerdict(
  database: DatabaseHealth,
  unreachable: readonly UnreachablePeer[],
  whose: WhosePeerId,
): Verdict {
  const { connected, softwareVersion, availableDiskBytes: free, totalDiskBytes: total, problem } = database
  if (connected) {
    const up = `its database is connected, version ${softwareVersion ?? 'unknown'}`
    if (free === null) return ['pass', up]
    const disk = `${up}, ${gibibytes(free)}${total === null ? '' : ` of ${gibibytes(total)}`} of its disk free`
    if (total === null || free / total >= LITTLE_DISK) return ['pass', disk]
    const hint = 'give it a larger disk before it is full: `wcn maintenance run` for what takes the database down'
    return ['warn', disk, hint]
  }
  const attempts = unreachable.filter(({ peerId }) => whose(peerId).kind === 'nobody')
  const wrong = attempts.find(({ kind }) => kind === 'WrongPeerId')
  if (wrong)
    return [
      'fail',
      `its database has another key than it expects: at ${quote(wrong.address)} somebody else answers than ${quote(wrong.peerId)}`,
      "DATABASE_PEER_ID in the node's environment must be the peer ID of the database's SECRET_KEY: `wcn key inspect`",
    ]
  const where = attempts.slice(0, 2).map(({ address }) => quote(address))
  return [
    'fail',
    `is not connected to its database: ${problem}${where.length > 0 ? `; it fails at ${where.join(' and ')}` : ''}`,
    "is wcn_db running? Compare DATABASE_RPC_SERVER_ADDRESS, its ports and DATABASE_PEER_ID in the node's environment with it",
  ]
}
