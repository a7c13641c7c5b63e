/** Whether nobody but this user and the system can put anything there, or into a folder above it. */
import { lstatSync } from 'node:fs'
import { dirname } from 'node:path'

export function isClosed(path: string): boolean {
  if (process.geteuid === undefined) return false
  const { mode, uid } = lstatSync(path)
  return (
    (mode & 0o022) === 0 &&
    (uid === 0 || uid === process.geteuid()) &&
    (dirname(path) === path || isClosed(dirname(path)))
  )
}
