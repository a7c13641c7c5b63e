/** The operator's account: what it holds, and what was sent from it and has no known end (docs/dev/never.md 1, 2). */
import { type Check, check, type Verdict } from '../../base/check.js'
import { counted } from '../../base/counted.js'
import { durationInWords } from '../../base/duration-in-words.js'
import { etherInWords, weiAsEther } from '../../base/wei.js'
import type { AccountSnapshot } from '../../chain/chain.js'
import { run as operatorFunds } from '../../operator/operator-funds.js'
import { missingNonces } from '../../write/model/open-transactions.js'
import { sameChain } from '../../write/model/same-chain.js'
import { readJournals } from '../../write/open-nonces.js'
import { type Group, orNull } from '../context.js'

/** Writes are few, and so are what a year of them costs. */
const FEW_WRITES = 10
/** A command that is still at it has its transaction open; no longer than this. */
const FRESH_S = 300

export const funds: Group = {
  async funds({ services, operator }) {
    await operator()
    const { data } = await operatorFunds(services)
    const { operator: who, balance_wei, writes_left, min_wei, sufficient } = data
    const hint = `send ETH on Optimism to ${who}, the equivalent of $5 lasts for about a year; \`wcn operator funds\` shows when it is there`
    const lasts = writes_left === null ? '' : `, enough for ${counted(writes_left, 'more write')}`
    const holds = `account ${who} holds ${etherInWords(BigInt(balance_wei), 'down')}${lasts}`
    if (balance_wei === '0' || writes_left === 0)
      return ['fail', `${holds}: nothing can be written, and no data migration completed`, hint]
    if (!sufficient && min_wei !== null)
      return ['fail', `${holds}, and should hold ${weiAsEther(BigInt(min_wei))} ETH at least`, hint]
    const isLittle = typeof writes_left === 'number' && writes_left < FEW_WRITES
    return isLittle ? ['warn', holds, hint] : ['pass', holds]
  },
}

export const transactions: Group = {
  async transactions({ services, snapshot, operator }) {
    const sent = await readJournals(services)
    const [read, account] = [await orNull(snapshot), await orNull(operator)]
    return judgeTransactions(sent, account === null ? null : read, services.clock.now())
  },
}

/** `account` null: the chain was not read. `now`: Unix seconds. */
export function judgeTransactions(
  { journals, faults }: Awaited<ReturnType<typeof readJournals>>,
  account: AccountSnapshot | null,
  now: number,
): readonly Check[] {
  const open = journals.flatMap(({ key, entries }) =>
    // Of another chain's, or one that was started anew, nothing can be told from here.
    account !== null && !sameChain(key, account)
      ? []
      : entries
          .filter(({ state }) => state.kind === 'open')
          .map((entry) => ({ ...entry, isOwn: key.signer === account?.account.address })),
  )
  const nonces = new Set(open.filter(({ isOwn }) => isOwn).map(({ transaction }) => transaction.nonce))
  const judgeOpen = ({ transaction: { hash, nonce }, what, signedAt, isOwn }: (typeof open)[number]): Verdict => {
    const age = Math.max(0, now - signedAt)
    const sent = `${what.title}: transaction ${hash} (nonce ${nonce}), signed ${durationInWords(age)} ago`
    if (account !== null && isOwn && missingNonces(account.account.pendingNonce, nonces, nonce).length > 0)
      return [
        'fail',
        `${sent}, can't be included: nobody knows what comes before it`,
        `\`wcn tx cancel ${hash}\` gives it up`,
      ]
    const status = age > FRESH_S ? 'fail' : 'warn'
    return [status, `${sent}, has no known end`, '`wcn tx resume` finds out and finishes it']
  }
  const unreadable = faults.map(({ path, reason }) =>
    check(
      'journals',
      'fail',
      `${path}: ${reason}`,
      'what it says of open transactions is not known: see `wcn tx list`, and move the file aside before you write',
    ),
  )
  return [
    ...unreadable,
    ...(faults.length > 0
      ? []
      : [check('journals', 'pass', `${journals.length} journals, and all of them can be read`)]),
    ...open.map((one) => check('open', ...judgeOpen(one))),
    ...(open.length > 0 ? [] : [check('open', 'pass', 'no transaction of this machine is open')]),
    ...(account === null ? [] : [check('foreign', ...judgeForeign(account, nonces))]),
  ]
}

/** Never replaced: it may be the primary node that completes a migration. */
function judgeForeign({ account }: AccountSnapshot, own: ReadonlySet<number>): Verdict {
  const { address, nonce, pendingNonce } = account
  const waiting = Array.from({ length: Math.max(0, Math.min(pendingNonce - nonce, 100)) }, (_, index) => nonce + index)
  const foreign = waiting.filter((each) => !own.has(each)).length
  if (foreign === 0) return ['pass', `nothing else of account ${address} is waiting`]
  return [
    'warn',
    `account ${address} has ${counted(foreign, 'transaction')} waiting that this machine did not send: its primary node may be completing a migration, or another machine writes`,
    'wait until they are through before you write: `wcn doctor --only transactions`',
  ]
}
