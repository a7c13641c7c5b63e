import { afterEach, expect, it, vi } from 'vitest'
import { createStatusLine } from '../../src/cli/status-line.js'
import { type Wait, type Waited, waiting } from '../../src/cli/wait.js'
import { type FakeClock, fakeClock } from '../support/fake-clock.js'
import { testServices } from '../support/services.js'

afterEach(() => void vi.useRealTimers())

const lineOf = (write: (text: string) => void) => createStatusLine(write, () => 40)

/** What lines are said, without a terminal. */
async function lines(waited: Partial<Waited>, work: (wait: Wait, clock: FakeClock) => Promise<unknown>) {
  const clock = fakeClock()
  const { said, talk } = testServices({})
  await waiting({ clock, talk }, { what: 'waiting for it', ...waited }, (wait) => work(wait, clock))
  return said
}

it('of what takes less than a second nothing is said', async () => {
  const said = await lines({}, async (wait) => {
    wait.see('not there')
    await wait.sleep(900)
  })
  expect(said).toEqual([])
})

it('what takes longer is told as soon as that is certain', async () => {
  expect(await lines({}, (wait) => wait.sleep(5_000))).toEqual(['waiting for it'])
  const slow = await lines({ leftMs: () => 30_000 }, async (wait) => {
    for (const words of ['one', 'one', 'two', 'two']) {
      wait.see(words)
      await wait.sleep(600)
    }
  })
  expect(slow).toEqual(['waiting for it, 30 s left: one', 'waiting for it, 2 s so far, 30 s left: two'])
})

it('what is new is a line, what stays the same ever more seldom', async () => {
  const said = await lines({}, async (wait) => {
    for (let second = 0; second < 24 * 3600; second++) {
      wait.see(second < 10 ? 'a' : 'b')
      await wait.sleep(1_000)
    }
  })
  expect(said.slice(0, 4)).toEqual([
    'waiting for it: a',
    'waiting for it, 10 s so far: b',
    'waiting for it, 70 s so far: b',
    'waiting for it, 2 min so far: b',
  ])
  // In the first ten minutes one a minute; in a day less than one in ten.
  expect(said.filter((line) => /, (?:\d+ s|[2-9] min) so far/.test(line))).toHaveLength(10)
  expect(said.length).toBeGreaterThan(24)
  expect(said.length).toBeLessThan(80)
})

it('what is not known is no change, and the state decides where the words differ every time', async () => {
  const said = await lines({}, async (wait) => {
    for (const [words, state] of [
      ['behind by 3', 'behind'],
      ['behind by 2', 'behind'],
      [null],
      ['there', 'there'],
    ] as const) {
      wait.see(words, state)
      await wait.sleep(2_000)
    }
  })
  expect(said).toEqual(['waiting for it: behind by 3', 'waiting for it, 6 s so far: there'])
})

it('two answers in turn are not a line each', async () => {
  const said = await lines({}, async (wait) => {
    for (let look = 0; look < 40; look++) {
      wait.see(look % 2 === 0 ? 'a' : 'b')
      await wait.sleep(250)
    }
  })
  expect(said.length).toBeLessThanOrEqual(10)
})

it('how far a piece of work is, is no news', async () => {
  const said = await lines({ counted: true }, async (wait) => {
    for (let done = 1; done <= 100; done++) {
      await wait.sleep(500)
      wait.see(`${done} of 100`)
    }
  })
  expect(said).toEqual(['waiting for it: 1 of 100'])
})

it('what was told to begin is told again after a minute', async () => {
  const said = await lines({ told: true }, async (wait) => {
    wait.see('held', '')
    await wait.sleep(150_000)
  })
  expect(said).toEqual(['waiting for it, 60 s so far: held', 'waiting for it, 2 min so far: held'])
})

it('without an end it goes on until it is stopped', async () => {
  const stop = new AbortController()
  const said = await lines({}, async (wait, clock) => {
    const { sleep } = clock
    clock.sleep = async (ms, until) => {
      await sleep(ms, until)
      if (clock.pauses.length === 3) stop.abort()
    }
    await wait.sleep(Number.POSITIVE_INFINITY, stop.signal)
  })
  expect(said).toHaveLength(3)
})

it('when hours are left, until when is told as a time of day', async () => {
  const said = await lines({ leftMs: () => 3 * 3_600_000 }, (wait) => wait.sleep(2_000))
  expect(said).toEqual(['waiting for it, until 2026-09-21 17:13 UTC'])
})

it('on a terminal it is one line that is drawn over itself, also while nothing new is seen', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let written = ''
  const line = lineOf((text) => {
    written += text
  })
  const clock = fakeClock()
  const { talk, said } = testServices({ talk: { line } })
  const hash = `0x${'ab'.repeat(32)}`
  await waiting({ clock, talk }, { what: `waiting for ${hash}`, leftMs: () => 60_000 }, async (wait) => {
    wait.see('it waits in the pool')
    expect(written).toBe('')
    await clock.sleep(1_000)
    vi.advanceTimersByTime(1_000)
    expect(written).toBe('\rwaiting for 0xabab…abab, 1 s so far, 6…\u001b[K')
    line.wipe()
    written = ''
    await clock.sleep(1_000)
    vi.advanceTimersByTime(1_000)
    expect(written).toContain('2 s so far')
  })
  expect(written.endsWith('\r\u001b[K')).toBe(true)
  expect(said).toEqual([])
  written = ''
  vi.advanceTimersByTime(10_000)
  expect(written).toBe('')
})

it('beside a command that has the terminal it is a line of its own', async () => {
  let written = ''
  const line = lineOf((text) => {
    written += text
  })
  const { talk, said } = testServices({ talk: { line } })
  await waiting({ clock: fakeClock(), talk }, { what: 'the command runs', beside: true }, (wait) => wait.sleep(2_000))
  expect([written, said]).toEqual(['', ['the command runs']])
})
