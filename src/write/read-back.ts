/** After a write: the chain is asked what it holds now (docs/dev/never.md 1, 4). */
import type { Address } from '../base/address.js'
import { equalBytes } from '../base/equal-bytes.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Receipt } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import { findOperator, type OperatorSlot } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import { type Sent, type TransactionJson, transactionJson } from './send-write.js'

/** A provider's next server may know the receipt's block a moment later: about one block time of 2 s. */
const READ_BACK_ATTEMPTS = 8
const READ_BACK_PAUSE_MS = 250
/** More in a row than a sound chain has. */
const REORGS = 5

/** The cluster with a write in it, and the block that has it in the end. */
export interface ReadBack {
  readonly now: ClusterSnapshot
  readonly receipt: Receipt
  readonly json: TransactionJson
}

/**
 * The cluster at the block that includes a write, which is looked for again where a reorganisation took it away. Throws
 * SETTLED_OTHERWISE where it is on chain no longer, OUTCOME_UNKNOWN where that can't be read: after a write no error may
 * claim that nothing was sent.
 */
export async function readBack(services: Services, sent: Sent, contract?: Address): Promise<ReadBack> {
  let { receipt } = sent
  for (let look = 1; ; look++) {
    const now = await readAt(services, receipt, contract)
    if (now?.block.hash === receipt.block.hash) return { now, receipt, json: transactionJson(receipt, sent.json.nonce) }
    if (look === REORGS) throw settledOtherwise('its block is no longer part of the chain', receipt)
    services.talk.warn(
      `block ${receipt.block.number}, which included it, is no longer part of the chain: following it again`,
    )
    const outcome = await sent.again()
    if (outcome.kind === 'included') receipt = outcome.receipt
    else if (outcome.kind === 'reverted' || outcome.kind === 'replaced')
      throw settledOtherwise(`its block is no longer part of the chain, and now it is ${outcome.kind}`, receipt)
    else throw reorganised(receipt)
  }
}

/** It has not settled after all. */
function reorganised({ hash }: Receipt): WcnError {
  return new WcnError(
    'OUTCOME_UNKNOWN',
    `transaction ${hash} was included, but its block is no longer part of the chain`,
    { hint: 'it may be included again: `wcn tx resume` finds out and finishes it', details: { hash } },
  )
}

/** Null where the block is not there (any more). */
async function readAt(services: Services, receipt: Receipt, contract?: Address): Promise<ClusterSnapshot | null> {
  const at = { block: receipt.block.number, ...(contract && { contract }) }
  return readIncluded(services, at, READ_BACK_ATTEMPTS).catch((cause: unknown) => {
    throw new WcnError('OUTCOME_UNKNOWN', `transaction ${receipt.hash} was included, but could not be read back`, {
      hint: 'look at what is on chain with `wcn operator view`; `wcn tx show HASH` tells about the transaction',
      details: { hash: receipt.hash, why: cause instanceof Error ? cause.message : String(cause) },
      cause,
    })
  })
}

/** The same for an operator's data, which must be there byte for byte. Throws SETTLED_OTHERWISE where it is not. */
export async function readBackOperator(
  services: Services,
  sent: Sent,
  id: Address,
  blob: Uint8Array,
): Promise<ReadBack & { readonly slot: OperatorSlot }> {
  const back = await readBack(services, sent)
  const slot = findOperator(back.now.view, id)
  if (slot && equalBytes(slot.data, blob)) return { ...back, slot }
  const { receipt } = back
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
