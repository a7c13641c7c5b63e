/** Whether what goes to a standard stream is coloured. */
import { environment } from '../config/environment.js'
import type { Flags } from '../config/sources.js'
import { isColoured } from '../ui/colour.js'
import { isTerminal } from '../ui/terminal.js'

export function wantsColour(fd: 1 | 2, flags: Flags): boolean {
  return isColoured(flags.color === false, environment, isTerminal(fd))
}
