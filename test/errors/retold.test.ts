/** An error that somebody tells again who knows more: nothing of it is lost, and what it was is its cause. */
import { describe, expect, it } from 'vitest'
import { WcnError } from '../../src/errors/wcn-error.js'

const first = new WcnError('ACCOUNT_LOCKED', 'somebody writes', { hint: 'wait', details: { pid: 7, host: 'a' } })

describe('an error told again', () => {
  it('keeps what nobody says anew', () => {
    const again = first.retold({ details: { pid: 8, path: 'x' } })
    expect(again).toBeInstanceOf(WcnError)
    expect(again).toMatchObject({ code: 'ACCOUNT_LOCKED', message: 'somebody writes', hint: 'wait', cause: first })
    expect(again.details).toEqual({ pid: 8, host: 'a', path: 'x' })
  })

  it('has other words and another hint where they are given', () => {
    const again = first.retold({ message: 'a rollout writes', hint: 'end it' })
    expect(again).toMatchObject({ code: 'ACCOUNT_LOCKED', message: 'a rollout writes', hint: 'end it' })
    expect(again.details).toEqual(first.details)
    expect(first.message).toBe('somebody writes')
  })
})
