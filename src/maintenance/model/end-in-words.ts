/** How a command ended, as half a sentence. */
import type { CommandEnd } from '../../platform/processes/processes.js'

export function endInWords({ exitCode, signal }: CommandEnd): string {
  if (signal !== null) return `was ended by ${signal}`
  return exitCode === 0 ? 'succeeded' : `exited with ${exitCode}`
}
