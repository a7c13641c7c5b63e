/** A progress line that is drawn over itself; nothing at all where stderr is no terminal. */
import type { Progress } from './conversation.js'

const DRAW_EVERY_MS = 100

export function createProgress(title: string, write: ((text: string) => void) | null): Progress {
  let drawnAt = 0
  let drawn = false
  return {
    update(done, total) {
      const now = Date.now()
      if (!write || now - drawnAt < DRAW_EVERY_MS) return
      drawnAt = now
      drawn = true
      write(`\r${title} ${done}/${total}\u001b[K`)
    },
    end() {
      if (drawn) write?.('\r\u001b[K')
    },
  }
}
