/** The WcnError that a promise is rejected with; any other outcome fails the test. */
import { WcnError } from '../../src/errors/wcn-error.js'

export async function rejectionOf(promise: Promise<unknown>): Promise<WcnError> {
  const outcome = await promise.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  )
  if (outcome instanceof WcnError) return outcome
  throw outcome instanceof Error ? outcome : new Error(String(outcome))
}
