/** What the maintenance commands share: whose slot it is, and the write that takes it or gives it back. */
import type { Address } from '../base/address.js'
import type { ClusterSnapshot, WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireSoundCluster } from '../read/require-cluster.js'
import { planCall, runWrite, type WriteTask, type Written } from '../write/run-write.js'
import { type WriteJson, writeJson } from '../write/write-json.js'
import { sinceInWords } from './model/slot.js'

export interface MaintenanceInput {
  readonly dryRun?: boolean
}

type SlotOptions = Pick<WriteTask<WriteSnapshot>, 'dryRun' | 'unasked' | 'ownOnly'>

/** What came of a write of the slot. */
export interface SlotChange extends Written {
  readonly json: WriteJson
}

/**
 * Takes the slot or gives it back, where `whyNot` says nothing against it for the state that is read: a reason to leave
 * it as it is. Throws OPERATOR_NOT_FOUND for strangers (operators and the owner may hold the slot), what `whyNot` and
 * runWrite throw, and SETTLED_OTHERWISE where the slot is not as written at the block that includes it.
 */
export async function changeSlot(
  services: Services,
  active: boolean,
  options: SlotOptions,
  whyNot: (snapshot: WriteSnapshot) => Promise<string | null>,
): Promise<SlotChange> {
  const { settings, talk } = services
  const [operator, key] = [await settings.operator(), await settings.encryptionKey()]
  const plan = async (snapshot: WriteSnapshot) => {
    requireMember(snapshot)
    const reason = await whyNot(snapshot)
    if (reason !== null) {
      talk.note(`${reason}: nothing to do`)
      return null
    }
    const title = active ? 'enter maintenance' : 'leave maintenance'
    const changes = [
      { op: 'update', path: 'maintenance', before: snapshot.view.maintenance, after: active ? operator : null },
    ] as const
    return { title, changes, ...(await planCall(services, snapshot, { fn: 'setMaintenance', active })) }
  }
  const read = async () => (await services.chain()).readClusterForWrite(operator)
  const written = await runWrite(services, { ...options, account: operator, read, plan })
  return { ...written, json: writeJson(services, written, { operator, key }) }
}

/** Gives the slot back; nothing to do where nobody holds it. Also throws MAINTENANCE_TAKEN where another holds it. */
export function leaveSlot(services: Services, options: SlotOptions): Promise<SlotChange> {
  return changeSlot(services, false, options, async (snapshot) => {
    const { view, account } = snapshot
    if (!view.maintenance) return 'nobody is in maintenance'
    if (view.maintenance !== account.address) throw await taken(services, snapshot, view.maintenance)
    return null
  })
}

/**
 * Between the look at the cluster and the block that takes the slot a migration may start. Then the slot is given back at
 * once, and nothing is done in it (docs/dev/never.md 9). Throws SETTLED_OTHERWISE then, and says whether it was given back:
 * if not it is kept, loudly, and no error may claim that nothing was sent.
 */
export async function leaveForMigration(services: Services, { json, now, sent }: SlotChange): Promise<void> {
  if (!sent || !now.view.pullingOperators) return
  services.talk.warn('a migration started before this was included: leaving maintenance again')
  const started = 'a migration started before maintenance was entered'
  const hash = json.transaction?.hash ?? null
  try {
    await leaveSlot(services, { unasked: true })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new WcnError('SETTLED_OTHERWISE', `${started}, and giving the slot back did not succeed: ${why}`, {
      hint: 'this account may still hold the slot, in the way of the next migration: run `wcn maintenance exit`',
      details: { hash, given_back: false },
      cause,
    })
  }
  throw new WcnError('SETTLED_OTHERWISE', `${started}, so the slot was given back`, {
    hint: 'wait until the migration has ended, and enter again',
    details: { hash, given_back: true },
  })
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
  const words = sinceInWords(since, services.clock.now()) ?? '(since when could not be found out)'
  const decoded = findOperator(snapshot.view, holder)?.decoded
  const name = decoded ? ` (${JSON.stringify(decoded.name)})` : ''
  return new WcnError('MAINTENANCE_TAKEN', `the maintenance slot is taken by ${holder}${name} ${words}`, {
    hint: 'wait until they have finished, or ask them; only the owner can free it for them',
    details: { holder, since },
  })
}
