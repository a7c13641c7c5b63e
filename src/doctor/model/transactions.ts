/** What this machine sent and does not know the end of, and what else the account has under way (docs/dev/never.md 1, 2). */
import { type Check, check } from '../../base/check.js'
import { durationInWords } from '../../base/duration-in-words.js'
import type { AccountSnapshot } from '../../chain/chain.js'
import type { JournalEntry } from '../../platform/state/journal-entry.js'
import type { JournalFault, JournalFile } from '../../platform/state/state.js'
import { missingNonces } from '../../write/model/open-transactions.js'
import { sameChain } from '../../write/model/same-chain.js'

/** A command that is still at it has its transaction open; no longer than this. */
const FRESH_S = 300

export interface Sent {
  readonly journals: readonly JournalFile[]
  readonly faults: readonly JournalFault[]
}

/** `account` null: the chain was not read. `now`: Unix seconds. */
export function judgeTransactions(
  { journals, faults }: Sent,
  account: AccountSnapshot | null,
  now: number,
): readonly Check[] {
  const open = journals.flatMap(({ key, entries }) =>
    // Of another chain's, or one that was started anew, nothing can be told from here.
    account !== null && !sameChain(key, account)
      ? []
      : entries.filter(({ state }) => state.kind === 'open').map((entry) => ({ key, entry })),
  )
  const own = open.filter(({ key }) => key.signer === account?.account.address)
  const nonces = new Set(own.map(({ entry }) => entry.transaction.nonce))
  const isStranded = (one: (typeof open)[number]) =>
    account !== null &&
    own.includes(one) &&
    missingNonces(account.account.pendingNonce, nonces, one.entry.transaction.nonce).length > 0
  return [
    ...judgeFaults(faults, journals.length),
    ...(open.length === 0
      ? [check('open', 'pass', 'no transaction of this machine is open')]
      : open.map((one) => judgeOpen(one.entry, now, isStranded(one)))),
    ...(account === null
      ? []
      : [
          judgeForeign(
            account,
            own.map(({ entry }) => entry),
          ),
        ]),
  ]
}

function judgeFaults(faults: readonly JournalFault[], readable: number): readonly Check[] {
  if (faults.length === 0) return [check('journals', 'pass', `${readable} journals, and all of them can be read`)]
  return faults.map(({ path, reason }) =>
    check(
      'journals',
      'fail',
      `${path}: ${reason}`,
      'what it says of open transactions is not known: see `wcn tx list`, and move the file aside before you write',
    ),
  )
}

function judgeOpen(
  { transaction: { hash, nonce }, what, signedAt }: JournalEntry,
  now: number,
  stranded: boolean,
): Check {
  const age = Math.max(0, now - signedAt)
  return check(
    'open',
    age > FRESH_S || stranded ? 'fail' : 'warn',
    `${what.title}: transaction ${hash} (nonce ${nonce}), signed ${durationInWords(age)} ago, ${stranded ? "can't be included: nobody knows what comes before it" : 'has no known end'}`,
    stranded ? `\`wcn tx cancel ${hash}\` gives it up` : '`wcn tx resume` finds out and finishes it',
  )
}

/** Never replaced: it may be the primary node that completes a migration. */
function judgeForeign(
  { account: { address, nonce, pendingNonce } }: AccountSnapshot,
  own: readonly JournalEntry[],
): Check {
  const known = new Set(own.map(({ transaction }) => transaction.nonce))
  const waiting = Array.from({ length: Math.max(0, Math.min(pendingNonce - nonce, 100)) }, (_, index) => nonce + index)
  const foreign = waiting.filter((each) => !known.has(each))
  return foreign.length === 0
    ? check('foreign', 'pass', `nothing else of account ${address} is waiting`)
    : check(
        'foreign',
        'warn',
        `account ${address} has ${foreign.length} transactions waiting that this machine did not send: its primary node may be completing a migration, or another machine writes`,
        'wait until they are through before you write: `wcn doctor --only transactions`',
      )
}
