// What writing a transaction down adds to sending it, taken from the build's own state directory code.
import { createState } from '../../dist/platform/state/local-state.js'
import { median } from './processes.mjs'

const ROUNDS = 50

/** Milliseconds for one write's lock and its two journal entries, with a journal that holds what `directory` holds. */
export async function journalCost(directory) {
  const options = { directory, host: 'bench', command: 'bench', now: () => 0 }
  const { journal, lockAccount } = createState(options)
  const [{ key, entries }] = (await journal.all()).journals
  const entry = entries.at(-1)
  const times = []
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    const release = await lockAccount(key.chainId, key.signer, { waitMs: 0, onWait: () => {} })
    await journal.put(key, { ...entry, state: { kind: 'open' } })
    await journal.put(key, entry)
    release()
    times.push(performance.now() - started)
  }
  return median(times)
}
