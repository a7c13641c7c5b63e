/** How long one answer may take, all attempts at it together: the provider's limit or what is left of --timeout. */
import type { Deadline } from '../../base/deadline.js'
import { WcnError } from '../../errors/wcn-error.js'
import { unreachable } from './json-rpc.js'

/** Without --timeout, all pauses that a provider asks for take no longer: a person would rather know. */
const LONGEST_PAUSES_MS = 60_000

export interface RequestLimit {
  /** Milliseconds; 0 once it has passed. */
  remainingMs(): number
  /** What to throw then. */
  passed(): WcnError
  /** Whether there is time for a pause that the provider asks for; then it does not count as its slowness. */
  allowsPause(ms: number): boolean
}

export function requestLimit(
  host: string,
  timeoutMs: number,
  deadline: Deadline | undefined,
  proxy: string | null = null,
): RequestLimit {
  let pausesMs = 0
  const started = performance.now()
  const ownMs = () => started + timeoutMs + pausesMs - performance.now()
  const allMs = () => deadline?.remainingMs() ?? Infinity
  return {
    remainingMs: () => Math.max(0, Math.min(ownMs(), allMs())),
    passed: () =>
      allMs() <= Math.max(0, ownMs())
        ? timeIsUp(host)
        : unreachable(host, `no answer within ${timeoutMs / 1000} s`, proxy),
    allowsPause(ms) {
      const leftMs = Math.min(allMs(), allMs() === Infinity ? LONGEST_PAUSES_MS - pausesMs : Infinity)
      if (ms >= leftMs) return false
      pausesMs += ms
      return true
    },
  }
}

const TIME_IS_UP = 'the time given with --timeout is up'

function timeIsUp(host: string): WcnError {
  return new WcnError('NETWORK', `${TIME_IS_UP}, and the RPC provider ${host} has not answered`, {
    hint: 'give more time with --timeout, or use another provider with --rpc-url',
    details: { host, reason: TIME_IS_UP },
  })
}
