/**
 * The last half of every write: check the account → price → show → consent → sign → send → wait. What is to be
 * written was decided on the given snapshot; signing exactly its nonce makes the chain include it only on that state
 * as far as this account's writes go (design/reliability.md 1, 2).
 */
import type { Address } from '../core/address.js'
import type { Change } from '../core/cluster/operator-changes.js'
import { jsonInteger } from '../core/json-integer.js'
import type { AccountSnapshot, Receipt, Services, TransactionRequest } from '../core/ports.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireSigner } from './require-signer.js'

export interface WriteIntent {
  /** What is done to what, as the person who is asked reads it. */
  readonly title: string
  readonly changes: readonly Change[]
  readonly transaction: TransactionRequest
  readonly snapshot: AccountSnapshot
}

/** `fee_wei` includes `l1_fee_wei`; both as strings, since wei outgrow a double. */
export interface TransactionJson {
  readonly hash: string
  readonly nonce: number
  readonly block: { readonly number: number; readonly hash: string }
  readonly gas_used: number | string
  readonly fee_wei: string
  readonly l1_fee_wei: string
}

export interface Sent {
  readonly receipt: Receipt
  readonly json: TransactionJson
}

export interface WriteOptions {
  readonly dryRun: boolean
  /** For what undoes a write that was consented to: nobody is asked again. */
  readonly consented?: boolean
}

/**
 * Null after `--dry-run`: shown and priced, not sent. Throws ACCOUNT_BUSY, INSUFFICIENT_FUNDS, CALL_REVERTS,
 * WRONG_SIGNER, CONFIRMATION_REQUIRED, DECLINED before sending; RPC_ERROR where the provider refused it, and
 * REVERTED, REPLACED or OUTCOME_UNKNOWN once it was sent.
 */
export async function sendWrite(
  services: Services,
  { title, changes, transaction, snapshot }: WriteIntent,
  { dryRun, consented = false }: WriteOptions,
): Promise<Sent | null> {
  const { talk } = services
  const chain = await services.chain()
  const { account } = snapshot
  if (account.pendingNonce > account.nonce && !dryRun) throw accountBusy(snapshot)
  const cost = await chain.estimate(snapshot, transaction)
  talk.preview({ title, changes, cost })
  requireFunds(snapshot, cost.executionFeeWei + cost.l1FeeWei, dryRun, talk.warn)
  if (dryRun) return null

  const signer = await requireSigner(services, account.address)
  if (!consented && !(await talk.confirm('Send this transaction?')))
    throw new WcnError('DECLINED', 'declined; nothing was sent', { hint: 'run it again and answer y to send it' })

  const signed = await chain.sign(snapshot, transaction, cost, signer)
  talk.tell(`sending transaction ${signed.hash}`)
  services.sending(signed.hash)
  const outcome = await chain.submit(signed)
  services.settled()
  const details = { hash: signed.hash, nonce: signed.nonce }
  switch (outcome.kind) {
    case 'included':
      return { receipt: outcome.receipt, json: transactionJson(outcome.receipt, signed.nonce) }
    case 'reverted':
      throw new WcnError(
        'REVERTED',
        `transaction ${signed.hash} was included but refused by the contract: ${await chain
          .revertReason(transaction, signed.from, outcome.receipt.block.number)
          .catch(() => 'the reason could not be read')}`,
        { hint: 'nothing changed on chain but the fee; look at the state and try again', details },
      )
    case 'rejected':
      // Where another write of the account waits at this nonce, the provider is not to blame.
      await requireIdle(services, account.address)
      throw new WcnError(
        'RPC_ERROR',
        `the RPC provider refused the transaction, nothing was sent: ${outcome.reason.slice(0, 300)}`,
        {
          hint: 'try again, or use another provider with --rpc-url',
        },
      )
    case 'replaced':
      throw new WcnError(
        'REPLACED',
        `another transaction of ${signed.from} took nonce ${signed.nonce}: this one can never be included`,
        {
          hint: 'run the command again: it starts from what is on chain now',
          details,
        },
      )
    case 'unknown':
      throw new WcnError(
        'OUTCOME_UNKNOWN',
        `transaction ${signed.hash} was sent, but its outcome is not known: ${outcome.reason}`,
        {
          hint: 'it may still be included: look the hash up before you write again',
          details,
        },
      )
  }
}

/** Throws ACCOUNT_BUSY; what can't be read is no obstacle. */
async function requireIdle(services: Services, address: Address): Promise<void> {
  const chain = await services.chain()
  const now = await chain.readAccount(address).catch(() => null)
  if (now && now.account.pendingNonce > now.account.nonce) throw accountBusy(now)
}

function accountBusy({ account }: AccountSnapshot): WcnError {
  return new WcnError(
    'ACCOUNT_BUSY',
    `account ${account.address} has ${account.pendingNonce - account.nonce} transaction(s) waiting for inclusion, so nothing was sent`,
    {
      hint: 'it may be the primary node finishing a migration, or another run of wcn: try again once it is included',
      details: { nonce: account.nonce, pending_nonce: account.pendingNonce },
    },
  )
}

function requireFunds({ account }: AccountSnapshot, wei: bigint, dryRun: boolean, warn: (text: string) => void): void {
  if (account.balanceWei >= wei) return
  const sentence = `account ${account.address} holds ${account.balanceWei} wei, and this may cost ${wei} wei`
  if (dryRun) {
    warn(sentence)
    return
  }
  throw new WcnError('INSUFFICIENT_FUNDS', sentence, {
    hint: 'send some ETH on Optimism to that account; the equivalent of $5 lasts for about a year',
    details: { balance_wei: account.balanceWei.toString(), cost_wei: wei.toString() },
  })
}

function transactionJson(receipt: Receipt, nonce: number): TransactionJson {
  return {
    hash: receipt.hash,
    nonce,
    block: receipt.block,
    gas_used: jsonInteger(receipt.gasUsed),
    fee_wei: receipt.feeWei.toString(),
    l1_fee_wei: receipt.l1FeeWei.toString(),
  }
}
