/** After a write: the chain is asked what it holds now (design/reliability.md 1, 4). */
import type { Address } from '../core/address.js'
import { findOperator, type OperatorSlot } from '../core/cluster/cluster-view.js'
import { equalBytes } from '../core/equal-bytes.js'
import type { ClusterSnapshot, Receipt, Services } from '../core/ports.js'
import { WcnError } from '../errors/wcn-error.js'

/** A provider's next server may know the receipt's block a moment later: about one block time of 2 s. */
const READ_BACK_ATTEMPTS = 8
const READ_BACK_PAUSE_MS = 250

/**
 * The cluster at the block that includes a write. Throws SETTLED_OTHERWISE where that block is gone, OUTCOME_UNKNOWN
 * where it can't be read: after a write no error may claim that nothing was sent.
 */
export async function readBack(services: Services, receipt: Receipt, contract?: Address): Promise<ClusterSnapshot> {
  const at = { block: receipt.block.number, ...(contract && { contract }) }
  const now = await readIncluded(services, at, READ_BACK_ATTEMPTS).catch((cause: unknown) => {
    throw new WcnError('OUTCOME_UNKNOWN', `transaction ${receipt.hash} was included, but could not be read back`, {
      hint: 'look at what is on chain with `wcn operator view`',
      details: { hash: receipt.hash, why: cause instanceof Error ? cause.message : String(cause) },
      cause,
    })
  })
  if (now.block.hash === receipt.block.hash) return now
  throw settledOtherwise('its block is no longer part of the chain', receipt)
}

/** The same for an operator's data, which must be there byte for byte. Throws SETTLED_OTHERWISE where it is not. */
export async function readBackOperator(
  services: Services,
  receipt: Receipt,
  id: Address,
  blob: Uint8Array,
): Promise<{ readonly now: ClusterSnapshot; readonly slot: OperatorSlot }> {
  const now = await readBack(services, receipt)
  const slot = findOperator(now.view, id)
  if (slot && equalBytes(slot.data, blob)) return { now, slot }
  throw settledOtherwise('another write changed the operator right after this one', receipt)
}

async function readIncluded(
  services: Services,
  at: { readonly block: number; readonly contract?: Address },
  attempts: number,
): Promise<ClusterSnapshot> {
  try {
    return await (await services.chain()).readCluster(at)
  } catch (error) {
    if (!(error instanceof WcnError) || error.code !== 'RPC_ERROR' || attempts <= 1) throw error
    await services.clock.sleep(READ_BACK_PAUSE_MS)
    return readIncluded(services, at, attempts - 1)
  }
}

export function settledOtherwise(why: string, { hash }: Receipt): WcnError {
  return new WcnError('SETTLED_OTHERWISE', `transaction ${hash} was included, but ${why}`, {
    hint: 'look at what is on chain now with `wcn operator view`',
    details: { hash },
  })
}
