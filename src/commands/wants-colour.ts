/** Whether output to a stream is coloured: flags and the environment win over what the stream is (design/cli.md, "Output"). */
import { environment } from '../config/environment.js'
import type { Flags } from '../config/sources.js'
import { isTerminal } from '../ui/terminal.js'

export function wantsColour(fd: 1 | 2, flags: Flags): boolean {
  if (flags.color === false || environment.NO_COLOR) return false
  if (environment.FORCE_COLOR && environment.FORCE_COLOR !== '0') return true
  return environment.TERM !== 'dumb' && isTerminal(fd)
}
