/** What a transaction may cost: the user's limits and the account's balance (design/reliability.md 4). */

import { highestCost } from '../core/fees.js'
import type { AccountSnapshot, CostEstimate } from '../core/ports/chain.js'
import type { Services } from '../core/ports/services.js'
import { weiAsEther, weiAsGwei } from '../core/wei.js'
import { WcnError } from '../errors/wcn-error.js'

/** The snapshot with fees no higher than `--max-fee` allows. Throws FEE_TOO_HIGH where the chain asks for more. */
export function withinFeeLimit<T extends AccountSnapshot>({ settings }: Services, snapshot: T): T {
  const limit = settings.maxFeePerGas()
  const { maxFeePerGas, maxPriorityFeePerGas } = snapshot.fees
  if (limit === null || maxFeePerGas <= limit) return snapshot
  // Twice the base fee is bid for safety; less of that is no harm as long as a block takes it now.
  const needed = (maxFeePerGas - maxPriorityFeePerGas) / 2n + maxPriorityFeePerGas
  if (needed <= limit) return { ...snapshot, fees: { maxFeePerGas: limit, maxPriorityFeePerGas } }
  throw new WcnError(
    'FEE_TOO_HIGH',
    `a block takes ${weiAsGwei(needed)} gwei per gas now, and --max-fee allows ${weiAsGwei(limit)}`,
    {
      hint: 'wait until fees are lower, or allow more',
      details: { needed_wei: needed.toString(), max_fee_wei: limit.toString() },
    },
  )
}

/** Throws FEE_TOO_HIGH above --max-cost and INSUFFICIENT_FUNDS; a dry run only warns of the latter. */
export function requireAffordable(
  { settings, talk }: Services,
  { account }: AccountSnapshot,
  cost: CostEstimate,
  dryRun: boolean,
): void {
  const wei = highestCost(cost)
  const limit = settings.maxCostWei()
  if (limit !== null && wei > limit)
    throw new WcnError(
      'FEE_TOO_HIGH',
      `this may cost ${weiAsEther(wei)} ETH, and --max-cost allows ${weiAsEther(limit)}`,
      {
        hint: 'wait until fees are lower, or allow more',
        details: { cost_wei: wei.toString(), max_cost_wei: limit.toString() },
      },
    )
  if (account.balanceWei >= wei) return
  const sentence = `account ${account.address} holds ${weiAsEther(account.balanceWei)} ETH, and this may cost ${weiAsEther(wei)} ETH`
  if (dryRun) {
    talk.warn(sentence)
    return
  }
  throw new WcnError('INSUFFICIENT_FUNDS', sentence, {
    hint: 'send some ETH on Optimism to that account; the equivalent of $5 lasts for about a year',
    details: { balance_wei: account.balanceWei.toString(), cost_wei: wei.toString() },
  })
}
