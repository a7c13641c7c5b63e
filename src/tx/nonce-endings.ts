/** Reports how open transactions ended, for scripts and people (docs/dev/command-line.md, "Exit codes"). */
import type { Services } from '../cli/services.js'
import { exitCodeOf } from '../errors/exit-codes.js'
import type { JournalKey } from '../platform/state/journal-entry.js'
import { isFinal } from '../write/carry-out.js'
import type { NonceEnding } from '../write/nonce-ending.js'
import { transactionFailure } from '../write/transaction-failure.js'
import { type EntryJson, endJson, entryJson } from './journal-json.js'

export function endingJson({ key, all }: NonceEnding): readonly EntryJson[] {
  return all.map(({ entry, end }) => ({ ...entryJson(key, entry), ...endJson(end) }))
}

/** 0, 9 where something settled otherwise than wanted, 6 where something is not known yet. */
export function exitCodeOfEndings(endings: readonly NonceEnding[]): number {
  if (endings.some(({ decisive }) => !isFinal(decisive.end))) return exitCodeOf('OUTCOME_UNKNOWN')
  return endings.every(isAsWanted) ? 0 : exitCodeOf('SETTLED_OTHERWISE')
}

/** Says what did not end as wanted, and why. */
export async function warnOfEnding(services: Services, ending: NonceEnding): Promise<void> {
  const { entry, end } = ending.decisive
  if (end.kind === 'included' && entry.what.kind === 'maintenance-enter') await warnOfHeldSlot(services, ending.key)
  if (isAsWanted(ending)) return
  services.talk.warn(
    end.kind === 'included'
      ? `transaction ${entry.transaction.hash} (${entry.what.title}) was included after all: it could not be cancelled any more`
      : (await transactionFailure(services, entry, end)).message,
  )
}

/** Who took the slot may have gone since. What can't be read is said all the same. */
async function warnOfHeldSlot({ chain, talk }: Services, { contract, signer }: JournalKey): Promise<void> {
  const now = contract && (await (await chain()).readCluster({ contract }).catch(() => null))
  if (now && now.view.maintenance !== signer) return
  const why = now?.view.pullingOperators ? ', and a data migration is in progress' : ''
  talk.warn(
    `${signer} holds the maintenance slot now${why}: give it back with \`wcn maintenance exit\` when you are done`,
  )
}

/** What was wanted last is included. */
function isAsWanted({ decisive: { entry, end }, all }: NonceEnding): boolean {
  const wanted = all.at(-1)?.entry.request
  return end.kind === 'included' && wanted?.to === entry.request.to && wanted.data === entry.request.data
}
