/** What the maintenance commands share: whose slot it is, and the write that takes it or gives it back. */
import type { Address } from '../base/address.js'
import type { ClusterSnapshot, WriteSnapshot } from '../chain/chain.js'
import type { Receipt } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import type { Change } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireSoundCluster } from '../read/require-cluster.js'
import { writeBase } from '../write/model/write-base.js'
import { readBack, settledOtherwise } from '../write/read-back.js'
import { runWrite, type WriteEnd, type WritePlan } from '../write/run-write.js'
import { type WriteJson, writeJson } from '../write/write-json.js'
import { sinceInWords } from './model/since-in-words.js'

export interface MaintenanceInput {
  readonly dryRun?: boolean
}

interface SlotOptions extends MaintenanceInput {
  readonly unasked?: boolean
  /** What an earlier run left open does not count as this one's. */
  readonly ownOnly?: boolean
}

/** What a state of the slot asks for: to be left as it is, for a reason, or to be written. */
export type SlotDecision = { readonly leave: string } | 'write'

/**
 * Takes the slot or gives it back, where `decide` says so for the state that is read; null after a dry run. Throws
 * OPERATOR_NOT_FOUND for strangers (operators and the owner may hold the slot), what `decide` and runWrite throw, and
 * SETTLED_OTHERWISE where the slot is not as written at the block that includes it.
 */
export async function changeSlot(
  services: Services,
  active: boolean,
  { dryRun = false, unasked = false, ownOnly = false }: SlotOptions,
  decide: (snapshot: WriteSnapshot) => Promise<SlotDecision>,
): Promise<SlotChange> {
  const account = await services.settings.operator()
  const plan = async (snapshot: WriteSnapshot): Promise<WritePlan<SlotChange>> => {
    requireMember(snapshot)
    const decision = await decide(snapshot)
    if (decision !== 'write') {
      services.talk.note(`${decision.leave}: nothing to do`)
      const facts = { changed: false, dryRun: false, changes: [], transaction: null, snapshot }
      return {
        kind: 'nothing',
        result: unsent(writeJson(services, { ...facts, ...(await ownFacts(services, snapshot)) })),
      }
    }
    const changes = [slotChange(snapshot, active)]
    const intent = {
      title: active ? 'enter maintenance' : 'leave maintenance',
      kind: active ? 'maintenance-enter' : 'maintenance-exit',
      changes,
      transaction: await (await services.chain()).encodeCall({ fn: 'setMaintenance', active }),
      contract: snapshot.contract,
      base: writeBase(snapshot, null),
      // Whoever takes it for itself must not share it with another run of the same key.
      unlikeOthers: active,
    } as const
    const own = { ...(await ownFacts(services, snapshot)), changes }
    const finish = async (end: WriteEnd): Promise<SlotChange> => {
      if (end.kind !== 'sent')
        return unsent(writeJson(services, { ...own, changed: false, dryRun: true, transaction: null, snapshot }))
      const { now, receipt, json } = await readBack(services, end.sent)
      if (now.view.maintenance !== (active ? account : null))
        throw settledOtherwise('the slot has changed hands in the same block', receipt)
      const written = writeJson(services, { ...own, changed: true, dryRun: false, transaction: json, snapshot: now })
      return { json: written, now, receipt }
    }
    return { kind: 'write', intent, provenKey: null, finish }
  }
  return runWrite(services, { account, dryRun, unasked, ownOnly, plan })
}

/** Gives the slot back; nothing to do where nobody holds it. Also throws MAINTENANCE_TAKEN where another holds it. */
export function leaveSlot(services: Services, options: SlotOptions): Promise<SlotChange> {
  return changeSlot(services, false, options, async (snapshot) => {
    const { view, account } = snapshot
    if (!view.maintenance) return { leave: 'nobody is in maintenance' }
    if (view.maintenance !== account.address) throw await taken(services, snapshot, view.maintenance)
    return 'write'
  })
}

export interface SlotChange {
  readonly json: WriteJson
  /** The block that has the change; null where nothing was sent. */
  readonly now: ClusterSnapshot | null
  readonly receipt: Receipt | null
}

function unsent(json: WriteJson): SlotChange {
  return { json, now: null, receipt: null }
}

function requireMember({ view, account: { address } }: WriteSnapshot): void {
  requireSoundCluster(view)
  if (findOperator(view, address) || view.owner === address) return
  throw new WcnError('OPERATOR_NOT_FOUND', `${address} is neither an operator of this cluster nor its owner`, {
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

function slotChange({ view, account }: WriteSnapshot, active: boolean): Change {
  const after = active ? account.address : null
  return { op: 'update', path: 'maintenance', before: view.maintenance, after }
}

async function ownFacts({ settings }: Services, { view, account }: WriteSnapshot) {
  return { slot: findOperator(view, account.address), key: await settings.encryptionKey() }
}
