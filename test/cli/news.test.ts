import { expect, it } from 'vitest'
import { createNews } from '../../src/cli/news.js'
import { fakeClock } from '../support/fake-clock.js'

it('what is new is news, and what stays the same once a minute', async () => {
  const clock = fakeClock()
  const isNews = createNews(clock)
  expect(['a', 'a', 'b', 'a'].map(isNews)).toEqual([true, false, true, true])
  await clock.sleep(59_999)
  expect(isNews('a')).toBe(false)
  await clock.sleep(1)
  expect([isNews('a'), isNews('a')]).toEqual([true, false])
})

it('what is not known is none of itself', async () => {
  const clock = fakeClock()
  const isNews = createNews(clock)
  expect([null, null, 'a', null, 'a'].map(isNews)).toEqual([true, false, true, false, false])
  await clock.sleep(60_000)
  expect(isNews(null)).toBe(true)
})
