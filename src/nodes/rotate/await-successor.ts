/** Between the two writes of a rotation: old and new are listed, and nothing goes before the new one serves. */

import type { Services } from '../../cli/services.js'
import type { OperatorData } from '../../cluster/codec/operator-data.js'
import { parseNodeSelector } from '../../cluster/select-node.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { Examiner } from '../../health/examiner.js'
import { expectedNode } from '../../health/model/expected-node.js'
import type { NodeHealth } from '../../health/model/node-health.js'
import { type WaitLimits, waitUntilOperational } from '../../health/wait-until-operational.js'
import type { TransactionJson } from '../../write/write-json.js'
import type { Rotation } from '../model/node-rotation.js'
import type { StartedRotation } from './begin.js'

export interface Listed {
  readonly rotation: Rotation
  /** The new one's place. */
  readonly index: number
  /** What added it in this run; null where an earlier one did. */
  readonly added: TransactionJson | null
}

/** Throws NODE_NOT_OPERATIONAL, INTERRUPTED, or OUTCOME_UNKNOWN where this run has sent something before. */
export async function awaitSuccessor(
  services: Services,
  examiner: Examiner,
  { operator }: StartedRotation,
  { rotation, index, added }: Listed,
  waits: WaitLimits,
): Promise<NodeHealth> {
  const stopSignals = new AbortController()
  const release = services.interruption.take((name) => {
    services.talk.tell(`${name}: not waiting any longer`)
    stopSignals.abort()
  })
  try {
    const nodes = [expectedNode(rotation.next, index)]
    const awaited = { nodes, operator, waits, stop: stopSignals.signal }
    const [health] = await waitUntilOperational(services, examiner, awaited)
    if (!health) throw new Error('the new node was not looked at')
    return health
  } catch (error) {
    if (!(error instanceof WcnError) || error.code !== 'INTERRUPTED' || added === null) throw error
    // 130 would say that nothing was sent.
    throw new WcnError('OUTCOME_UNKNOWN', 'interrupted while waiting for the new node, which is on chain now', {
      cause: error,
    })
  } finally {
    release()
  }
}

/** The error, with how far the rotation is, and what to type. */
export function withBothListed(
  error: unknown,
  selector: string,
  { nodes }: OperatorData,
  { rotation: { old, next }, added }: Listed,
): unknown {
  if (!(error instanceof WcnError)) return error
  const endpoint = `${old.ipv4Addr}:${old.primaryPort}`
  const again = parseNodeSelector(selector).kind === 'index' ? `, with ${endpoint} in place of the index` : ''
  const isUnique = nodes.filter(({ peerId }) => peerId === next.peerId).length === (added === null ? 1 : 0)
  const successor = isUnique ? next.peerId : `${next.ipv4Addr}:${next.primaryPort}`
  const state = `old and new are both on chain. Run the same command again${again}: it goes on from there. To give up: \`wcn nodes remove ${successor}\``
  return error.retold({
    hint: error.hint === undefined ? state : `${error.hint}; ${state}`,
    details: { old_listed: true, new_listed: true, added_by: added?.hash ?? null },
  })
}
