/**
 * Preloaded into the built tool (`NODE_OPTIONS=--import`): its wall clock is off by CLOCK_SHIFT_S seconds, and with
 * CLOCK_LEAP_S jumps by so much more at every look, as one that is being set does. Timers are the real ones.
 */
const { CLOCK_SHIFT_S = '0', CLOCK_LEAP_S = '0' } = process.env
const RealDate = Date
let shiftMs = Number(CLOCK_SHIFT_S) * 1000

function now() {
  shiftMs += Number(CLOCK_LEAP_S) * 1000
  return RealDate.now() + shiftMs
}

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(now())
    else super(...parts)
  }

  static now() {
    return now()
  }
}
