/**
 * Makes an error, with the next step, of a transaction that ended otherwise than wanted (docs/dev/command-line.md, "Exit
 * codes").
 */
import type { Receipt } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import type { ErrorCode } from '../errors/exit-codes.js'
import { type ErrorDetails, WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { CarriedOut } from './carry-out.js'

type Failure = Exclude<CarriedOut, { kind: 'included' }>

/** REVERTED, REPLACED, DROPPED, RPC_ERROR (nothing was sent) or OUTCOME_UNKNOWN. */
export async function transactionFailure(services: Services, entry: JournalEntry, end: Failure): Promise<WcnError> {
  const { hash, nonce, from } = entry.transaction
  const failure = (code: ErrorCode, message: string, hint: string, details: ErrorDetails = {}) =>
    new WcnError(code, message, { hint, details: { hash, nonce, ...details } })
  switch (end.kind) {
    case 'reverted': {
      const why = `transaction ${hash} was included but refused by the contract: ${await revertReason(services, entry, end.receipt)}`
      const hint = 'nothing changed on chain but the fee; look at the state and try again'
      return failure('REVERTED', why, hint, { block: end.receipt.block })
    }
    case 'replaced':
      return failure(
        'REPLACED',
        `${end.by ? `transaction ${end.by}` : 'another transaction'} of ${from} took nonce ${nonce}: transaction ${hash} can never be included`,
        'run the command again: it starts from what is on chain now',
        { replaced_by: end.by },
      )
    case 'dropped':
      return failure(
        'DROPPED',
        `transaction ${hash} was sent, and the providers have dropped it: it is not on chain`,
        '`wcn tx resume` sends the same transaction again, `wcn tx cancel` gives it up',
      )
    case 'rejected':
      return failure(
        'RPC_ERROR',
        `the RPC provider refused the transaction, nothing was sent: ${end.reason.slice(0, 300)}`,
        'try again, or use another provider with --rpc-url',
      )
    default: {
      const reason = end.kind === 'unheard' ? 'no provider knows it' : end.reason.slice(0, 600)
      return failure(
        'OUTCOME_UNKNOWN',
        `transaction ${hash} was sent, but its outcome is not known: ${reason}`,
        'it may still be included: `wcn tx resume` finds out and finishes it',
        end.kind === 'unknown' && end.receipt ? { block: end.receipt.block } : {},
      )
    }
  }
}

/** A contract that refuses gives the rest of the gas back. */
async function revertReason(services: Services, { request, gas, transaction }: JournalEntry, receipt: Receipt) {
  if (receipt.gasUsed !== null && receipt.gasUsed >= gas) return 'it ran out of gas'
  const chain = await services.chain()
  return chain.revertReason(request, transaction.from, receipt.block.number).catch(() => 'the reason could not be read')
}
