/** Where a user's own files are. */
import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'
import type { Environment } from './sources.js'

/**
 * Null for users that the system does not know, as in many containers, and where HOME is empty or relative: whatever
 * folder a command is run in must not be able to choose its settings.
 */
export function homeOfUser({ HOME }: Environment): string | null {
  const home = HOME || homeOfSystem()
  return home !== null && isAbsolute(home) ? home : null
}

/** What the system says of HOME when that is set, be it empty. */
function homeOfSystem(): string | null {
  try {
    return homedir()
  } catch {
    return null
  }
}
