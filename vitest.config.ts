import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

// For the workers, which get this environment, and for the reporter.
process.env.WCN_TEST_SHARE ??= String(randomInt(1_000_000))

/** What changes something that all of a process share has a process of its own. */
const ALONE = /vi\.(?:mock|stub\w+|useFakeTimers)\(|process\.chdir|globalThis|process\.env\S* = |delete process\.env/
const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => `test/${path}`)
const alone = files.filter((path) => ALONE.test(readFileSync(path, 'utf8')))
const together = files.filter((path) => !alone.includes(path))

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      { extends: true, test: { name: 'together', include: together, isolate: false } },
    ],
    globalSetup: ['test/support/run-folder.ts'],
    setupFiles: ['test/support/use-own-bounds.ts', 'test/support/use-loopback-only.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    // More than cores: most of the time goes by waiting for processes and blocks.
    maxWorkers: 6,
    // No test needs that long, but nothing is to fail because a machine is slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // What is waited for comes in milliseconds; a busy machine may take seconds.
    expect: { poll: { timeout: 60_000 } },
  },
})
