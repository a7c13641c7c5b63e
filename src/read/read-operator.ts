/** Reads a cluster and one operator in it, for every command that is about an operator. */
import type { Address } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { type ClusterView, findOperator, type OperatorSlot } from '../cluster/cluster-view.js'
import type { DecodedOperatorData } from '../cluster/codec/operator-data.js'
import { encryptionKeyEvidence } from '../cluster/encryption-key-evidence.js'
import { WcnError } from '../errors/wcn-error.js'

export interface OperatorReading {
  readonly snapshot: ClusterSnapshot
  readonly slot: OperatorSlot
  /** Null without an encryption key: addresses stay hidden. */
  readonly key: EncryptionKey | null
}

/** Throws OPERATOR_NOT_FOUND and what settings and chain throw. Warns about what the network's nodes would reject. */
export async function readOperator(services: Services): Promise<OperatorReading> {
  const [operator, key] = [await services.settings.operator(), await services.settings.encryptionKey()]
  const snapshot = await readCluster(services)
  const slot = requireOperator(snapshot.view, operator)
  if (key) warnOfWrongKey(services, [slot], key)
  return { snapshot, slot, key }
}

export async function readCluster(services: Services): Promise<ClusterSnapshot> {
  const snapshot = await (await services.chain()).readCluster()
  warnOfProblems(services, snapshot.view)
  return snapshot
}

/** For those who may go on all the same: readers, and the owner, whose write may be the cure. */
export function warnOfProblems({ talk }: Services, view: ClusterView): void {
  for (const problem of view.problems) talk.warn(`the network's nodes reject this cluster: ${problem}`)
}

/** A wrong key shows addresses as well; it is held against those that are going to be shown, as far as they tell. */
export function warnOfWrongKey({ talk }: Services, operators: readonly OperatorSlot[], key: EncryptionKey): void {
  if (encryptionKeyEvidence({ operators }, key) === 'contradicted')
    talk.warn("the encryption key does not fit this cluster: the addresses shown are not the nodes' own")
}

/** Throws DATA_UNDECODABLE. */
export function requireDecoded({ slot }: OperatorReading): DecodedOperatorData {
  if (slot.decoded) return slot.decoded
  throw new WcnError('DATA_UNDECODABLE', `the data of operator ${slot.id} on chain does not decode: ${slot.reason}`, {
    hint: '`wcn nodes update -f FILE --replace-undecodable` replaces it',
  })
}

/** Throws OPERATOR_NOT_FOUND. */
export function requireOperator(view: ClusterView, id: Address): OperatorSlot {
  const slot = findOperator(view, id)
  if (slot) return slot
  throw new WcnError('OPERATOR_NOT_FOUND', `${id} is not an operator of this cluster`, {
    hint: 'check the contract address and the operator; `wcn operator register` makes the request to join',
    details: { operator: id, operators: view.operators.length },
  })
}
