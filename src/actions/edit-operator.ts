/**
 * The write path of everything an operator changes about itself: read → pure edit → check → preview → consent → send
 * → verify by reading back (design/reliability.md 1–4). Nodes, clients and the name are edits; only this file writes.
 */
import type { Address } from '../core/address.js'
import { type ClusterView, findOperator, type OperatorSlot } from '../core/cluster/cluster-view.js'
import { encryptionKeyEvidence } from '../core/cluster/encryption-key-evidence.js'
import { type Change, operatorChanges } from '../core/cluster/operator-changes.js'
import { requireValidOperatorData } from '../core/cluster/preconditions.js'
import { type OperatorJson, operatorJson } from '../core/cluster/to-json.js'
import { equalBytes } from '../core/equal-bytes.js'
import { jsonInteger } from '../core/json-integer.js'
import type { EncryptionKey } from '../core/keys/encryption-key.js'
import type { OperatorData } from '../core/onchain/operator-data.js'
import type { ActionResult, ClusterSnapshot, Receipt, Services } from '../core/ports.js'
import { WcnError } from '../errors/wcn-error.js'
import { warnOfOverwritten } from './overwritten.js'
import { sendWrite, type TransactionJson } from './send-write.js'

/** A provider's next server may know the receipt's block a moment later: about one block time of 2 s. */
const READ_BACK_ATTEMPTS = 8
const READ_BACK_PAUSE_MS = 250

/** Flags that every edit takes. */
export interface EditInput {
  readonly dryRun?: boolean
  readonly forceEncryptionKey?: boolean
  readonly dropTrailingBytes?: boolean
}

/** The JSON of any write. `changed` tells whether the chain is different now; a dry run says `dry_run`. */
export interface WriteJson {
  readonly changed: boolean
  readonly dry_run: boolean
  readonly changes: readonly Change[]
  readonly transaction: TransactionJson | null
  readonly version: number | string
  readonly operator: OperatorJson | null
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
  const snapshot = await chain.readClusterForWrite(account)
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

  const now = await readBack(services, sent.receipt)
  const written = findOperator(now.view, account)
  if (!written || !equalBytes(written.data, blob))
    throw settledOtherwise('another write changed the operator right after this one', sent.receipt)
  await warnOfOverwritten(services, { planned: snapshot, included: now, slot, key })
  return {
    data: writeJson({ changed: true, dryRun, changes, transaction: sent.json, snapshot: now, slot: written, key }),
  }
}

/**
 * The cluster at the block that includes a write. Throws SETTLED_OTHERWISE where that block is gone, OUTCOME_UNKNOWN
 * where it can't be read: after a write no error may claim that nothing was sent.
 */
export async function readBack(services: Services, receipt: Receipt): Promise<ClusterSnapshot> {
  const now = await readIncluded(services, receipt, READ_BACK_ATTEMPTS).catch((cause: unknown) => {
    throw new WcnError('OUTCOME_UNKNOWN', `transaction ${receipt.hash} was included, but could not be read back`, {
      hint: 'look at what is on chain with `wcn operator view`',
      details: { hash: receipt.hash, why: cause instanceof Error ? cause.message : String(cause) },
      cause,
    })
  })
  if (now.block.hash === receipt.block.hash) return now
  throw settledOtherwise('its block is no longer part of the chain', receipt)
}

async function readIncluded(services: Services, receipt: Receipt, attempts: number): Promise<ClusterSnapshot> {
  try {
    return await (await services.chain()).readCluster({ block: receipt.block.number })
  } catch (error) {
    if (!(error instanceof WcnError) || error.code !== 'RPC_ERROR' || attempts <= 1) throw error
    await services.clock.sleep(READ_BACK_PAUSE_MS)
    return readIncluded(services, receipt, attempts - 1)
  }
}

export function settledOtherwise(why: string, { hash }: Receipt): WcnError {
  return new WcnError('SETTLED_OTHERWISE', `transaction ${hash} was included, but ${why}`, {
    hint: 'look at what is on chain now with `wcn operator view`',
    details: { hash },
  })
}

export function requireOperator(view: ClusterView, id: Address): OperatorSlot {
  const slot = findOperator(view, id)
  if (slot) return slot
  throw new WcnError('OPERATOR_NOT_FOUND', `${id} is not an operator of this cluster`, {
    hint: 'check the contract address and the operator; `wcn operator register` makes the request to join',
    details: { operator: id, operators: view.operators.length },
  })
}

/** A cluster that the network's own code rejects must not be written to on guesses. */
export function requireSoundCluster(view: ClusterView): void {
  if (view.problems.length === 0) return
  throw new WcnError('CLUSTER_INVALID', `the network's nodes reject this cluster: ${view.problems.join('; ')}`, {
    hint: "tell the cluster's owner; nothing is written meanwhile",
    details: { problems: view.problems },
  })
}

export function requireMatchingKey(view: ClusterView, key: EncryptionKey, force: boolean): void {
  if (force || encryptionKeyEvidence(view, key) !== 'contradicted') return
  throw new WcnError(
    'ENCRYPTION_KEY_WRONG',
    "the encryption key does not fit this cluster: the addresses on chain make no sense with it, so nobody could read what you'd write",
    { hint: 'check which cluster the key belongs to; --force-encryption-key writes all the same' },
  )
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

interface WriteFacts {
  readonly changed: boolean
  readonly dryRun: boolean
  readonly changes: readonly Change[]
  readonly transaction: TransactionJson | null
  readonly snapshot: ClusterSnapshot
  readonly slot: OperatorSlot | null
  readonly key: EncryptionKey | null
}

export function writeJson({ changed, dryRun, changes, transaction, snapshot, slot, key }: WriteFacts): WriteJson {
  const { view } = snapshot
  return {
    changed,
    dry_run: dryRun,
    changes,
    transaction,
    version: jsonInteger(view.version),
    operator: slot && operatorJson(slot, view.keyspace.includes(slot.slot), key),
  }
}
