/** `tx list`: what this tool sent, or is to send, from this machine. It asks no chain. */
import type { Services } from '../cli/services.js'
import { readJournals } from '../write/open-nonces.js'
import { entryJson } from './journal-json.js'

export type TxListJson = Awaited<ReturnType<typeof run>>['data']

/** The newest first. Throws FILE_UNREADABLE where the state directory can't be read. */
export async function run(services: Services, { open = false }: { readonly open?: boolean }) {
  const { journals, faults } = await readJournals(services)
  const transactions = journals
    .flatMap(({ key, entries }) => entries.map((entry) => entryJson(key, entry)))
    .filter(({ state }) => !open || state === 'open')
    // Within a second the later one of a journal goes first, as everywhere.
    .reverse()
    .sort((a, b) => b.signed_at - a.signed_at)
  return { data: { transactions, faults } }
}
