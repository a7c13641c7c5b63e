/** Writes the file of contexts: one process after the other, so that none undoes what another has just added. */
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { wallClockSeconds } from '../base/clock.js'
import { WcnError } from '../errors/wcn-error.js'
import { checkWritable, makeDirectory, replaceFile } from '../platform/files/safe-write.js'
import { ownProcess } from '../platform/processes/process-identity.js'
import { takeLock } from '../platform/state/account-lock.js'
import { hintingAtSetting } from '../platform/state/state-file.js'
import { type ContextsDocument, formatContexts } from './contexts.js'

/** Others hold the lock for as long as it takes to write a small file. */
const WAIT_MS = 10_000

/** Throws ACCOUNT_LOCKED, FILE_UNWRITABLE, FILE_PERMISSIONS, OUTPUT_UNSAFE, and whatever `make` throws. */
export async function replaceContexts(
  path: string,
  command: string,
  make: () => Promise<ContextsDocument>,
): Promise<void> {
  const directory = dirname(path)
  hintingAtSetting(() => {
    makeDirectory(directory, 0o700)
    checkWritable(path, true)
  }, 'WCN_CONFIG_DIR names the directory for contexts')
  const own = { ...ownProcess(hostname()), since: wallClockSeconds(Date.now()), command }
  const free = await takeLock(join(directory, 'contexts.lock'), own, {
    waitMs: WAIT_MS,
    onWait: () => undefined,
  }).catch((error: unknown) => {
    if (!(error instanceof WcnError) || error.code !== 'ACCOUNT_LOCKED') throw error
    throw error.retold({ message: 'another run is changing the contexts' })
  })
  try {
    replaceFile(path, formatContexts(await make()), 0o600)
  } finally {
    free()
  }
}
