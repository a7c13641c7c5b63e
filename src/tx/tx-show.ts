/** `tx show HASH`: what the journal says of a transaction and, where a provider is configured, what the chain says. */

import { ifSet } from '../base/if-set.js'
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import { follow } from '../write/carry-out.js'
import { sameChain } from '../write/model/same-chain.js'
import { readJournals } from '../write/open-nonces.js'
import { type FoundEntry, findEntries } from './find-entry.js'
import { type EndJson, endJson, type FullEntryJson, fullEntryJson } from './journal-json.js'

export interface TxShowJson extends FullEntryJson {
  /** What the chain says of it at this moment; null where it was not asked. */
  readonly now: NowJson | null
}

/** Its `state` may also be `unheard`: no provider knows it. `reason`: why it is open, or was refused by the contract. */
export type NowJson = EndJson & { readonly reason: string | null }

/** Throws USAGE, SELECTOR_NO_MATCH, SELECTOR_AMBIGUOUS. A chain that does not answer is warned of. */
export async function run(services: Services, { hash }: { readonly hash: string }): Promise<ActionResult<TxShowJson>> {
  const found = findEntries(await readJournals(services), hash)
  const asked = await askChain(services, found)
  const { path, key, entry } = asked?.found ?? found.at(-1) ?? found[0]
  return { data: { ...fullEntryJson(path, key, entry), now: asked?.now ?? null } }
}

/** Null where no provider is configured, or one of another chain. */
async function askChain(services: Services, found: readonly FoundEntry[]) {
  const { settings, talk } = services
  if ((await ifSet(() => settings.providers())) === null) return null
  const here = found.filter(({ key }) => key.chainId === settings.chainId())
  const [first] = here
  if (!first) {
    talk.note(`it belongs to chain ${found[0]?.key.chainId}, and the configured one is ${settings.chainId()}`)
    return null
  }
  try {
    const snapshot = await (await services.chain()).readAccount(first.key.signer)
    const match = here.find(({ key }) => sameChain(key, snapshot))
    if (match) return { found: match, now: await look(services, match.entry) }
    talk.note('it belongs to a development chain that has been started anew since')
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    talk.warn(`what the chain says is not known: ${error.message}`)
  }
  return null
}

async function look(services: Services, entry: JournalEntry): Promise<NowJson> {
  const end = await follow(services, entry, { timeoutMs: 0, giveUpUnheard: true })
  const { request, transaction } = entry
  const reason =
    end.kind === 'reverted'
      ? await (await services.chain())
          .revertReason(request, transaction.from, end.receipt.block.number)
          .catch(() => null)
      : end.kind === 'unknown'
        ? end.reason
        : null
  return { ...endJson(end), ...(end.kind === 'unheard' && { state: end.kind }), reason }
}
