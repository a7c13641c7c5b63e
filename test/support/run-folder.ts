/**
 * Gives a run of the tests one temporary folder for everything, and removes it in the end: a worker that is ended by a
 * signal cleans up nothing of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Of this run: set by the first project, which is the one that removes it. */
const RUN = 'WCN_TEST_FOLDER'
let folder: string | undefined

/** Vitest loads this file, and calls both, once a project: before the workers start, which get this environment, and after them. */
export function setup(): void {
  if (process.env[RUN] !== undefined) return
  folder = mkdtempSync(join(tmpdir(), 'wcn-test-'))
  process.env[RUN] = process.env.TMPDIR = folder
}

export function teardown(): void {
  if (folder) rmSync(folder, { recursive: true, force: true })
}
