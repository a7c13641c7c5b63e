/**
 * Ends a test run with one plain line that scripts can read: `N passed, N failed`. Before it, what was skipped, since
 * the program it asks is not installed: neither passed nor failed, and never without a word.
 */
import type { Reporter, TestModule } from 'vitest/node'

// biome-ignore lint/style/noDefaultExport: vitest loads reporters by their default export
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0
    let failed = unhandled.length
    const skipped: string[] = []
    for (const module of modules) {
      // A file that failed to load has no tests to count.
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) failed++
      for (const test of module.children.allTests())
        if (test.result().state === 'passed') passed++
        else if (test.result().state === 'skipped') skipped.push(`${module.relativeModuleId} ${test.fullName}`)
        else failed++
    }
    // After the default reporter's own summary, which is written in the same tick.
    setImmediate(() => {
      for (const name of skipped) process.stdout.write(`skipped: ${name}\n`)
      const { WCN_TEST_SHARE: share } = process.env
      if (share !== 'all')
        process.stdout.write(
          `of slow matrices a fifth was tried: WCN_TEST_SHARE=${share} is this one, =all the whole\n`,
        )
      process.stdout.write(`${passed} passed, ${failed} failed\n`)
    })
  }
}
