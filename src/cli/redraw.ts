/** Decides where repeated output goes: in the place of the last one on a terminal, below it elsewhere. */
import { utc } from '../base/utc.js'

const FROM_THE_TOP = '\u001b[H\u001b[J'

interface FrameOptions {
  readonly redrawn: boolean
  /** What is shown does not say itself when that was. */
  readonly stamped: boolean
  /** The wall clock. */
  readonly nowMs: () => number
  /** How often something was said beside it, which must not be wiped away before it was read. */
  readonly said: () => number
}

export function createFrames({ redrawn, stamped, nowMs, said }: FrameOptions) {
  let first = true
  let seen = 0
  return (text: string): string => {
    const time = `${utc(Math.floor(nowMs() / 1000), 'second')}\n`
    const clean = said() === seen
    const head = redrawn ? (clean ? FROM_THE_TOP : '\n') + time : first || !stamped ? '' : `\n${time}`
    first = false
    seen = said()
    return head + text
  }
}
