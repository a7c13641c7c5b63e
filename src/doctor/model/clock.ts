/**
 * This machine's clock against the newest blocks: join requests, journals and everything that waits go by it, and nodes
 * on a machine like it start to pull data too early or too late.
 */
import { type Check, check } from '../../base/check.js'
import { durationInWords } from '../../base/duration-in-words.js'
import type { ProviderProbe } from '../../chain/provider-probe.js'

/** A block of OP Mainnet comes every 2 s, with the time at which it was begun. */
const BEHIND_S = 5
const AHEAD_S = 60
const HINT = '`timedatectl status` shows whether this machine keeps its time by the network'

export interface ClockSide {
  readonly chainId: number
  /** A development chain's blocks come when there is something to put into them, and its time may be any. */
  readonly developmentChain: boolean
  /** Unix seconds. */
  readonly now: number
}

/** The newest block of all is the youngest proof of what time it is. */
export function judgeClock(
  probes: readonly ProviderProbe[],
  { chainId, developmentChain, now }: ClockSide,
): readonly Check[] {
  const times = probes.flatMap(({ found }) => (found?.chainId === chainId ? [found.block.time] : []))
  if (developmentChain)
    return [check('clock', 'skip', 'a development chain has a time of its own, which says nothing about this clock')]
  if (times.length === 0)
    return [
      check('clock', 'skip', 'no RPC provider told the time of its newest block', 'see `wcn doctor --only providers`'),
    ]
  const newest = Math.max(...times)
  if (newest - now >= BEHIND_S)
    return [
      check(
        'clock',
        'fail',
        `this machine's clock is at least ${durationInWords(newest - now)} behind: the newest block is from its future`,
        HINT,
      ),
    ]
  if (now - newest > AHEAD_S)
    return [
      check(
        'clock',
        'warn',
        `the newest block that ${times.length === 1 ? 'the RPC provider has' : `any of ${times.length} RPC providers has`} is ${durationInWords(now - newest)} old: ${times.length === 1 ? 'it lags, or' : 'most likely'} this machine's clock is ahead`,
        HINT,
      ),
    ]
  return [
    check('clock', 'pass', `the clock agrees with the chain: the newest block is ${durationInWords(now - newest)} old`),
  ]
}
