/** One rollout per operator at a time on a machine: of two, each would count on the nodes that the other takes down. */

import { WcnError } from '../../errors/wcn-error.js'
import { takeLock } from './account-lock.js'
import type { LockRecord } from './account-lock-file.js'

/** Gives what frees it. Throws like takeLock, in words of its own. */
export async function takeRolloutLock(directory: string, own: LockRecord): Promise<() => void> {
  try {
    return await takeLock(directory, own, { waitMs: 0, onWait: () => {} })
  } catch (error) {
    if (!(error instanceof WcnError) || error.code !== 'ACCOUNT_LOCKED') throw error
    const { pid, host } = error.details ?? {}
    const message = `another rollout of this operator's nodes is under way: process ${pid} on ${host}`
    throw new WcnError('ACCOUNT_LOCKED', message, { hint: error.hint, details: error.details, cause: error })
  }
}
