/** What a rotation is told by its flags and the chain, what it refuses, and the consent to it as a whole. */
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { CostEstimate, WriteSnapshot } from '../../chain/chain.js'
import type { Services } from '../../cli/services.js'
import type { OperatorData } from '../../cluster/codec/operator-data.js'
import { requireEditable, requireWritable } from '../../cluster/judge-write.js'
import type { Allowances } from '../../cluster/judged-write.js'
import { type Change, operatorChanges } from '../../cluster/operator-changes.js'
import type { VerifyInput } from '../../health/require-answering.js'
import type { WaitInput } from '../../health/wait-until-operational.js'
import { requireClustersKey } from '../../read/contract-knowledge.js'
import { requireOperator } from '../../read/read-operator.js'
import { requireSoundCluster } from '../../read/require-cluster.js'
import { allowances } from '../../write/allowances.js'
import { requireConsent, requireSigner, showWrite, withinFeeLimit } from '../../write/ask.js'
import type { EditInput } from '../../write/edit-operator.js'
import { addSuccessor, nodeInWords, type Rotation, removePredecessor, rotationStage } from '../model/node-rotation.js'
import { type NodeFlags, requireNewValues } from '../node-flags.js'

export interface NodesRotateInput extends EditInput, NodeFlags, WaitInput, VerifyInput {
  readonly node: string
}

export type StartedRotation = Awaited<ReturnType<typeof beginRotation>>

/** Throws USAGE, what rotationStage and requireEditable throw, and what writing to such a cluster would (edit-operator.ts). */
export async function beginRotation(services: Services, input: NodesRotateInput) {
  const { settings } = services
  const values = requireNewValues(input, ': what is left out stays as it is')
  const [operator, key] = [await settings.operator(), await settings.requireEncryptionKey()]
  const snapshot = await (await services.chain()).readClusterForWrite(operator)
  const slot = requireOperator(snapshot.view, operator)
  requireSoundCluster(snapshot.view)
  await requireClustersKey(services, snapshot, key, { force: input.forceEncryptionKey === true, own: [] })
  const allowed = allowances(services, input)
  const data = requireEditable(slot, allowed)
  const stage = rotationStage(data.nodes, input.node, values, key)
  const steps = stage.kind === 'done' ? [] : rotationSteps(snapshot, data, stage.rotation, key, allowed)
  return { snapshot, operator, key, data, stage, steps }
}

/** The writes that are left to do, held to the rules before a packet is sent to anybody. Throws what they say. */
function rotationSteps(
  { view }: WriteSnapshot,
  data: OperatorData,
  rotation: Rotation,
  key: EncryptionKey,
  allowed: Allowances,
) {
  const { maxOperatorDataBytes: maxDataBytes } = view.settings
  const added = addSuccessor(data, rotation, key)
  const step = (before: OperatorData, after: OperatorData) => {
    const slot = { decoded: { ...before, schema: 1, trailingBytes: 0 } as const, reason: null }
    return { before, after, blob: requireWritable({ slot, after, key, maxDataBytes, allowed }) }
  }
  return [...(added === data ? [] : [step(data, added)]), step(added, removePredecessor(added, rotation, key))]
}

/**
 * Both writes and what they cost together are shown, and asked for once; gives what is left to change. Throws FEE_TOO_HIGH
 * and INSUFFICIENT_FUNDS by what both cost, CALL_REVERTS, WRONG_SIGNER, CONFIRMATION_REQUIRED, DECLINED.
 */
export async function agreeOnRotation(
  services: Services,
  { snapshot, operator, key, steps }: StartedRotation,
  { old, next }: Rotation,
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
  const title = `rotate ${nodeInWords(old)}: ${nodeInWords(next)} takes its place once it is operational`
  await showWrite(services, priced, { title, changes, cost, contract: snapshot.contract, dryRun })
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
