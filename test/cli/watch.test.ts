import { describe, expect, it } from 'vitest'
import { watched } from '../../src/cli/watch.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { neverInterrupted } from '../support/interruption.js'
import { rejectedBy } from '../support/rejected.js'
import { testServices } from '../support/services.js'

const down = new WcnError('NETWORK', 'rpc.example does not answer')

/** What is shown where the looks go like this; interrupted after the last. */
async function watching(looks: readonly (string | Error)[], input = { watch: true, interval: '7s' }) {
  const stop = new AbortController()
  const slept: number[] = []
  let reconnected = 0
  const left = [...looks]
  const services = testServices({
    interruption: neverInterrupted({ signal: stop.signal }),
    clock: {
      now: () => 0,
      monotonicMs: () => 0,
      sleep: async (ms) => {
        slept.push(ms)
        if (left.length === 0) stop.abort()
      },
    },
    chain: async () => ({ reconnect: async () => void reconnected++ }) as never,
  })
  const { data, more = [] } = await watched(services, input, async () => {
    const next = left.shift() ?? ''
    if (typeof next !== 'string') throw next
    return { data: next }
  })
  const shown = [data]
  for await (const one of more) shown.push(one.data)
  return { shown, slept, said: services.said, reconnected }
}

describe('--watch', () => {
  it('shows every look until it is interrupted', async () => {
    expect(await watching(['a', 'b', 'c'])).toMatchObject({
      shown: ['a', 'b', 'c'],
      slept: [7000, 7000, 7000],
      said: [],
    })
  })

  it('tells once of a provider that is away, over new connections, and goes on', async () => {
    const seen = await watching(['a', down, down, 'b', down, 'c'])
    expect(seen.shown).toEqual(['a', 'b', 'c'])
    expect(seen.said).toEqual(Array(2).fill('warning: what is shown is an earlier state: rpc.example does not answer'))
    expect(seen.reconnected).toBe(3)
  })

  it('ends with what it can not get over, and never begins where nothing can be seen', async () => {
    const gone = new WcnError('OPERATOR_NOT_FOUND', 'gone')
    expect(await rejectedBy(watching(['a', gone]))).toBe(gone)
    expect(await rejectedBy(watching([down]))).toBe(down)
  })

  it('refuses an interval that is about nothing', async () => {
    const input = { interval: '7s' } as never
    expect(await rejectedBy(watching(['a'], input))).toMatchObject({ code: 'USAGE' })
  })
})
