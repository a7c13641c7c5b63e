/** Whether an RPC provider may get over an error by itself: that does not end a wait. */
import { WcnError } from '../errors/wcn-error.js'

const PASSING: readonly string[] = ['NETWORK', 'RPC_ERROR', 'PROVIDERS_DISAGREE']

export function isTransient(error: unknown): error is WcnError {
  return error instanceof WcnError && PASSING.includes(error.code)
}
