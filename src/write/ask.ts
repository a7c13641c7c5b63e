/**
 * Checks what a write may cost, shows it to people and asks them before anything is signed, and finds the signer
 * (docs/dev/never.md 4).
 */
import type { Address } from '../base/address.js'
import { etherInWords, gweiInWords, weiAsEther } from '../base/wei.js'
import type { WriteTarget } from '../base/write-target.js'
import type { AccountSnapshot, CostEstimate } from '../chain/chain.js'
import { type Bid, bidFault, feeFault, feeLimits, type GivenLimits } from '../chain/fee-limits.js'
import { highestCost, uniqueBid } from '../chain/fees.js'
import type { Signer } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import type { Change } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Settings } from '../settings/settings.js'

/** Of its limit: a cost that people are told of before they agree to it. */
const TOLD_FROM_PERCENT = 20n

export function givenLimits({ settings }: { readonly settings: Settings }): GivenLimits {
  return { fee: settings.maxFeePerGas(), cost: settings.maxCostWei() }
}

/** The snapshot with fees no higher than the limits. Throws FEE_TOO_HIGH where the chain asks for more. */
export function withinFeeLimit<T extends AccountSnapshot>(services: Services, snapshot: T): T {
  const given = givenLimits(services)
  const { maxFeePerGas, maxPriorityFeePerGas: tip } = snapshot.fees
  throwFault(feeFault('tip', tip, given, `the usual tip is ${gweiInWords(tip)} per gas, says the RPC provider`))
  const { fee: limit } = feeLimits(given)
  if (maxFeePerGas <= limit) return snapshot
  // Twice the base fee is bid for safety; less of that is no harm as long as a block takes it now.
  const needed = (maxFeePerGas - tip) / 2n + tip
  throwFault(feeFault('fee', needed, given, `a block takes ${gweiInWords(needed)} per gas now`))
  return { ...snapshot, fees: { maxFeePerGas: limit, maxPriorityFeePerGas: tip } }
}

/** Throws FEE_TOO_HIGH above the limit and INSUFFICIENT_FUNDS; a dry run only warns of the latter. */
export function requireAffordable(
  services: Services,
  { account }: AccountSnapshot,
  cost: CostEstimate,
  dryRun: boolean,
): void {
  const { talk } = services
  const wei = highestCost(cost)
  const given = givenLimits(services)
  throwFault(feeFault('cost', wei, given, `this may cost ${etherInWords(wei, 'up')}`))
  const { cost: limit } = feeLimits(given)
  if (wei * 100n >= limit * TOLD_FROM_PERCENT)
    talk.note(`fees are high: above ${weiAsEther(limit)} ETH it would be refused (--max-cost)`)
  if (account.balanceWei >= wei) return
  const sentence = `account ${account.address} holds ${etherInWords(account.balanceWei, 'down')}, and this may cost ${etherInWords(wei, 'up')}`
  if (dryRun) {
    talk.warn(sentence)
    return
  }
  throw new WcnError('INSUFFICIENT_FUNDS', sentence, {
    hint: 'send some ETH on Optimism to that account; the equivalent of $5 lasts for about a year',
    details: { balance_wei: account.balanceWei.toString(), cost_wei: wei.toString() },
  })
}

/** Of what is priced already; `subject` begins the sentence. Throws FEE_TOO_HIGH. */
export function requireBid(services: Services, bid: Bid, subject: string, advice: string): void {
  throwFault(bidFault(bid, givenLimits(services), subject, advice))
}

/**
 * Bids as no other run would, such as one with the same key on another machine: their bytes would be the same, and each
 * would take the one that is included for its own.
 */
export function withUniqueBid(services: Services, snapshot: AccountSnapshot, cost: CostEstimate) {
  const allowed = feeLimits(givenLimits(services))
  const { balanceWei } = snapshot.account
  const most = balanceWei < allowed.cost ? balanceWei : allowed.cost
  const limits = { fee: allowed.fee, cost: most - cost.l1FeeWei - cost.operatorFeeWei }
  const { gas, fees } = uniqueBid({ gas: cost.gas, fees: snapshot.fees }, services.randomBytes(4), limits)
  return { priced: { ...snapshot, fees }, cost: { ...cost, gas, executionFeeWei: gas * fees.maxFeePerGas } }
}

function throwFault(fault: WcnError | null): void {
  if (fault) throw fault
}

interface Shown {
  readonly title: string
  readonly changes: readonly Change[]
  readonly cost: CostEstimate
  /** Null: a cluster is founded. */
  readonly contract: Address | null
  /** What names the contract, unless the settings do. */
  readonly source?: string
  readonly dryRun?: boolean
}

/** Throws FEE_TOO_HIGH above the limit and INSUFFICIENT_FUNDS; a dry run only warns of the latter. */
export async function showWrite(services: Services, snapshot: AccountSnapshot, shown: Shown): Promise<void> {
  const { title, changes, cost, contract, source, dryRun = false } = shown
  await services.talk.preview({
    title,
    target: writeTarget(services, snapshot.chainId, contract, source),
    changes,
    cost,
    balanceWei: snapshot.account.balanceWei,
  })
  requireAffordable(services, snapshot, cost, dryRun)
}

/** `contract` null: a cluster is founded. It is that of the settings, unless `source` says what else names it. */
export function writeTarget(
  { settings }: Pick<Services, 'settings'>,
  chainId: number,
  contract: Address | null,
  source?: string,
): WriteTarget {
  return { chain_id: chainId, contract, source: contract === null ? null : (source ?? settings.contractSource()) }
}

/** What a person takes to answer does not count as the command's time. Throws CONFIRMATION_REQUIRED, DECLINED. */
export async function requireConsent({ deadline, talk }: Services): Promise<void> {
  if (await deadline.paused(() => talk.confirm('Send this transaction?'))) return
  throw new WcnError('DECLINED', 'declined; nothing was sent', { hint: 'run it again and answer y to send it' })
}

/** The signer, where it must be a certain account's. Throws WRONG_SIGNER. */
export async function requireSigner(services: Services, account: Address): Promise<Signer> {
  const signer = await services.signer()
  if (signer.address === account) return signer
  throw new WcnError('WRONG_SIGNER', `the configured key is of account ${signer.address}, not of ${account}`, {
    hint: 'use the key of that account, or leave --operator out',
  })
}
