/** The last line of a terminal, drawn over itself: what goes on now, which is gone once it is over. */
import { escapeUntrusted } from '../base/escape.js'
import { cutTo, withShortIds } from './wrap.js'

const WIPE = '\r\u001b[K'

/** Who came last has it: what goes on inside of something else is what there is to see. */
export interface StatusLine {
  show(owner: object, text: string): void
  end(owner: object): void
}

export function createStatusLine(write: (text: string) => void, width: () => number) {
  const owners: object[] = []
  let drawn = false
  let over = false
  const wipe = () => {
    if (drawn) write(WIPE)
    drawn = false
  }
  return {
    show(owner: object, text: string): void {
      if (!owners.includes(owner)) owners.push(owner)
      if (over || owners.at(-1) !== owner) return
      drawn = true
      // The last column would move some terminals on to the next line.
      write(`\r${cutTo(escapeUntrusted(withShortIds(text)), width() - 1)}\u001b[K`)
    },
    end(owner: object): void {
      if (!owners.includes(owner)) return
      owners.splice(owners.indexOf(owner), 1)
      wipe()
    },
    /** Makes room for what is printed; the next drawing comes below it. */
    wipe,
    /** From here on nothing is drawn. */
    close(): void {
      over = true
      wipe()
    },
  } satisfies StatusLine & Record<string, unknown>
}
