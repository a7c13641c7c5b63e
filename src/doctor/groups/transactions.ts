/** What was sent and has no known end. */
import type { Check } from '../../base/check.js'
import { readJournals } from '../../write/read-journals.js'
import { known, type Looks } from '../looks.js'
import { judgeTransactions } from '../model/transactions.js'

export async function transactions({ services, snapshot, operator }: Looks): Promise<readonly Check[]> {
  const sent = await readJournals(services)
  const [read, account] = [await known(snapshot), await known(operator)]
  return judgeTransactions(sent, account === null ? null : read, services.clock.now())
}
