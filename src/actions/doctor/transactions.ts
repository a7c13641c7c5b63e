/** What was sent and has no known end. */
import type { Check } from '../../core/check.js'
import { judgeTransactions } from '../../core/doctor/transactions.js'
import { readJournals } from '../read-journals.js'
import { known, type Looks } from './looks.js'

export async function transactions({ services, snapshot, operator }: Looks): Promise<readonly Check[]> {
  const sent = await readJournals(services)
  const [read, account] = [await known(snapshot), await known(operator)]
  return judgeTransactions(sent, account === null ? null : read, services.clock.now())
}
