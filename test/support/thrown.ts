/** The WcnError that a call throws; anything else thrown, or nothing thrown, fails the test. */
import { WcnError } from '../../src/errors/wcn-error.js'

export function thrownBy(call: () => unknown): WcnError {
  try {
    call()
  } catch (error) {
    if (error instanceof WcnError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** "CODE: message", for comparing with a pattern. */
export function sentenceOf(call: () => unknown): string {
  const error = thrownBy(call)
  return `${error.code}: ${error.message}`
}
