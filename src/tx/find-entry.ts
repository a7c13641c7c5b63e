/**
 * Which transactions of this machine's journals are meant: one by its hash, or all of the configured chain, and of its
 * contract and account where those are configured. What is open elsewhere is left as it is, and said so: a chain that was
 * started anew has the same ID, but another first block.
 */
import { ifSet } from '../base/if-set.js'
import { quote } from '../base/quote.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalFile } from '../platform/state/journal.js'
import type { JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import { sameChain } from '../write/model/same-chain.js'
import type { readJournals } from '../write/open-nonces.js'

/** So few digits that people can copy them, so many that two transactions hardly share them. */
const FEWEST_DIGITS = 8
const HASH_DIGITS = 64

export interface FoundEntry {
  readonly path: string
  readonly key: JournalKey
  readonly entry: JournalEntry
}

/**
 * By the hash, or the first digits of it. Oldest first. One as a rule: the same bytes, and so the same hash, are in two
 * journals where a development chain was started anew. Throws USAGE where the text is no hash, SELECTOR_NO_MATCH,
 * SELECTOR_AMBIGUOUS.
 */
export function findEntries(
  { journals, faults }: Awaited<ReturnType<typeof readJournals>>,
  text: string,
): readonly [FoundEntry, ...FoundEntry[]] {
  const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(text)?.[1] ?? ''
  // 64 hex digits may also be a key that was pasted into the wrong place; `quote` does not show those.
  if (digits.length < FEWEST_DIGITS || digits.length > HASH_DIGITS)
    throw new WcnError('USAGE', `${quote(text)} is not the hash of a transaction`, {
      hint: `give its ${HASH_DIGITS} hex digits, or the first ${FEWEST_DIGITS} or more of them`,
    })
  const found = journals
    .flatMap(({ path, key, entries }) => entries.map((entry) => ({ path, key, entry })))
    .filter(({ entry }) => entry.transaction.hash.startsWith(`0x${digits.toLowerCase()}`))
    .sort((a, b) => a.entry.signedAt - b.entry.signedAt)
  const hashes = new Set(found.map(({ entry }) => entry.transaction.hash))
  if (hashes.size > 1)
    throw new WcnError('SELECTOR_AMBIGUOUS', `${hashes.size} transactions of the journal start with these digits`, {
      hint: 'give more digits; `wcn tx list` shows them',
      details: { hashes: [...hashes] },
    })
  const [first, ...others] = found
  if (first) return [first, ...others]
  throw new WcnError(
    'SELECTOR_NO_MATCH',
    // A key that was pasted here has as many digits as a hash: they are not repeated.
    'no transaction with this hash is in the journal: it was not sent by this tool, or from another state directory',
    {
      hint:
        faults.length > 0
          ? `it may be in ${faults.map(({ path }) => path).join(', ')}, which can't be read`
          : '`wcn tx list` shows what is there; --state-dir says where to look',
    },
  )
}

/** Asks the chain only where there is a journal to ask about. Throws what reading an account throws. */
export async function journalsHere(
  services: Services,
  journals: readonly JournalFile[],
  matters: (entry: JournalEntry) => boolean,
) {
  const { settings } = services
  const contract = await ifSet(() => settings.contractAddress())
  // Null where it is not configured, or would take a password to know.
  const account = await ifSet(() => settings.operator()).catch((error: unknown) => {
    if (error instanceof WcnError && error.code === 'INPUT_REQUIRED') return null
    throw error
  })
  const here: JournalFile[] = []
  const skipped: { readonly hash: string; readonly reason: string }[] = []
  for (const journal of journals.filter(({ entries }) => entries.some(matters))) {
    const { key, entries } = journal
    const otherAccount = account !== null && account !== key.signer ? `it is of another account, ${key.signer}` : null
    const reason = otherAccount ?? otherContract(key, contract) ?? (await otherChain(services, key))
    if (reason === null) here.push(journal)
    else
      for (const { transaction, state } of entries)
        if (state.kind === 'open') skipped.push({ hash: transaction.hash, reason })
  }
  return { journals: here, skipped }
}

/** Of the journals that hold a hash, the one of the configured chain. Throws WRONG_CHAIN. */
export async function requireHere(
  services: Services,
  found: readonly [FoundEntry, ...FoundEntry[]],
): Promise<FoundEntry> {
  const reasons: string[] = []
  for (const one of found) {
    const reason = await otherChain(services, one.key)
    if (reason === null) return one
    reasons.push(reason)
  }
  const { key, entry } = found.at(-1) ?? found[0]
  throw new WcnError('WRONG_CHAIN', `transaction ${entry.transaction.hash} is left as it is: ${reasons.at(-1)}`, {
    hint: 'check --chain-id and --rpc-url',
    details: { chain_id: key.chainId, genesis_hash: key.genesisHash },
  })
}

/** A contract that is configured must be the one written to: its state is what sending again depends on. */
export async function requireSameContract({ settings }: Services, { key, entry }: FoundEntry): Promise<void> {
  const reason = otherContract(key, await ifSet(() => settings.contractAddress()))
  if (reason === null) return
  throw new WcnError('SELECTOR_NO_MATCH', `transaction ${entry.transaction.hash} is left as it is: ${reason}`, {
    hint: 'give that one with --contract-address',
    details: { contract: key.contract },
  })
}

/** What founds a contract has none yet. */
function otherContract({ contract }: JournalKey, configured: string | null): string | null {
  const fits = contract === null || configured === null || configured === contract
  return fits ? null : `it was written to another contract, ${contract}`
}

async function otherChain(services: Services, key: JournalKey): Promise<string | null> {
  const { chainId, signer } = key
  const configured = services.settings.chainId()
  if (chainId !== configured) return `it belongs to chain ${chainId}, and the configured one is ${configured}`
  return sameChain(key, await (await services.chain()).readAccount(signer))
    ? null
    : `chain ${chainId} has another first block now: it is a development chain that was started anew`
}
