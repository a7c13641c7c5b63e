/**
 * What a shell's script is answered: `value TAB summary` lines and, last, `:` and a number that says what else to offer.
 * It is the protocol of cobra's completion scripts, which other tools speak too.
 */
import type { Completion } from './complete-line.js'

const NO_FILES = 4
const DIRECTORIES_ONLY = 16
const AFTER = { none: NO_FILES, files: 0, directories: DIRECTORIES_ONLY } as const

export function completionReply({ candidates, paths }: Completion): string {
  const lines = candidates.map(({ value, summary }) => `${value}\t${summary}`)
  return `${[...lines, `:${AFTER[paths]}`].join('\n')}\n`
}
