/** How many ports are asked at a time. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { portLimiter } from '../../src/health/probe-port.js'
import { tasks } from '../support/tasks.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

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
