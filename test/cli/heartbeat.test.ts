import { expect, it } from 'vitest'
import { createHeartbeat } from '../../src/cli/heartbeat.js'
import { fakeClock } from '../support/fake-clock.js'
import { testServices } from '../support/services.js'

it('warns of what takes longer than was said, and tells how long it has been in words', async () => {
  const said: string[] = []
  const { talk } = testServices({})
  const pulse = createHeartbeat(
    {
      clock: fakeClock(),
      talk: { ...talk, note: (text) => void said.push(text), warn: (text) => void said.push(`warning: ${text}`) },
    },
    1000,
  )
  for (let beat = 0; beat < 3; beat++)
    await pulse.sleep(Infinity, (duration) => `running for ${duration}`, new AbortController().signal)
  expect(said).toEqual([
    'warning: this takes longer than --max-duration (1 s): running for 1 s',
    'running for 60 s',
    'running for 2 min',
  ])
})
