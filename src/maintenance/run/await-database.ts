/** Asks the operator's nodes whether its database is up: nobody else may talk to it. */

import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import { orStopped } from '../../base/or-stopped.js'
import { createChangeLogger } from '../../cli/change-logger.js'
import type { Services } from '../../cli/services.js'
import type { Examiner } from '../../health/examiner.js'
import { expectedNodes } from '../../health/model/expected-node.js'
import { whyNotUp } from '../../health/model/node-health.js'
import { requireOperator } from '../../read/read-operator.js'
import type { DatabaseProof } from '../model/slot.js'

const PAUSE_MS = 2_000
/** One that is about to stop, or to fall over again, is seen once. */
const SETTLE_MS = 3_000

export interface DatabaseWitness {
  readonly examiner: Examiner
  /** Of the nodes' addresses. */
  readonly key: EncryptionKey
}

/** One look. Never throws: what is in its way is the answer. */
export async function askForDatabase(services: Services, { examiner, key }: DatabaseWitness): Promise<DatabaseProof> {
  try {
    const operator = await services.settings.operator()
    const snapshot = await (await services.chain()).readCluster()
    const { decoded } = requireOperator(snapshot.view, operator)
    if (decoded === null) return { kind: 'not-up', why: "the operator's data on chain does not decode" }
    const seen = await examiner.examine(expectedNodes(decoded.nodes, key), { snapshot, operator })
    const witness = seen.find(({ database }) => database?.connected)
    if (witness) return { kind: 'up', by: witness.node.label }
    const unseen = seen.map((health) => `${health.node.label}: ${health.database?.problem ?? whyNotUp(health)}`)
    return { kind: 'not-up', why: unseen.join('; ') || 'the operator has no nodes on chain' }
  } catch (error) {
    // Whatever it is, the slot must not be given back on it, nor the command's end get lost.
    return { kind: 'not-up', why: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * Asks until it is up and has stayed so, or the time is over, or `stop` is aborted. `--timeout` does not count it; at
 * least one look is made.
 */
export async function awaitDatabase(
  services: Services,
  witness: DatabaseWitness,
  { timeoutMs, stop }: { readonly timeoutMs: number; readonly stop: AbortSignal },
): Promise<DatabaseProof> {
  const { clock, deadline, talk } = services
  const endMs = clock.monotonicMs() + timeoutMs
  let upSinceMs: number | null = null
  const shouldLog = createChangeLogger(clock)
  for (;;) {
    const looking = deadline.paused(() => askForDatabase(services, witness))
    const seen = await orStopped(looking, stop).catch(() => null)
    if (seen === null || stop.aborted) return { kind: 'not-up', why: 'interrupted while asking for it' }
    const nowMs = clock.monotonicMs()
    upSinceMs = seen.kind === 'up' ? (upSinceMs ?? nowMs) : null
    if (upSinceMs !== null && nowMs - upSinceMs >= SETTLE_MS) return seen
    if (upSinceMs === null && nowMs >= endMs) return seen
    const state = seen.kind === 'not-up' ? `waiting for the database: ${seen.why}` : 'the database is up; looking again'
    if (shouldLog(state)) talk.note(state)
    const untilMs = upSinceMs === null ? endMs : upSinceMs + SETTLE_MS
    await deadline.paused(() => clock.sleep(Math.max(1, Math.ceil(Math.min(PAUSE_MS, untilMs - nowMs))), stop))
  }
}
