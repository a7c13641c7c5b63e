/**
 * The journals that belong to the configured chain, and to its contract and account where those are configured. What is
 * open elsewhere is left as it is, and said so: a chain that was started anew has the same ID, but another first block.
 */
import type { Address } from '../base/address.js'
import { ifSet } from '../base/if-set.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalFile, JournalKey } from '../platform/state/state.js'
import { sameChain } from '../write/model/same-chain.js'
import type { FoundEntry } from './find-entry.js'

export interface Skipped {
  readonly hash: string
  readonly reason: string
}

export interface JournalsHere {
  readonly journals: readonly JournalFile[]
  readonly skipped: readonly Skipped[]
}

/** Asks the chain only where there is a journal to ask about. Throws what reading an account throws. */
export async function journalsHere(
  services: Services,
  journals: readonly JournalFile[],
  matters: (entry: JournalEntry) => boolean,
): Promise<JournalsHere> {
  const [contract, account] = await Promise.all([
    ifSet(() => services.settings.contractAddress()),
    knownAccount(services),
  ])
  const here: JournalFile[] = []
  const skipped: Skipped[] = []
  for (const journal of journals.filter(({ entries }) => entries.some(matters))) {
    const { key, entries } = journal
    const reason = otherAccount(key, account) ?? otherContract(key, contract) ?? (await otherChain(services, key))
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
  [first, ...others]: readonly [FoundEntry, ...FoundEntry[]],
): Promise<FoundEntry> {
  const reason = await otherChain(services, first.key)
  if (reason === null) return first
  const [second, ...rest] = others
  if (second) return requireHere(services, [second, ...rest])
  throw new WcnError('WRONG_CHAIN', `transaction ${first.entry.transaction.hash} is left as it is: ${reason}`, {
    hint: 'check --chain-id and --rpc-url',
    details: { chain_id: first.key.chainId, genesis_hash: first.key.genesisHash },
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

/** Null where it is not configured, or would take a password to know. */
async function knownAccount({ settings }: Services): Promise<Address | null> {
  try {
    return await ifSet(() => settings.operator())
  } catch (error) {
    if (error instanceof WcnError && error.code === 'INPUT_REQUIRED') return null
    throw error
  }
}

function otherAccount({ signer }: JournalKey, account: Address | null): string | null {
  return account === null || account === signer ? null : `it is of another account, ${signer}`
}

/** What founds a contract has none yet. */
function otherContract({ contract }: JournalKey, configured: Address | null): string | null {
  return contract === null || configured === null || configured === contract
    ? null
    : `it was written to another contract, ${contract}`
}

async function otherChain(services: Services, key: JournalKey): Promise<string | null> {
  const { chainId, signer } = key
  const configured = services.settings.chainId()
  if (chainId !== configured) return `it belongs to chain ${chainId}, and the configured one is ${configured}`
  return sameChain(key, await (await services.chain()).readAccount(signer))
    ? null
    : `chain ${chainId} has another first block now: it is a development chain that was started anew`
}
