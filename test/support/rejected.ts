/** The WcnError that something asynchronous ends with; any other error, or none, fails the test. */
import { WcnError } from '../../src/errors/wcn-error.js'

export async function rejectedBy(call: Promise<unknown> | (() => unknown)): Promise<WcnError> {
  try {
    await (typeof call === 'function' ? call() : call)
  } catch (error) {
    if (error instanceof WcnError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
