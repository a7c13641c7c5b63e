/**
 * Lists what may be the matter with an open transaction, and what each command does then. Commands act by this table, and the
 * tests try each of its cells on a chain: none may lead nowhere (docs/dev/never.md 1).
 */
import type { ErrorCode } from '../../errors/exit-codes.js'

/**
 * Standings of what was signed for one nonce, the newest of it above all:
 * - `settled`: a block uses the nonce.
 * - `waiting`: a provider has it, and nothing before it is missing.
 * - `overtaken`: the same, and what it was based on has changed.
 * - `stranded`: nobody knows a transaction of a nonce before it, so nothing can include it; whoever fills the gap sets it
 *   free, whatever has been written since.
 * - `behind`: what is missing before it is open here as well, and can be sent again.
 * - `contested`: no provider knows it, and another's transaction waits at its nonce.
 * - `lost`: no provider knows it, and it still means what it meant.
 * - `outdated`: no provider knows it, and what it was based on has changed.
 * - `unattended`: no provider knows it, and it enters maintenance, for somebody who may have gone.
 * - `too-dear`: no provider knows it, and it bids more than is allowed now.
 */
export type Standing =
  | 'settled'
  | 'waiting'
  | 'overtaken'
  | 'stranded'
  | 'behind'
  | 'contested'
  | 'lost'
  | 'outdated'
  | 'unattended'
  | 'too-dear'

/** `write`: any command that signs something new; `speed-up`: `tx resume --speed-up`. */
export type OpenCommand = 'resume' | 'speed-up' | 'cancel' | 'write'

/**
 * - `note`: finds out how it ended, and writes that down.
 * - `wait`: until a block includes it, or time is up.
 * - `send`: the very same bytes again.
 * - `replace`: another transaction at the same nonce, for a higher bid.
 * - `clear`: replaces it and all else of this account beyond the gap, then fills the gap.
 * - an error: refuses, and names the way out.
 */
export type Move = 'note' | 'wait' | 'send' | 'replace' | 'clear' | ErrorCode

export const OPEN_TRANSACTIONS = {
  settled: { resume: 'note', 'speed-up': 'note', cancel: 'note', write: 'note' },
  waiting: { resume: 'wait', 'speed-up': 'replace', cancel: 'replace', write: 'wait' },
  overtaken: { resume: 'wait', 'speed-up': 'STATE_CHANGED', cancel: 'replace', write: 'wait' },
  // In a terminal a write offers to clear the way.
  stranded: { resume: 'TRANSACTION_OPEN', 'speed-up': 'TRANSACTION_OPEN', cancel: 'clear', write: 'ACCOUNT_BUSY' },
  behind: { resume: 'TRANSACTION_OPEN', 'speed-up': 'TRANSACTION_OPEN', cancel: 'replace', write: 'ACCOUNT_BUSY' },
  contested: { resume: 'ACCOUNT_BUSY', 'speed-up': 'ACCOUNT_BUSY', cancel: 'ACCOUNT_BUSY', write: 'ACCOUNT_BUSY' },
  lost: { resume: 'send', 'speed-up': 'replace', cancel: 'replace', write: 'send' },
  outdated: { resume: 'STATE_CHANGED', 'speed-up': 'STATE_CHANGED', cancel: 'replace', write: 'STATE_CHANGED' },
  unattended: {
    resume: 'TRANSACTION_OPEN',
    'speed-up': 'TRANSACTION_OPEN',
    cancel: 'replace',
    write: 'TRANSACTION_OPEN',
  },
  'too-dear': { resume: 'FEE_TOO_HIGH', 'speed-up': 'FEE_TOO_HIGH', cancel: 'replace', write: 'FEE_TOO_HIGH' },
} as const satisfies Readonly<Record<Standing, Readonly<Record<OpenCommand, Move>>>>

/** So many missing nonces are filled; what waits beyond more of them is no danger for a long time. */
export const MOST_FILLED = 16

/** Nonces before `nonce` of which neither a pool has a transaction nor the journal, the lowest first; at most `most`. */
export function missingNonces(
  pendingNonce: number,
  own: ReadonlySet<number>,
  nonce: number,
  most = MOST_FILLED + 1,
): readonly number[] {
  const missing: number[] = []
  for (let each = pendingNonce; each < nonce && missing.length < most; each++) if (!own.has(each)) missing.push(each)
  return missing
}
