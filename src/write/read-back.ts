/** After a write: the chain is asked what it holds now (docs/dev/never.md 1, 4). */
import type { Address } from '../base/address.js'
import type { DecodedCall } from '../chain/calls.js'
import type { ClusterCall, ClusterSnapshot } from '../chain/chain.js'
import type { Receipt } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalKey } from '../platform/state/state.js'
import { followEntry } from './carry-out.js'
import { whyNotHeld } from './model/cluster-call.js'
import { findOverwritten } from './overwritten.js'

/** A provider's next server may know the receipt's block a moment later: about one block time of 2 s. */
const READ_BACK_ATTEMPTS = 8
const READ_BACK_PAUSE_MS = 250
/** More in a row than a sound chain has. */
const REORGS = 5

/** A transaction in a block, and where it is written down. */
export interface Sent {
  readonly key: JournalKey
  readonly entry: JournalEntry
  readonly receipt: Receipt
}

/**
 * Whether the chain holds what a call was to write, byte for byte; and what others had written meanwhile. Throws
 * SETTLED_OTHERWISE where it does not, and what readIncluded throws.
 */
export async function readBack(
  services: Services,
  sent: Sent,
  planned: ClusterSnapshot,
  call: ClusterCall | DecodedCall,
) {
  const back = await readIncluded(services, sent)
  const why = whyNotHeld(call, back.now.view, sent.key.signer)
  if (why !== null) throw settledOtherwise(why, back.sent.receipt)
  const slot = call.fn === 'updateNodeOperatorData' ? findOperator(planned.view, call.operator) : null
  const { hash } = back.sent.receipt
  return {
    ...back,
    overwritten: slot ? await findOverwritten(services, { planned, included: back.now, hash, slot }) : [],
  }
}

/**
 * The cluster at the block that includes a write, which is looked for again where a reorganisation took it away. Throws
 * SETTLED_OTHERWISE where it is on chain no longer, OUTCOME_UNKNOWN where that can't be read: after a write no error may
 * claim that nothing was sent.
 */
export async function readIncluded(
  services: Services,
  { key, entry, ...sent }: Sent,
  contract = key.contract,
): Promise<{ readonly now: ClusterSnapshot; readonly sent: Sent }> {
  let { receipt } = sent
  for (let look = 1; ; look++) {
    const now = await readAt(services, receipt, contract)
    if (now.block.hash === receipt.block.hash) return { now, sent: { key, entry, receipt } }
    if (look === REORGS) throw settledOtherwise('its block is no longer part of the chain', receipt)
    services.talk.warn(
      `block ${receipt.block.number}, which included it, is no longer part of the chain: following it again`,
    )
    const outcome = await followEntry(services, key, entry, { giveUpUnheard: false })
    if (outcome.kind === 'included') receipt = outcome.receipt
    else if (outcome.kind === 'reverted' || outcome.kind === 'replaced')
      throw settledOtherwise(`its block is no longer part of the chain, and now it is ${outcome.kind}`, receipt)
    else
      throw new WcnError(
        'OUTCOME_UNKNOWN',
        `transaction ${receipt.hash} was included, but its block is no longer part of the chain`,
        {
          hint: 'it may be included again: `wcn tx resume` finds out and finishes it',
          details: { hash: receipt.hash },
        },
      )
  }
}

async function readAt(
  services: Services,
  { hash, block }: Receipt,
  contract: Address | null,
): Promise<ClusterSnapshot> {
  const chain = await services.chain()
  for (let attempt = 1; ; attempt++)
    try {
      return await chain.readCluster({ block: block.number, ...(contract && { contract }) })
    } catch (cause) {
      if (cause instanceof WcnError && cause.code === 'RPC_ERROR' && attempt < READ_BACK_ATTEMPTS) {
        await services.clock.sleep(READ_BACK_PAUSE_MS)
        continue
      }
      throw new WcnError('OUTCOME_UNKNOWN', `transaction ${hash} was included, but could not be read back`, {
        hint: 'look at what is on chain with `wcn operator view`; `wcn tx show HASH` tells about the transaction',
        details: { hash, why: cause instanceof Error ? cause.message : String(cause) },
        cause,
      })
    }
}

export function settledOtherwise(why: string, { hash }: Pick<Receipt, 'hash'>): WcnError {
  return new WcnError('SETTLED_OTHERWISE', `transaction ${hash} was included, but ${why}`, {
    hint: 'look at what is on chain now with `wcn operator view`',
    details: { hash },
  })
}
