/** How long one answer may take, all attempts at it together: the provider's limit or what is left of --timeout. */
import type { Deadline } from '../../core/deadline.js'
import { WcnError } from '../../errors/wcn-error.js'
import { unreachable } from './json-rpc.js'

export interface RequestLimit {
  /** Milliseconds; 0 once it has passed. */
  remainingMs(): number
  /** What to throw then. */
  passed(): WcnError
}

export function requestLimit(
  host: string,
  timeoutMs: number,
  deadline: Deadline | undefined,
  proxy: string | null = null,
): RequestLimit {
  const left = deadline?.remainingMs() ?? Infinity
  const end = performance.now() + Math.min(timeoutMs, left)
  return {
    remainingMs: () => Math.max(0, end - performance.now()),
    passed: () =>
      left <= timeoutMs ? timeIsUp(host) : unreachable(host, `no answer within ${timeoutMs / 1000} s`, proxy),
  }
}

const TIME_IS_UP = 'the time given with --timeout is up'

function timeIsUp(host: string): WcnError {
  return new WcnError('NETWORK', `${TIME_IS_UP}, and the RPC provider ${host} has not answered`, {
    hint: 'give more time with --timeout, or use another provider with --rpc-url',
    details: { host, reason: TIME_IS_UP },
  })
}
