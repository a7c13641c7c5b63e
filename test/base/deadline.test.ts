/** The time a command may take. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDeadline } from '../../src/base/deadline.js'

/** A clock that a test moves. */
function clock() {
  let ms = 5_000
  return {
    now: () => ms,
    pass(by: number) {
      ms += by
    },
  }
}

describe('a deadline', () => {
  it('leaves what has not passed yet, and never less than nothing', () => {
    const { now, pass } = clock()
    const deadline = createDeadline(now, 1_000)
    expect(deadline.remainingMs()).toBe(1_000)
    pass(400)
    expect(deadline.remainingMs()).toBe(600)
    pass(600)
    expect(deadline.remainingMs()).toBe(0)
    pass(1)
    expect(deadline.remainingMs()).toBe(0)
  })

  it('is none without a limit', async () => {
    const { now, pass } = clock()
    const deadline = createDeadline(now, null)
    pass(1e12)
    await deadline.paused(async () => pass(1e12))
    expect(deadline.remainingMs()).toBe(Infinity)
  })

  it('does not count what a person takes to answer, nor where the answer is an error', async () => {
    const { now, pass } = clock()
    const deadline = createDeadline(now, 1_000)
    pass(100)
    const answered = deadline.paused(async () => {
      pass(5_000)
      return 'yes'
    })
    expect(await answered).toBe('yes')
    expect(deadline.remainingMs()).toBe(900)
    const declined = deadline.paused(async () => {
      pass(7_000)
      throw new Error('no')
    })
    await expect(declined).rejects.toThrow('no')
    expect(deadline.remainingMs()).toBe(900)
  })

  it('counts all that passes outside of pauses, and nothing else', async () => {
    const anySpan = fc.record({ ms: fc.nat({ max: 10_000 }), paused: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 20_000 }), fc.array(anySpan), async (limit, spans) => {
        const { now, pass } = clock()
        const deadline = createDeadline(now, limit)
        let counted = 0
        for (const { ms, paused } of spans) {
          if (paused) await deadline.paused(async () => pass(ms))
          else {
            pass(ms)
            counted += ms
          }
          expect(deadline.remainingMs()).toBe(Math.max(0, limit - counted))
        }
      }),
    )
  })
})
