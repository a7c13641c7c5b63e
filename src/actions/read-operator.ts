/** The read half that commands about one operator share. */
import type { Address } from '../core/address.js'
import { type ClusterView, findOperator, type OperatorSlot } from '../core/cluster/cluster-view.js'
import { encryptionKeyEvidence } from '../core/cluster/encryption-key-evidence.js'
import type { EncryptionKey } from '../core/keys/encryption-key.js'
import type { DecodedOperatorData } from '../core/onchain/operator-data.js'
import type { ClusterSnapshot, Services } from '../core/ports.js'
import { WcnError } from '../errors/wcn-error.js'

const QUICKLY_CHECKED_BYTES = 20_000

export interface OperatorReading {
  readonly snapshot: ClusterSnapshot
  readonly slot: OperatorSlot
  /** Null without an encryption key: addresses stay hidden. */
  readonly key: EncryptionKey | null
}

/** Throws OPERATOR_NOT_FOUND and what settings and chain throw. Warns about what the network's nodes would reject. */
export async function readOperator(services: Services): Promise<OperatorReading> {
  const [operator, key] = [await services.settings.operator(), await services.settings.encryptionKey()]
  const snapshot = await readCluster(services, key)
  return { snapshot, slot: requireOperator(snapshot.view, operator), key }
}

/** With a key that shows addresses: a wrong one shows some as well, so it is held against the cluster. */
export async function readCluster(services: Services, key: EncryptionKey | null): Promise<ClusterSnapshot> {
  const snapshot = await (await services.chain()).readCluster()
  for (const problem of snapshot.view.problems)
    services.talk.warn(`the network's nodes reject this cluster: ${problem}`)
  if (key && isQuicklyChecked(snapshot.view) && encryptionKeyEvidence(snapshot.view, key) === 'contradicted')
    services.talk.warn("the encryption key does not fit this cluster: the addresses shown are not the nodes' own")
  return snapshot
}

/** Decrypting the addresses of the largest cluster takes a second, which a look at one operator need not wait for. */
function isQuicklyChecked(view: ClusterView): boolean {
  return view.operators.reduce((bytes, { data }) => bytes + data.length, 0) <= QUICKLY_CHECKED_BYTES
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
