import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLimiter, portLimiter } from '../../src/health/probe-port.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Tasks that end when they are told to. */
function tasks(limiter: ReturnType<typeof createLimiter>, count: number) {
  const started: number[] = []
  const ends: (() => void)[] = []
  const all = Array.from({ length: count }, (_, index) =>
    limiter.run(() => {
      started.push(index)
      return new Promise<void>((resolve) => {
        ends[index] = resolve
      })
    }),
  )
  const end = async (...which: readonly number[]) => {
    for (const index of which) ends[index]?.()
    await vi.advanceTimersByTimeAsync(0)
  }
  return { started, all, end }
}

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
    const { started, end, all } = tasks(createLimiter(2, 3), 9)
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
    const limiter = createLimiter(1, 1)
    const failing = (ms: number) =>
      limiter.run(() => new Promise<void>((_, reject) => setTimeout(() => reject(new Error(`after ${ms}`)), ms)))
    const results = Promise.allSettled([failing(10), failing(1000), failing(10), failing(10)])
    await vi.advanceTimersByTimeAsync(2000)
    expect((await results).map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
    await expect(limiter.run(async () => 'free')).resolves.toBe('free')
  })
})

describe('of ports', () => {
  const begun = async (concurrency: number, openFiles: number, ms: number) => {
    const { started } = tasks(portLimiter(concurrency, openFiles), 1100)
    await vi.advanceTimersByTimeAsync(ms)
    return started.length
  }

  it('no more than 64 are met at a time, whatever is asked for', async () => {
    expect(await begun(64, 100_000, 0)).toBe(64)
    expect(await begun(1000, 100_000, 0)).toBe(64)
    expect(await begun(7, 100_000, 0)).toBe(7)
  })

  it('twelve times as many may wait, or as many as are asked for', async () => {
    expect(await begun(64, 100_000, 4500)).toBe(13 * 64)
    expect(await begun(1000, 100_000, 4500)).toBe(1000)
    expect(await begun(1, 100_000, 4500)).toBe(13)
  })

  it('and never more than the process may have open', async () => {
    expect(await begun(64, 256, 4500)).toBe(156)
    expect(await begun(64, 60, 4500)).toBe(64)
  })
})
