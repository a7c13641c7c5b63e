/** Fails the test in which anything, this process or the built tool, talked to another machine (loopback-only.cjs). */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { afterAll, afterEach, expect } from 'vitest'
import { STRAYS } from './loopback-only.cjs'

const noStrays = () => {
  if (!existsSync(STRAYS)) return
  const strays = readFileSync(STRAYS, 'utf8')
  rmSync(STRAYS, { force: true })
  expect.fail(`a test talks to another machine:\n${strays}`)
}

afterEach(noStrays)
afterAll(noStrays)
