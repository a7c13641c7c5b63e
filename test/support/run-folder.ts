/**
 * Gives a run of the tests one folder in the system's temporary one, and removes it in the end: a worker that is ended by
 * a signal cleans up nothing of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Vitest calls both, once a project, before the workers start and after they have ended; workers get this environment. */
export function setup(): void {
  process.env.WCN_TEST_FOLDER ??= mkdtempSync(join(tmpdir(), 'wcn-test-'))
}

export function teardown(): void {
  if (process.env.WCN_TEST_FOLDER) rmSync(process.env.WCN_TEST_FOLDER, { recursive: true, force: true })
}
