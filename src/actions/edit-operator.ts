/**
 * The write path of everything an operator changes about itself: read → pure edit → check → preview → consent → send
 * → verify by reading back (design/reliability.md 1–4). Nodes, clients and the name are edits; only this file writes.
 */
import type { ClusterView, OperatorSlot } from '../core/cluster/cluster-view.js'
import { type Change, operatorChanges } from '../core/cluster/operator-changes.js'
import { requireValidOperatorData } from '../core/cluster/preconditions.js'
import type { EncryptionKey } from '../core/keys/encryption-key.js'
import type { OperatorData } from '../core/onchain/operator-data.js'
import type { ActionResult, Services } from '../core/ports.js'
import { WcnError } from '../errors/wcn-error.js'
import { warnOfOverwritten } from './overwritten.js'
import { readBackOperator } from './read-back.js'
import { readForWrite } from './read-for-write.js'
import { requireOperator } from './read-operator.js'
import { requireMatchingKey, requireSoundCluster } from './require-cluster.js'
import { sendWrite } from './send-write.js'
import { type WriteJson, writeJson } from './write-json.js'

/** Flags that every edit takes. */
export interface EditInput {
  readonly dryRun?: boolean
  readonly forceEncryptionKey?: boolean
  readonly dropTrailingBytes?: boolean
}

/** What an edit starts from. */
interface EditState<Key> {
  readonly data: OperatorData
  readonly slot: OperatorSlot
  readonly key: Key
}

/**
 * `apply` is pure. An edit that encrypts addresses gets the key, which then must not contradict what is on chain;
 * `replace` gives it the whole new data where what is on chain does not decode and that is to be overwritten.
 */
export type OperatorEdit = { readonly title: string } & (
  | { readonly encrypts: false; readonly apply: (state: EditState<EncryptionKey | null>) => OperatorData }
  | {
      readonly encrypts: true
      readonly apply: (state: EditState<EncryptionKey>) => OperatorData
      readonly replace?: ((key: EncryptionKey) => OperatorData) | undefined
    }
)

/**
 * Throws OPERATOR_NOT_FOUND, CLUSTER_INVALID, DATA_UNDECODABLE, DATA_TRAILING_BYTES, ENCRYPTION_KEY_WRONG, what the
 * preconditions and sendWrite throw, and SETTLED_OTHERWISE where the chain holds something else afterwards.
 */
export async function editOperator(
  services: Services,
  input: EditInput,
  edit: OperatorEdit,
): Promise<ActionResult<WriteJson>> {
  const { settings } = services
  const account = await settings.operator()
  const key = edit.encrypts ? await settings.requireEncryptionKey() : await settings.encryptionKey()
  const chain = await services.chain()
  const snapshot = await readForWrite(services, account)
  const slot = requireOperator(snapshot.view, account)
  requireSoundCluster(snapshot.view)
  const before = slot.decoded
  const after = editedData(edit, slot, snapshot.view, key, input)
  const changes = [...operatorChanges(before, after, key), ...droppedBytes(before)]
  if (before !== null && changes.length === 0)
    return { data: writeJson({ changed: false, dryRun: false, changes, transaction: null, snapshot, slot, key }) }

  const blob = requireValidOperatorData(after, snapshot.view.settings)
  const transaction = await chain.encodeCall({ fn: 'updateNodeOperatorData', operator: account, data: blob })
  const dryRun = input.dryRun === true
  const sent = await sendWrite(services, { title: edit.title, changes, transaction, snapshot }, { dryRun })
  if (!sent) return { data: writeJson({ changed: false, dryRun, changes, transaction: null, snapshot, slot, key }) }

  const { now, slot: written } = await readBackOperator(services, sent.receipt, account, blob)
  await warnOfOverwritten(services, { planned: snapshot, included: now, slot, key })
  return {
    data: writeJson({ changed: true, dryRun, changes, transaction: sent.json, snapshot: now, slot: written, key }),
  }
}

/** Nothing is written over what was not understood (design/reliability.md 3). */
function editedData(
  edit: OperatorEdit,
  slot: OperatorSlot,
  view: ClusterView,
  key: EncryptionKey | null,
  input: EditInput,
): OperatorData {
  if (edit.encrypts && key) {
    requireMatchingKey(view, key, input.forceEncryptionKey === true)
    if (slot.decoded === null && edit.replace) return edit.replace(key)
    return edit.apply({ data: requireEditable(slot, input), slot, key })
  }
  if (edit.encrypts) throw new Error('an edit that encrypts was started without a key')
  return edit.apply({ data: requireEditable(slot, input), slot, key })
}

function requireEditable(slot: OperatorSlot, input: EditInput): OperatorData {
  if (slot.decoded === null)
    throw new WcnError(
      'DATA_UNDECODABLE',
      `this operator's data on chain does not decode (${slot.reason}), so nothing is written over it`,
      {
        hint: '`wcn nodes update -f FILE --replace-undecodable`, with name, nodes and clients in the file, replaces all of it',
      },
    )
  if (slot.decoded.trailingBytes > 0 && !input.dropTrailingBytes)
    throw new WcnError(
      'DATA_TRAILING_BYTES',
      `this operator's data on chain ends with ${slot.decoded.trailingBytes} bytes that this version does not know`,
      { hint: 'newer software may have written them: update wcn, or add --drop-trailing-bytes to lose them' },
    )
  return slot.decoded
}

function droppedBytes(before: OperatorSlot['decoded']): readonly Change[] {
  const bytes = before?.trailingBytes ?? 0
  return bytes === 0 ? [] : [{ op: 'remove', path: 'trailing_bytes', before: bytes, after: null }]
}
