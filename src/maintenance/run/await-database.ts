/** Asks the operator's nodes whether its database is up: nobody else may talk to it. */

import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { Services } from '../../cli/services.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { Examiner } from '../../health/examiner.js'
import { expectedNodes } from '../../health/model/expected-node.js'
import { whyNotUp } from '../../health/model/node-health.js'
import { untilItStays } from '../../health/until-it-stays.js'
import { requireOperator } from '../../read/read-operator.js'
import type { DatabaseProof } from '../model/slot.js'

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
  const look = async () => {
    const value = await askForDatabase(services, witness)
    return value.kind === 'up'
      ? { value, up: true, words: 'it is up; watching whether it stays so' }
      : { value, up: false, words: value.kind === 'not-up' ? value.why : '' }
  }
  const awaited = { what: 'waiting for the database', look, timeoutMs, settleMs: SETTLE_MS, untimed: true, stop }
  try {
    return (await untilItStays<DatabaseProof>(services, awaited)).value
  } catch (error) {
    if (!(error instanceof WcnError) || error.code !== 'INTERRUPTED') throw error
    return { kind: 'not-up', why: 'interrupted while asking for it' }
  }
}
