/**
 * Gives a run of the tests one temporary folder for everything, and removes it in the end: a worker that is ended by a
 * signal cleans up nothing of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string | undefined

/** Vitest calls both, once a project, before the workers start and after they have ended; workers get this environment. */
export function setup(): void {
  folder ??= process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'wcn-test-'))
}

export function teardown(): void {
  if (folder) rmSync(folder, { recursive: true, force: true })
}
