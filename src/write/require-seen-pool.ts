/**
 * What waits in the pool of a provider that does not tell is not seen before a block includes it. As a rule that costs no
 * more than a second try; but while this operator pulls data its primary node sends with the same key, and its transaction
 * must not be replaced (docs/dev/never.md 2).
 */

import type { AccountSnapshot, WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'

/** Warns where it goes on. Throws MIGRATION_IN_PROGRESS. */
export function requireSeenPool({ talk }: Pick<Services, 'talk'>, { view, account }: WriteSnapshot): void {
  if (!account.poolUnseen) return
  const own = findOperator(view, account.address)
  if (own && view.pullingOperators?.includes(own.slot))
    throw new WcnError(
      'MIGRATION_IN_PROGRESS',
      `a data migration is in progress, and no RPC provider tells whether a transaction of your primary node waits (they refuse the block "pending"): nothing was sent`,
      { hint: 'wait until the migration has ended, or use another provider with --rpc-url' },
    )
  warnOfUnseenPool({ talk }, account)
}

export function warnOfUnseenPool({ talk }: Pick<Services, 'talk'>, { poolUnseen }: AccountSnapshot['account']): void {
  if (!poolUnseen) return
  talk.warn(
    'no RPC provider tells what waits in its pool (they refuse the block "pending"): what another program sends from this account is seen only once a block includes it',
  )
}
