/** What people run into who write files for sh. */
import { dialectFault, type Fault, named, QUOTE_IT, syntaxFault } from './env-reading.js'
import type { Word } from './shell-words.js'

export const NOT_CLOSED = syntaxFault('fail', 'a quote is not closed', QUOTE_IT)
export const NO_BLANKS = 'write NAME=value, without blanks around "="'

export function faultOf(name: string, { surprise }: Word): Fault | null {
  if (surprise === 'unterminated')
    return syntaxFault('fail', `the value of ${named(name)} ends without its quote`, QUOTE_IT)
  if (surprise === 'expanded')
    return dialectFault('fail', `sh puts something else in place of a "$" or "\`" in ${named(name)}`)
  if (surprise === 'backslash') return dialectFault('fail', `sh takes a backslash out of the value of ${named(name)}`)
  return null
}

export function cutAt(name: string, mark: string): Fault {
  return dialectFault('fail', `sh cuts the value of ${named(name)} at the "${mark}"`)
}

export function refused(mark: string): Fault {
  return syntaxFault('fail', `sh refuses the file at a "${mark}"`, QUOTE_IT)
}

export function notExported(name: string): Fault {
  return dialectFault('warn', `${named(name)} is not exported, as others in the file are`, `write export NAME=…`)
}

/** A number, an address, or what was closed by its quote: nothing was going to follow. */
export function looksWhole(written: string): boolean {
  return /^(?:[0-9.]+|0x[0-9a-fA-F]+|.*['"])$/s.test(written)
}
