/** Consent to a rotation as a whole: both writes and what they cost together are shown, and asked for once. */

import type { CostEstimate } from '../../chain/chain.js'
import type { Services } from '../../cli/services.js'
import { type Change, operatorChanges } from '../../cluster/operator-changes.js'
import { requireConsent, requireSigner, showWrite } from '../../write/ask.js'
import { withinFeeLimit } from '../../write/price.js'
import type { Rotation } from '../model/node-rotation.js'
import { nodeInWords, oldNode, type StartedRotation } from './begin.js'

/**
 * What is left to change. Throws FEE_TOO_HIGH and INSUFFICIENT_FUNDS by what both writes cost, CALL_REVERTS,
 * WRONG_SIGNER, CONFIRMATION_REQUIRED, DECLINED.
 */
export async function agreeOnRotation(
  services: Services,
  { snapshot, operator, key, steps }: StartedRotation,
  rotation: Rotation,
  dryRun: boolean,
): Promise<readonly Change[]> {
  const changes = steps.flatMap(({ before, after }) => operatorChanges(before, after, key))
  const chain = await services.chain()
  const priced = withinFeeLimit(services, snapshot)
  let cost: CostEstimate = { gas: 0n, executionFeeWei: 0n, l1FeeWei: 0n, operatorFeeWei: 0n }
  for (const { blob } of steps) {
    const call = { fn: 'updateNodeOperatorData', operator, data: blob } as const
    cost = sum(cost, await chain.estimate(priced, await chain.encodeCall(call)))
  }
  const title = `rotate ${oldNode(rotation, key)}: ${nodeInWords(rotation.next)} takes its place once it is operational`
  showWrite(services, priced, { title, changes, cost, contract: snapshot.contract, dryRun })
  if (dryRun) return changes
  await requireSigner(services, operator)
  await requireConsent(services)
  return changes
}

function sum(a: CostEstimate, b: CostEstimate): CostEstimate {
  return {
    gas: a.gas + b.gas,
    executionFeeWei: a.executionFeeWei + b.executionFeeWei,
    l1FeeWei: a.l1FeeWei + b.l1FeeWei,
    operatorFeeWei: a.operatorFeeWei + b.operatorFeeWei,
  }
}
