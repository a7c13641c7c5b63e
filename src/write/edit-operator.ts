/**
 * The write path of everything an operator changes about itself: read → pure edit → check → preview → consent → send
 * → verify by reading back (docs/dev/never.md 1–4). Nodes, clients and the name are edits; only this file writes.
 */

import type { Address } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { WriteSnapshot } from '../chain/chain.js'
import type { ActionResult, Services } from '../cli/services.js'
import type { OperatorSlot } from '../cluster/cluster-view.js'
import type { OperatorData } from '../cluster/codec/operator-data.js'
import type { KnownAddress } from '../cluster/encryption-key-evidence.js'
import { requireEditable, requireWritable } from '../cluster/judge-write.js'
import type { Allowances } from '../cluster/judged-write.js'
import { namesAlike } from '../cluster/look-alikes.js'
import { operatorChanges } from '../cluster/operator-changes.js'
import type { Verification } from '../health/require-answering.js'
import { requireClustersKey } from '../read/contract-knowledge.js'
import { requireOperator } from '../read/read-operator.js'
import { requireSoundCluster } from '../read/require-cluster.js'
import { type AllowanceFlags, allowances } from './allowances.js'
import { planCall, runWrite } from './run-write.js'
import { type WriteJson, writeJson } from './write-json.js'

/** Flags that every edit takes. */
export interface EditInput extends AllowanceFlags {
  readonly dryRun?: boolean
  readonly forceEncryptionKey?: boolean
}

/** What an edit starts from. */
interface EditState<Key> {
  readonly data: OperatorData
  /** The data as this run first read it: what a selector means, whatever other writes did since. */
  readonly first: OperatorData
  readonly slot: OperatorSlot
  readonly key: Key
}

/** The cluster's owner, who may write any operator's data. */
export interface Author {
  /** Whose data it is. */
  readonly operator: Address
  /** Who signs. */
  readonly account: Address
  /** The file for a transaction that is signed elsewhere. */
  readonly unsigned?: string | undefined
  /** Throws where the account may not. */
  readonly check: (snapshot: WriteSnapshot) => void
}

/**
 * `apply` is pure. An edit that encrypts addresses gets the key, which then must not contradict what is on chain;
 * `replace` gives it the whole new data where what is on chain does not decode and that is to be overwritten.
 */
export type OperatorEdit = {
  readonly title: string
  /** Asks the nodes that are new or changed before anything is sent; takes the encryption key. */
  readonly verify?: Verification | null
  /** Who writes it, where that is not the operator itself. */
  readonly author?: Author | undefined
  /** Part of what was shown and agreed to as a whole: nobody is asked again. */
  readonly unasked?: boolean
} & (
  | { readonly encrypts: false; readonly apply: (state: EditState<EncryptionKey | null>) => OperatorData }
  | {
      readonly encrypts: true
      /** Addresses of the operator's nodes known from elsewhere: they prove the key. */
      readonly own?: readonly KnownAddress[]
      readonly apply: (state: EditState<EncryptionKey>) => OperatorData
      readonly replace?: ((key: EncryptionKey) => OperatorData) | undefined
    }
)

/**
 * Throws OPERATOR_NOT_FOUND, CLUSTER_INVALID, ENCRYPTION_KEY_WRONG, what the rules for operator data say
 * (cluster/judge-write.ts), what `verify` and runWrite throw, and SETTLED_OTHERWISE where the chain holds something
 * else afterwards.
 */
export async function editOperator(
  services: Services,
  input: EditInput,
  edit: OperatorEdit,
): Promise<ActionResult<WriteJson>> {
  const operator = edit.author?.operator ?? (await services.settings.operator())
  const account = edit.author?.account ?? operator
  const needsKey = edit.encrypts || edit.verify != null
  const key = needsKey ? await services.settings.requireEncryptionKey() : await services.settings.encryptionKey()
  const allowed = allowances(services, input)
  const force = input.forceEncryptionKey === true
  const own = (edit.encrypts && edit.own) || []
  let first: OperatorData | null = null

  const plan = async (snapshot: WriteSnapshot) => {
    edit.author?.check(snapshot)
    const slot = requireOperator(snapshot.view, operator)
    requireSoundCluster(snapshot.view)
    const before = slot.decoded
    first ??= before
    const provenKey = needsKey && key ? await requireClustersKey(services, snapshot, key, { force, own }) : null
    const after = editedData(edit, { slot, first, key }, allowed)
    const bytes = before?.trailingBytes ?? 0
    const dropped = { op: 'remove', path: 'trailing_bytes', before: bytes, after: null } as const
    const changes = [...operatorChanges(before, after, key), ...(bytes === 0 ? [] : [dropped])]
    if (before !== null && changes.length === 0) return null

    const { maxOperatorDataBytes: maxDataBytes } = snapshot.view.settings
    const data = requireWritable({ slot, after, key, maxDataBytes, allowed })
    if (after.name !== before?.name)
      for (const sentence of namesAlike(snapshot.view.operators, { name: after.name, operator }))
        services.talk.warn(sentence)
    if (key) await edit.verify?.({ snapshot, operator, before, after, key })
    const call = { fn: 'updateNodeOperatorData', operator, data } as const
    return { title: edit.title, changes, provenKey, ...(await planCall(services, snapshot, call)) }
  }
  const read = async () => (await services.chain()).readClusterForWrite(account)
  const { author, unasked = false } = edit
  const task = { account, read, plan, dryRun: input.dryRun === true, unasked, unsigned: author?.unsigned }
  return { data: writeJson(services, await runWrite(services, task), { operator, key }) }
}

function editedData(
  edit: OperatorEdit,
  { slot, first, key }: { slot: OperatorSlot; first: OperatorData | null; key: EncryptionKey | null },
  allowed: Allowances,
): OperatorData {
  if (edit.encrypts && !key) throw new Error('an edit that encrypts was started without a key')
  if (edit.encrypts && key && slot.decoded === null && edit.replace) return edit.replace(key)
  const data = requireEditable(slot, allowed)
  const state = { data, first: first ?? data, slot }
  return edit.encrypts ? edit.apply({ ...state, key: key as EncryptionKey }) : edit.apply({ ...state, key })
}
