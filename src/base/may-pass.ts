/** Those who wait look again: what an RPC provider may get over meanwhile does not end the wait. */
import { WcnError } from '../errors/wcn-error.js'

const PASSING: readonly string[] = ['NETWORK', 'RPC_ERROR', 'PROVIDERS_DISAGREE']

export function mayPass(error: unknown): error is WcnError {
  return error instanceof WcnError && PASSING.includes(error.code)
}
