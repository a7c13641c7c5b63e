/**
 * What a write is planned on. A transaction of the same account that still waits may be the primary node finishing a
 * migration, or another run of this tool: it is waited for, and never replaced (design/reliability.md 2).
 */
import type { Address } from '../core/address.js'
import type { Services, WriteSnapshot } from '../core/ports.js'

/** Ten block times of OP Mainnet; what waits longer than that needs somebody to look at it. */
const PATIENCE_MS = 20_000
const PAUSE_MS = 1000

/** Where the account is still busy at the end, sending refuses with ACCOUNT_BUSY. */
export async function readForWrite(services: Services, account: Address): Promise<WriteSnapshot> {
  const chain = await services.chain()
  let snapshot = await chain.readClusterForWrite(account)
  const patienceMs = Math.min(PATIENCE_MS, services.settings.timeoutMs() ?? PATIENCE_MS)
  for (let waitedMs = 0; waitedMs < patienceMs && isBusy(snapshot); waitedMs += PAUSE_MS) {
    if (waitedMs === 0) services.talk.note(`account ${account} has a transaction waiting: waiting for it`)
    await services.clock.sleep(PAUSE_MS)
    snapshot = await chain.readClusterForWrite(account)
  }
  return snapshot
}

function isBusy({ account }: WriteSnapshot): boolean {
  return account.pendingNonce > account.nonce
}
