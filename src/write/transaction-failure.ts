/** How a transaction ended other than wanted, as an error with the next step (docs/dev/command-line.md, "Exit codes"). */

import type { Receipt } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import { type ErrorDetails, WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { CarriedOut } from './carry-out.js'

type Failure = Exclude<CarriedOut, { kind: 'included' }>

/** REVERTED, REPLACED, DROPPED, RPC_ERROR (nothing was sent) or OUTCOME_UNKNOWN. */
export async function transactionFailure(services: Services, entry: JournalEntry, end: Failure): Promise<WcnError> {
  const { hash, nonce, from } = entry.transaction
  const details: ErrorDetails = { hash, nonce }
  switch (end.kind) {
    case 'reverted': {
      const reason = await revertReason(services, entry, end.receipt)
      return new WcnError('REVERTED', `transaction ${hash} was included but refused by the contract: ${reason}`, {
        hint: 'nothing changed on chain but the fee; look at the state and try again',
        details: { ...details, block: end.receipt.block },
      })
    }
    case 'replaced':
      return new WcnError(
        'REPLACED',
        `${end.by ? `transaction ${end.by}` : 'another transaction'} of ${from} took nonce ${nonce}: transaction ${hash} can never be included`,
        {
          hint: 'run the command again: it starts from what is on chain now',
          details: { ...details, replaced_by: end.by },
        },
      )
    case 'dropped':
      return new WcnError(
        'DROPPED',
        `transaction ${hash} was sent, and the providers have dropped it: it is not on chain`,
        {
          hint: '`wcn tx resume` sends the same transaction again, `wcn tx cancel` gives it up',
          details,
        },
      )
    case 'rejected':
      return new WcnError(
        'RPC_ERROR',
        `the RPC provider refused the transaction, nothing was sent: ${end.reason.slice(0, 300)}`,
        { hint: 'try again, or use another provider with --rpc-url', details },
      )
    case 'unheard':
      return unknown('no provider knows it', hash, details)
    case 'unknown':
      return unknown(end.reason, hash, end.receipt ? { ...details, block: end.receipt.block } : details)
  }
}

/** A contract that refuses gives the rest of the gas back. */
async function revertReason(services: Services, { request, gas, transaction }: JournalEntry, receipt: Receipt) {
  if (receipt.gasUsed !== null && receipt.gasUsed >= gas) return 'it ran out of gas'
  const chain = await services.chain()
  return chain.revertReason(request, transaction.from, receipt.block.number).catch(() => 'the reason could not be read')
}

function unknown(reason: string, hash: string, details: ErrorDetails): WcnError {
  return new WcnError(
    'OUTCOME_UNKNOWN',
    `transaction ${hash} was sent, but its outcome is not known: ${reason.slice(0, 600)}`,
    { hint: 'it may still be included: `wcn tx resume` finds out and finishes it', details },
  )
}
