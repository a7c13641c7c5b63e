import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/use-loopback-only.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    // Vitest would leave one of two cores idle, and most of the time goes by waiting for processes.
    maxWorkers: 2,
    // No test needs that long, but nothing is to fail because a machine is slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // What is waited for comes in milliseconds; a busy machine may take seconds.
    expect: { poll: { timeout: 60_000 } },
  },
})
