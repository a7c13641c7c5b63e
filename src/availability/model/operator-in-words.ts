/** How an operator is, in a word, and how bad that is. */
import type { OperatorState } from '../../health/model/node-standing.js'

const WORDS: Readonly<Record<OperatorState, readonly [tone: 'good' | 'warn' | 'bad', word: string]>> = {
  up: ['good', 'up'],
  partly: ['warn', 'partly'],
  behind: ['bad', 'BEHIND'],
  'no-database': ['bad', 'NO DATABASE'],
  down: ['bad', 'DOWN'],
  unknown: ['warn', 'unknown'],
  'not-asked': ['bad', 'not asked'],
}

export function operatorInWords(state: OperatorState) {
  return WORDS[state]
}
