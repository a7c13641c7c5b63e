/** How many tasks run at a time, and what becomes of those that only wait. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLimiter } from '../../src/base/limiter.js'
import { tasks } from '../support/tasks.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a limiter', () => {
  it('runs so many at a time, in their order', async () => {
    const { started, end } = tasks(createLimiter(2), 4)
    await vi.advanceTimersByTimeAsync(3000)
    expect(started).toEqual([0, 1])
    await end(1)
    expect(started).toEqual([0, 1, 2])
    await end(0, 2)
    expect(started).toEqual([0, 1, 2, 3])
  })

  it('lets the next ones begin where the first only wait, up to so many', async () => {
    const { started, end, all } = tasks(createLimiter(2, { turnMs: 300, most: 3 }), 9)
    await vi.advanceTimersByTimeAsync(299)
    expect(started).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(started).toHaveLength(4)
    await vi.advanceTimersByTimeAsync(3000)
    expect(started).toHaveLength(5)
    // One that has waited makes room for another one to wait, and so for one to begin.
    await end(0)
    expect(started).toHaveLength(5)
    await vi.advanceTimersByTimeAsync(300)
    expect(started).toHaveLength(6)
    for (let index = 0; index < 9; index++) await end(index)
    await Promise.all(all)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('goes on where a task fails, waiting or not', async () => {
    const limiter = createLimiter(1, { turnMs: 300, most: 1 })
    const failing = (ms: number) =>
      limiter.run(() => new Promise<void>((_, reject) => setTimeout(() => reject(new Error(`after ${ms}`)), ms)))
    const results = Promise.allSettled([failing(10), failing(1000), failing(10), failing(10)])
    await vi.advanceTimersByTimeAsync(2000)
    expect((await results).map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
    await expect(limiter.run(async () => 'free')).resolves.toBe('free')
  })
})
