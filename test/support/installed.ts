/** Whether a program is on this machine: what reads emitted files for real is asked where it is, and skipped elsewhere. */
import { spawnSync } from 'node:child_process'

export function installed(program: string, ...versionArguments: readonly string[]): boolean {
  return spawnSync(program, versionArguments, { stdio: 'ignore' }).status === 0
}
