/** Whether what goes to a standard stream is coloured. */
import { environment } from '../settings/environment.js'
import type { Flags } from '../settings/sources.js'
import { isColoured } from './colour.js'
import { isTerminal } from './terminal.js'

export function wantsColour(fd: 1 | 2, flags: Flags): boolean {
  return isColoured(flags.color === false, environment, isTerminal(fd))
}
