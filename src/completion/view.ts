/** What shells read: a script, or an answer to it. No colour, and nothing is escaped: it is made of our own text. */
import type { Completion } from './model/complete-line.js'
import type { Shell } from './model/scripts.js'

/** What else to offer, in the protocol of cobra's completion scripts, which other tools speak too. */
const DIRECTIVES = { none: 4, files: 0, directories: 16 } as const

export interface CompletionJson {
  readonly shell: Shell
  readonly script: string
}

export function completionScript({ script }: CompletionJson): string {
  return script
}

/** `value TAB summary` lines and, last, `:` and the directive. */
export function completeText({ candidates, paths }: Completion): string {
  const lines = candidates.map(({ value, summary }) => `${value}\t${summary}`)
  return `${[...lines, `:${DIRECTIVES[paths]}`].join('\n')}\n`
}
