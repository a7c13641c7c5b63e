/** Pauses that end at once: what is waited for is the next thing that happens. Not for what goes over a network. */
import { vi } from 'vitest'

export async function inNoTime<T>(run: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'hrtime'] }).setTimerTickMode(
    'nextTimerAsync',
  )
  try {
    return await run()
  } finally {
    vi.useRealTimers()
  }
}
