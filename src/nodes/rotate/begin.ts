/** What a rotation is told by its flags and the chain, and what it refuses before anything happens. */
import type { Address } from '../../base/address.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { WriteSnapshot } from '../../chain/chain.js'
import type { Services } from '../../cli/services.js'
import type { OperatorData } from '../../cluster/codec/operator-data.js'
import { requireEditable, requireWritable } from '../../cluster/judge-write.js'
import { plainNode } from '../../cluster/plain-node.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { VerifyInput } from '../../health/require-answering.js'
import type { WaitInput } from '../../health/wait-until-operational.js'
import { requireClustersKey } from '../../read/contract-knowledge.js'
import { requireOperator } from '../../read/read-operator.js'
import { requireSoundCluster } from '../../read/require-cluster.js'
import { allowances } from '../../write/allowances.js'
import type { EditInput } from '../../write/edit-operator.js'
import {
  addSuccessor,
  type Rotation,
  type RotationStage,
  removePredecessor,
  rotationStage,
} from '../model/node-rotation.js'
import { type NodeFlags, nodeValues } from '../node-flags.js'

export interface NodesRotateInput extends EditInput, NodeFlags, WaitInput, VerifyInput {
  readonly node: string
}

export interface StartedRotation {
  readonly snapshot: WriteSnapshot
  readonly operator: Address
  readonly key: EncryptionKey
  readonly data: OperatorData
  readonly stage: RotationStage
  /** The writes that are left to do. */
  readonly steps: readonly RotationStep[]
}

interface RotationStep {
  readonly before: OperatorData
  readonly after: OperatorData
  readonly blob: Uint8Array
}

/** Throws USAGE, what rotationStage and requireEditable throw, and what writing to such a cluster would (edit-operator.ts). */
export async function beginRotation(services: Services, input: NodesRotateInput): Promise<StartedRotation> {
  const { settings } = services
  const values = nodeValues(input)
  if (Object.keys(values).length === 0)
    throw new WcnError('USAGE', 'no new value is given', {
      hint: 'give --peer-id, --ip-address, --primary-port and --secondary-port: what is left out stays as it is',
    })
  const [operator, key] = [await settings.operator(), await settings.requireEncryptionKey()]
  const snapshot = await (await services.chain()).readClusterForWrite(operator)
  const slot = requireOperator(snapshot.view, operator)
  requireSoundCluster(snapshot.view)
  await requireClustersKey(services, snapshot, key, { force: input.forceEncryptionKey === true, own: [] })
  const data = requireEditable(slot, allowances(services, input))
  const stage = rotationStage(data.nodes, input.node, values, key)
  const steps =
    stage.kind === 'done' ? [] : rotationSteps(services, input, { snapshot, data, rotation: stage.rotation, key })
  return { snapshot, operator, key, data, stage, steps }
}

/** Held to the rules before a packet is sent to anybody. Throws what they say. */
function rotationSteps(
  services: Services,
  input: NodesRotateInput,
  {
    snapshot,
    data,
    rotation,
    key,
  }: Pick<StartedRotation, 'snapshot' | 'data' | 'key'> & { readonly rotation: Rotation },
): readonly RotationStep[] {
  const { maxOperatorDataBytes: maxDataBytes } = snapshot.view.settings
  const added = addSuccessor(data, rotation, key)
  const states = added === data ? [data] : [data, added]
  return [...states, removePredecessor(added, rotation, key)].slice(1).map((after, step) => {
    const before = states[step] ?? added
    const slot = { decoded: { ...before, schema: 1, trailingBytes: 0 } as const, reason: null }
    const write = { slot, after, key, maxDataBytes, allowed: allowances(services, input) }
    return { before, after, blob: requireWritable(write) }
  })
}

/** `12D3… at 198.51.100.7:3010`. */
export function oldNode({ old }: { readonly old: OperatorData['nodes'][number] }, key: EncryptionKey): string {
  return nodeInWords(plainNode(old, key))
}

export function nodeInWords({ peerId, ipv4Addr, primaryPort }: ReturnType<typeof plainNode>): string {
  return `${peerId} at ${ipv4Addr}:${primaryPort}`
}
