/**
 * The account that writes, whose nonce may be used by others: processes of this machine queue up at a lock, a foreign
 * transaction is waited for and never replaced, since it may be the primary node finishing a migration, and a nonce
 * counts only if it is told twice (docs/dev/never.md 1, 2).
 */
import type { Address } from '../base/address.js'
import type { AccountSnapshot, Estimate } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import { type ClusterView, findOperator } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'

/** As long as a few writes take. */
const LOCK_PATIENCE_MS = 120_000
/** Ten block times of OP Mainnet; what waits longer than that needs somebody to look at it. */
const FOREIGN_PATIENCE_MS = 20_000
const PAUSE_MS = 500
/** In one block time: one of a provider's servers may be a block behind the one that was asked first. */
const LOOKS = 5

/** Throws ACCOUNT_LOCKED, naming the process that holds it. */
export async function withAccountLock<T>(services: Services, account: Address, work: () => Promise<T>): Promise<T> {
  const { settings, deadline, clock } = services
  const state = await services.state()
  const waitMs = Math.min(LOCK_PATIENCE_MS, deadline.remainingMs())
  const endMs = clock.monotonicMs() + waitMs
  const waited = { what: 'waiting for the account', leftMs: () => endMs - clock.monotonicMs() }
  const release = await waiting(services, waited, ({ see }) =>
    state.lockAccount(settings.chainId(), account, {
      waitMs,
      onWait: ({ pid, host, command }) => see(`\`wcn ${command}\`, process ${pid} on ${host}, writes from it`),
    }),
  )
  try {
    return await work()
  } finally {
    release()
  }
}

/**
 * Resolves when the account has no foreign transaction waiting, or its nonce has moved on: then everything has to be read
 * anew. Throws ACCOUNT_BUSY where nothing happens for a while.
 */
export async function waitForForeign(services: Services, snapshot: AccountSnapshot): Promise<void> {
  const { clock, deadline } = services
  const { address, nonce } = snapshot.account
  const chain = await services.chain()
  const endMs = clock.monotonicMs() + FOREIGN_PATIENCE_MS
  const leftMs = () => Math.min(endMs - clock.monotonicMs(), deadline.remainingMs())
  const what = `waiting for a transaction of ${address} that this tool did not send`
  await waiting(services, { what, leftMs }, async (wait) => {
    while (leftMs() > 0) {
      await wait.sleep(Math.min(PAUSE_MS, leftMs()))
      const now = await chain.readAccount(address).catch((error: unknown) => {
        // Cut short by the deadline: what it was waited for is the reason.
        if (deadline.remainingMs() === 0) return null
        throw error
      })
      if (now && (now.account.nonce > nonce || now.account.pendingNonce <= now.account.nonce)) return
    }
    throw accountBusy(snapshot)
  })
}

/** For an account that others are using: what it was about to do was not sent, or can never be included. */
export function accountBusy({ account }: AccountSnapshot): WcnError {
  return new WcnError(
    'ACCOUNT_BUSY',
    `account ${account.address} has a transaction waiting for inclusion that this tool did not send, so nothing was sent`,
    {
      hint: 'it may be the primary node finishing a migration, or another machine: try again once it is included. Where nothing of the account waits, the RPC provider is wrong: use another one with --rpc-url',
      details: { nonce: account.nonce, pending_nonce: account.pendingNonce },
    },
  )
}

/**
 * What is signed for a nonce that is too high is included once others have filled the gap, and may then undo what they
 * wrote. False where the account has used it since. `counted`: what was told along with the price. Throws RPC_ERROR where
 * fewer transactions are counted than before.
 */
export async function isNonceStill(
  services: Services,
  { account: { address, nonce } }: AccountSnapshot,
  { nonce: counted }: Estimate,
): Promise<boolean> {
  let now = counted
  return waiting(services, { what: 'waiting until the providers count alike' }, async (wait) => {
    for (let look = 1; now < nonce; look++) {
      if (look === LOOKS) throw countsDiffer(address, nonce, now)
      await wait.sleep(PAUSE_MS)
      now = (await (await services.chain()).readAccount(address)).account.nonce
    }
    return now === nonce
  })
}

export function countsDiffer(address: string, before: number, now: number): WcnError {
  return new WcnError(
    'RPC_ERROR',
    `the RPC provider counted ${before} transactions of ${address} in blocks, and now ${now}: one of the two is wrong, so nothing was signed`,
    { hint: 'try again in a moment, or use another provider with --rpc-url', details: { before, now } },
  )
}

/** Whether the account has used its nonce, or is about to; what can't be read is no sign of that. */
export async function hasMovedOn(services: Services, { account }: AccountSnapshot): Promise<boolean> {
  const now = await (await services.chain()).readAccount(account.address).catch(() => null)
  return now !== null && Math.max(now.account.nonce, now.account.pendingNonce) > account.nonce
}

/**
 * What waits in the pool of a provider that does not tell is not seen before a block includes it. As a rule that costs no
 * more than a second try; but while this operator pulls data its primary node sends with the same key, and its transaction
 * must not be replaced. Warns where it goes on. Throws MIGRATION_IN_PROGRESS.
 */
export function requireVisiblePool(
  { talk }: Pick<Services, 'talk'>,
  { account, view }: AccountSnapshot & { readonly view?: ClusterView },
): void {
  if (!account.poolUnseen) return
  const own = view && findOperator(view, account.address)
  if (own && view.pullingOperators?.includes(own.slot))
    throw new WcnError(
      'MIGRATION_IN_PROGRESS',
      `a data migration is in progress, and no RPC provider tells whether a transaction of your primary node waits (they refuse the block "pending"): nothing was sent`,
      { hint: 'wait until the migration has ended, or use another provider with --rpc-url' },
    )
  talk.warn(
    'no RPC provider tells what waits in its pool (they refuse the block "pending"): what another program sends from this account is seen only once a block includes it',
  )
}
