/** What the maintenance commands share: whose slot it is, and the write that takes it or gives it back. */
import type { Address } from '../core/address.js'
import { findOperator } from '../core/cluster/cluster-view.js'
import type { Change } from '../core/cluster/operator-changes.js'
import { sinceInWords } from '../core/cluster/since-in-words.js'
import type { ActionResult, ClusterSnapshot, Services, WriteSnapshot } from '../core/ports.js'
import { WcnError } from '../errors/wcn-error.js'
import { readBack, settledOtherwise } from './read-back.js'
import { readForWrite } from './read-for-write.js'
import { requireSoundCluster } from './require-cluster.js'
import { type Sent, sendWrite, type WriteOptions } from './send-write.js'
import { type WriteJson, writeJson } from './write-json.js'

export interface MaintenanceInput {
  readonly dryRun?: boolean
}

/** Cluster and account. Throws OPERATOR_NOT_FOUND for strangers; operators and the owner may hold the slot. */
export async function readSlot(services: Services): Promise<WriteSnapshot> {
  const account = await services.settings.operator()
  const snapshot = await readForWrite(services, account)
  requireSoundCluster(snapshot.view)
  if (findOperator(snapshot.view, account) || snapshot.view.owner === account) return snapshot
  throw new WcnError('OPERATOR_NOT_FOUND', `${account} is neither an operator of this cluster nor its owner`, {
    hint: 'check the contract address and which key signs',
  })
}

/** MAINTENANCE_TAKEN, with the holder and since when. */
export async function taken(services: Services, snapshot: ClusterSnapshot, holder: Address): Promise<WcnError> {
  const since = await (await services.chain()).maintenanceSince(snapshot)
  const words = sinceInWords(since) ?? '(since when could not be found out)'
  const decoded = findOperator(snapshot.view, holder)?.decoded
  const name = decoded ? ` (${JSON.stringify(decoded.name)})` : ''
  return new WcnError('MAINTENANCE_TAKEN', `the maintenance slot is taken by ${holder}${name} ${words}`, {
    hint: 'wait until they have finished, or ask them; only the owner can free it for them',
    details: { holder, since },
  })
}

interface WrittenSlot {
  readonly sent: Sent
  readonly now: ClusterSnapshot
}

/** Null after a dry run. Throws SETTLED_OTHERWISE where the slot is not as written at the block that includes it. */
export async function writeSlot(
  services: Services,
  snapshot: WriteSnapshot,
  active: boolean,
  { dryRun = false, consented = false }: Partial<WriteOptions>,
): Promise<WrittenSlot | null> {
  const transaction = await (await services.chain()).encodeCall({ fn: 'setMaintenance', active })
  const title = active ? 'enter maintenance' : 'leave maintenance'
  const intent = { title, changes: [slotChange(snapshot, active)], transaction, snapshot }
  const sent = await sendWrite(services, intent, { dryRun, consented }).catch((error) => overtaken(services, error))
  if (!sent) return null
  const now = await readBack(services, sent.receipt)
  if (now.view.maintenance !== (active ? snapshot.account.address : null))
    throw settledOtherwise('the slot has changed hands in the same block', sent.receipt)
  return { sent, now }
}

/** Somebody took the slot after it was read: said as if it had been taken from the start. */
async function overtaken(services: Services, error: unknown): Promise<never> {
  if (error instanceof WcnError && error.code === 'CALL_REVERTS' && error.details?.error === 'MaintenanceInProgress') {
    const now = await readSlot(services)
    if (now.view.maintenance) throw await taken(services, now, now.view.maintenance)
  }
  throw error
}

function slotChange({ view, account }: WriteSnapshot, active: boolean): Change {
  const after = active ? account.address : null
  return { op: 'update', path: 'maintenance', before: view.maintenance, after }
}

/** `why`: what makes it so, for people. */
export async function nothingToDo(
  services: Services,
  snapshot: WriteSnapshot,
  why: string,
): Promise<ActionResult<WriteJson>> {
  services.talk.note(`${why}: nothing to do`)
  const facts = { changed: false, dryRun: false, changes: [], transaction: null, snapshot }
  return { data: writeJson({ ...facts, ...(await ownFacts(services, snapshot)) }) }
}

/** `written` is null after a dry run. */
export async function slotResult(
  services: Services,
  snapshot: WriteSnapshot,
  active: boolean,
  written: WrittenSlot | null,
): Promise<ActionResult<WriteJson>> {
  const own = { ...(await ownFacts(services, snapshot)), changes: [slotChange(snapshot, active)] }
  return {
    data: written
      ? writeJson({ ...own, changed: true, dryRun: false, transaction: written.sent.json, snapshot: written.now })
      : writeJson({ ...own, changed: false, dryRun: true, transaction: null, snapshot }),
  }
}

async function ownFacts({ settings }: Services, { view, account }: WriteSnapshot) {
  return { slot: findOperator(view, account.address), key: await settings.encryptionKey() }
}
