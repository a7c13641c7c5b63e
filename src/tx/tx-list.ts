/** `tx list`: what this tool sent, or is to send, from this machine. It asks no chain. */
import type { ActionResult, Services } from '../cli/services.js'
import { readJournals } from '../write/open-nonces.js'
import { type EntryJson, entryJson, type FaultJson, faultJson } from './journal-json.js'

export interface TxListInput {
  readonly open?: boolean
}

export interface TxListJson {
  /** Newest first. */
  readonly transactions: readonly EntryJson[]
  readonly faults: readonly FaultJson[]
}

/** Throws FILE_UNREADABLE where the state directory can't be read. */
export async function run(services: Services, { open = false }: TxListInput): Promise<ActionResult<TxListJson>> {
  const { journals, faults } = await readJournals(services)
  const transactions = journals
    .flatMap(({ key, entries }) => entries.map((entry) => entryJson(key, entry)))
    .filter(({ state }) => !open || state === 'open')
    // Within a second the later one of a journal goes first, as everywhere.
    .reverse()
    .sort((a, b) => b.signed_at - a.signed_at)
  return { data: { transactions, faults: faults.map(faultJson) } }
}
