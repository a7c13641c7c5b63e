/** Tells which standard streams are terminals, how wide they are, and whether they show colours. */
import { fstatSync } from 'node:fs'
import { environment } from '../settings/environment.js'
import type { Environment, Flags } from '../settings/sources.js'

/** Without making Node build the stream: that costs as much as a command. */
export function isTerminal(fd: 0 | 1 | 2): boolean {
  try {
    // Pipes and files are told apart at once; /dev/null is a character device as well.
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(fd)
  } catch {
    // Closed.
    return false
  }
}

export function wantsColour(fd: 1 | 2, flags: Flags): boolean {
  return isColoured(flags.color === false, environment, isTerminal(fd))
}

const USUAL_WIDTH = 80
/** In less, words themselves would have to be broken. */
const LEAST_WIDTH = 20

/** In columns, as the terminal itself says: COLUMNS may be another one's. Infinite where text goes elsewhere, or with --wide. */
export function widthOf(fd: 1 | 2, flags: Flags): number {
  if (flags.wide === true || !isTerminal(fd)) return Number.POSITIVE_INFINITY
  const { columns } = fd === 1 ? process.stdout : process.stderr
  // Serial lines and some containers say 0.
  return columns ? Math.max(columns, LEAST_WIDTH) : USUAL_WIDTH
}

const OFF = /^(?:0+|false|no|off|never)$/i

/**
 * The first of these that is set decides, and an empty variable counts as not set (no-color.org, force-color.org,
 * bixense.com/clicolors; chalk and Node take FORCE_COLOR=0 and =false for off). `noColour`: the flag.
 */
export function isColoured(noColour: boolean, variables: Environment, terminal: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR } = variables
  if (noColour || NO_COLOR) return false
  if (FORCE_COLOR) return !OFF.test(FORCE_COLOR)
  if (CLICOLOR_FORCE && !OFF.test(CLICOLOR_FORCE)) return true
  if (CLICOLOR && OFF.test(CLICOLOR)) return false
  return terminal && movesCursor(variables)
}

/** Whether a terminal does more than print one line below the other. */
export function movesCursor({ TERM }: Environment): boolean {
  return TERM !== 'dumb'
}
