/** What people are shown of a write and asked before anything is signed, and who signs it. */
import type { Address } from '../base/address.js'
import type { WriteTarget } from '../base/write-target.js'
import type { AccountSnapshot, CostEstimate } from '../chain/chain.js'
import type { Signer } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import type { Change } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireAffordable } from './price.js'

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
export function showWrite(services: Services, snapshot: AccountSnapshot, shown: Shown): void {
  const { title, changes, cost, contract, source, dryRun = false } = shown
  services.talk.preview({ title, target: writeTarget(services, snapshot.chainId, contract, source), changes, cost })
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
