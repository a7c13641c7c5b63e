/**
 * What is the matter with what was signed for one nonce, as far as providers show it (write/model/open-transactions), and
 * what speaks against sending its bytes again: what they were made for is no longer so, or they would do no good
 * (docs/dev/never.md 1).
 */
import { bytesToHex, hexToBytes } from '../base/hex.js'
import type { AccountSnapshot } from '../chain/chain.js'
import { bidFault } from '../chain/fee-limits.js'
import type { Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import { findOperator } from '../cluster/cluster-view.js'
import { operatorChanges } from '../cluster/operator-changes.js'
import type { ErrorCode } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import { accountBusy } from './account.js'
import { givenLimits } from './ask.js'
import { followEntry, isFinal } from './carry-out.js'
import { missingNonces, type Standing } from './model/open-transactions.js'
import { changedSince, dataOrNull } from './model/write-base.js'
import { type Ending, findKnown, isUnknownToAll } from './nonce-ending.js'
import { accountJournals, type OpenNonce, openNonces } from './open-nonces.js'

/** What one server of a provider knows, the next one may learn a moment later: more than a block takes. */
const LOOKS = 12
const LOOK_EVERY_MS = 250
/** What is missing may be on its way to the provider. */
const A_FEW_BLOCKS_MS = 6000
const LOOK_AT_ACCOUNT_EVERY_MS = 500

/**
 * `known`: what a provider shows, or has settled; null where nobody knows any of them. `refuse`: for a command that does.
 * The caller holds the account's lock. Throws what reading throws.
 */
export async function judgeNonce(services: Services, one: OpenNonce) {
  const { key, nonce, newest } = one
  const before = await untilNothingMissing(services, one)
  const judged = (
    standing: Standing,
    known: Ending | null,
    snapshot: AccountSnapshot,
    why: WcnError | null = null,
  ) => ({ standing, known, snapshot, refuse: (code: ErrorCode) => refusal(code, why, newest) })
  const { account } = before.snapshot
  if (account.nonce <= nonce && account.pendingNonce < nonce) {
    const standing = before.missing.length > 0 ? 'stranded' : 'behind'
    return judged(standing, null, before.snapshot, cannotBeIncluded(newest, before.snapshot, before.missing))
  }
  if (account.nonce > nonce) return judged('settled', null, before.snapshot)
  const known = await look(services, one)
  const snapshot = await (await services.chain()).readAccount(key.signer)
  if (snapshot.account.nonce > nonce || (known && isFinal(known.end))) return judged('settled', known, snapshot)
  const changed = await changedBase(services, key, newest)
  const asItWaits = changed ? 'overtaken' : 'waiting'
  if (known?.entry === newest) return judged(asItWaits, known, snapshot, changed)
  if (!known && snapshot.account.pendingNonce > nonce) return judged('contested', null, snapshot, accountBusy(snapshot))
  const tooDear = bidTooHigh(services, newest)
  const unattended = newest.what.kind === 'maintenance-enter' ? maintenanceOpen(newest) : null
  const why = tooDear ?? unattended ?? changed
  if (why === null) return judged('lost', known, snapshot)
  // An older one is known: it is as good, or was to be replaced.
  if (known) return judged(asItWaits, known, snapshot, changed)
  return judged(tooDear ? 'too-dear' : unattended ? 'unattended' : 'outdated', null, snapshot, why)
}

async function untilNothingMissing(services: Services, { key, nonce, newest }: OpenNonce) {
  const { deadline } = services
  const chain = await services.chain()
  const own = new Set(openNonces(await accountJournals(services, key)).map((open) => open.nonce))
  const what = `waiting for what comes before transaction ${newest.transaction.hash}`
  return waiting(services, { what }, async (wait) => {
    for (let waitedMs = 0; ; waitedMs += LOOK_AT_ACCOUNT_EVERY_MS) {
      const snapshot = await chain.readAccount(key.signer)
      const missing = missingNonces(snapshot.account.pendingNonce, own, nonce)
      if (missing.length === 0 || waitedMs >= A_FEW_BLOCKS_MS || deadline.remainingMs() <= LOOK_AT_ACCOUNT_EVERY_MS)
        return { snapshot, missing }
      wait.see(`nobody knows nonce ${missing.join(', ')}`)
      await wait.sleep(LOOK_AT_ACCOUNT_EVERY_MS)
    }
  })
}

/** Null where nobody knows any of them. */
async function look(services: Services, { key, entries, newest }: OpenNonce): Promise<Ending | null> {
  const what = `looking whether a provider knows transaction ${newest.transaction.hash}`
  return waiting(services, { what }, async (wait) => {
    for (let looks = 1; ; looks++) {
      const end = await followEntry(services, key, newest, { timeoutMs: 0, giveUpUnheard: true })
      if (!isUnknownToAll(end)) return { entry: newest, end }
      if (looks === LOOKS || services.deadline.remainingMs() === 0) break
      await wait.sleep(LOOK_EVERY_MS)
    }
    return findKnown(services, key, entries.slice(0, -1))
  })
}

/** FEE_TOO_HIGH: what was signed earlier obeys today's limits. */
export function bidTooHigh(services: Services, { transaction: { hash, nonce }, fees, gas }: JournalEntry) {
  const fault = bidFault(
    { fees, gas, otherWei: 0n },
    givenLimits(services),
    `transaction ${hash} of an earlier run, which is not sent again,`,
    `give it up with \`wcn tx cancel ${hash}\``,
  )
  return fault?.retold({ details: { hash, nonce } }) ?? null
}

/** STATE_CHANGED, with the operator's data in both versions where that is what changed; null where the base holds. */
async function changedBase(
  services: Services,
  { contract }: JournalKey,
  { base, transaction: { hash, nonce }, what }: JournalEntry,
): Promise<WcnError | null> {
  if (base === null || contract === null) return null
  const { view, ...snapshot } = await (await services.chain()).readCluster({ contract })
  const changes = changedSince(base, { view, ...snapshot })
  if (changes.length === 0) return null
  const { operator } = base
  const slot = operator && findOperator(view, operator.id)
  const now = slot ? bytesToHex(slot.data) : null
  const before = operator?.data ? dataOrNull(hexToBytes(operator.data)) : null
  return new WcnError(
    'STATE_CHANGED',
    `transaction ${hash} (${what.title}) is not sent again, since ${changes.join(' and ')} after it was signed`,
    {
      hint: `\`wcn tx cancel ${hash}\` gives it up; then run what is still wanted`,
      details: {
        hash,
        nonce,
        changes,
        ...(operator && operator.data !== now && { operator_data: { before: operator.data, now } }),
        ...(operator?.data !== now &&
          before &&
          slot?.decoded && {
            changed_since: operatorChanges(before, slot.decoded, await services.settings.encryptionKey()),
          }),
      },
    },
  )
}

/** TRANSACTION_OPEN. Whoever asked for the slot has gone since: it would be held for nothing. */
function maintenanceOpen({ transaction: { hash, nonce }, what }: JournalEntry): WcnError {
  return new WcnError(
    'TRANSACTION_OPEN',
    `transaction ${hash} (${what.title}) is known to nobody, and entering maintenance is never sent again by itself`,
    {
      hint: `run \`wcn maintenance enter\` again to send it after all, or give it up with \`wcn tx cancel ${hash}\``,
      details: { hash, nonce },
    },
  )
}

function cannotBeIncluded(
  { transaction: { hash, nonce }, what }: JournalEntry,
  { account }: AccountSnapshot,
  missing: readonly number[],
): WcnError {
  const [first] = missing
  const gap = first ?? account.pendingNonce
  return new WcnError(
    'TRANSACTION_OPEN',
    `transaction ${hash} (${what.title}) can't be included: its nonce is ${nonce}, and nobody knows a transaction with nonce ${gap} of ${account.address}, which comes before it`,
    {
      hint:
        first === undefined
          ? '`wcn tx resume` without a hash finishes what this tool sent before it'
          : `\`wcn tx cancel ${hash}\` gives it up and fills what is missing; where other software signed that and it is still wanted, have it sent again first`,
      details: { hash, nonce, next_nonce: account.nonce, missing_nonce: gap, stranded: first !== undefined },
    },
  )
}

/** Whether it is such a refusal, because something before it is missing that nobody here can send. */
export function isStranded(error: unknown): error is WcnError {
  return error instanceof WcnError && error.details?.stranded === true
}

function refusal(code: ErrorCode, why: WcnError | null, { transaction: { hash, nonce } }: JournalEntry): WcnError {
  if (why === null) throw new Error(`nothing speaks against transaction ${hash} at nonce ${nonce}`)
  return new WcnError(code, why.message, { hint: why.hint, details: why.details })
}
