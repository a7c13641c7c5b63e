/** One writer per account on this machine: processes that share a key queue up instead of racing for its nonce. */
import type { Address } from '../base/address.js'
import type { Services } from '../cli/services.js'

/** As long as a few writes take. */
const PATIENCE_MS = 120_000

/** Throws ACCOUNT_LOCKED, naming the process that holds it. */
export async function withAccountLock<T>(services: Services, account: Address, work: () => Promise<T>): Promise<T> {
  const { settings, deadline, talk } = services
  const release = await (await services.state()).lockAccount(settings.chainId(), account, {
    waitMs: Math.min(PATIENCE_MS, deadline.remainingMs()),
    onWait: ({ pid, host, command }) =>
      talk.note(`waiting for \`wcn ${command}\`, process ${pid} on ${host}, which writes from the same account`),
  })
  try {
    return await work()
  } finally {
    release()
  }
}
