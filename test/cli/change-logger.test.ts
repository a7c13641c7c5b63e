import { expect, it } from 'vitest'
import { createChangeLogger } from '../../src/cli/change-logger.js'
import { fakeClock } from '../support/fake-clock.js'

it('what is new is news, and what stays the same once a minute', async () => {
  const clock = fakeClock()
  const shouldLog = createChangeLogger(clock)
  expect(['a', 'a', 'b', 'a'].map(shouldLog)).toEqual([true, false, true, true])
  await clock.sleep(59_999)
  expect(shouldLog('a')).toBe(false)
  await clock.sleep(1)
  expect([shouldLog('a'), shouldLog('a')]).toEqual([true, false])
})

it('what is not known is none of itself', async () => {
  const clock = fakeClock()
  const shouldLog = createChangeLogger(clock)
  expect([null, null, 'a', null, 'a'].map(shouldLog)).toEqual([true, false, true, false, false])
  await clock.sleep(60_000)
  expect(shouldLog(null)).toBe(true)
})
