import { afterEach, describe, expect, it } from 'vitest'
import { type Interruption, watchInterruption } from '../../src/cli/interruption.js'
import { exitCodeOf } from '../../src/errors/exit-codes.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { rejectedBy } from '../support/rejected.js'

let watched: ReturnType<typeof watchInterruption> | undefined
afterEach(() => watched?.dispose())

function interruptedBy(signal: NodeJS.Signals, before: (interruption: Interruption) => void) {
  const interruption = watchInterruption()
  watched = interruption
  before(interruption)
  process.emit(signal)
  return rejectedBy(interruption.raised)
}

describe('an interruption', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s before anything is sent means that nothing was',
    async (signal) => {
      const error = await interruptedBy(signal, () => {})
      expect(error).toMatchObject({ code: 'INTERRUPTED', message: 'interrupted; nothing was sent' })
      expect(exitCodeOf(error.code)).toBe(130)
      expect(watched?.signal.aborted).toBe(true)
    },
  )

  it('after sending leaves an unknown outcome, and names the hash', async () => {
    const error = await interruptedBy('SIGINT', ({ sending }) => sending('0xab'))
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { hash: '0xab' } })
    expect(error.message).toContain('it may still be included')
    expect(exitCodeOf(error.code)).toBe(6)
  })

  it('after it settled does not claim that nothing was sent', async () => {
    const error = await interruptedBy('SIGINT', ({ sending, settled }) => {
      sending('0xab')
      settled()
    })
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { hash: '0xab' } })
    expect(error.message).toContain('had settled')
  })

  it('of a second transaction names that one', async () => {
    const error = await interruptedBy('SIGTERM', ({ sending, settled }) => {
      sending('0xab')
      settled()
      sending('0xcd')
    })
    expect(error).toMatchObject({
      details: { hash: '0xcd' },
      message: expect.stringContaining('may still be included'),
    })
  })

  it('that nobody waits for is no unhandled rejection, and is listened for only while watching', () => {
    const listeners = () => process.listenerCount('SIGHUP')
    const before = listeners()
    watched = watchInterruption()
    expect(listeners()).toBe(before + 1)
    watched.dispose()
    expect(listeners()).toBe(before)
  })

  it('is only handed over while it is taken, by the last who did', async () => {
    watched = watchInterruption()
    const got: string[] = []
    const release = watched.take((name) => got.push(`first ${name}`))
    process.emit('SIGINT', 'SIGINT')
    const releaseSecond = watched.take((name) => got.push(`second ${name}`))
    // Whoever took them before has nothing to give back any more.
    release()
    process.emit('SIGTERM', 'SIGTERM')
    process.emit('SIGHUP', 'SIGHUP')
    expect(got).toEqual(['first SIGINT', 'second SIGTERM', 'second SIGHUP'])
    expect(watched.signal.aborted).toBe(false)
    watched.sending('0xab')
    releaseSecond()
    process.emit('SIGINT', 'SIGINT')
    expect(await rejectedBy(watched.raised)).toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { hash: '0xab' } })
  })
})

it('what the machine has no more of does not hide that something was sent', () => {
  const exhausted = Object.assign(new Error('EMFILE: open'), { code: 'EMFILE' })
  watched = watchInterruption()
  expect(watched.afterSending(exhausted)).toBe(exhausted)
  watched.sending('0xab')
  expect(watched.afterSending(exhausted)).toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    message: 'this process may not open more files (EMFILE) after transaction 0xab was sent: it may still be included',
  })
})

describe('output that could not be written', () => {
  const lost = new WcnError('OUTPUT_LOST', 'the output could not be written: ENOSPC')
  const lostAfter = (...hashes: readonly `0x${string}`[]) => {
    watched = watchInterruption()
    for (const hash of hashes) watched.sending(hash)
    return watched.afterSending(lost)
  }

  it('before anything was sent is no more than that', () => {
    expect(lostAfter()).toBe(lost)
    expect(exitCodeOf(lost.code)).toBe(2)
  })

  it('after that does not hide what is on chain', () => {
    expect(lostAfter('0xab')).toMatchObject({
      code: 'RESULT_LOST',
      message: 'transaction 0xab is on chain, but the output could not be written: ENOSPC',
      details: { hashes: ['0xab'] },
    })
    expect(lostAfter('0xab', '0xcd')).toMatchObject({
      message: expect.stringMatching(/^transactions 0xab, 0xcd are on /),
    })
    expect(exitCodeOf('RESULT_LOST')).toBe(6)
  })

  it('is not what every error means', () => {
    const other = new WcnError('NETWORK', 'x')
    watched = watchInterruption()
    watched.sending('0xab')
    expect(watched.afterSending(other)).toBe(other)
  })
})
