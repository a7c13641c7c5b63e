/** What was sent and has no known end. */
import type { Check } from '../../base/check.js'
import { readJournals } from '../../write/open-nonces.js'
import { type DoctorContext, orNull } from '../doctor-context.js'
import { judgeTransactions } from '../model/transactions.js'

export async function transactions({ services, snapshot, operator }: DoctorContext): Promise<readonly Check[]> {
  const sent = await readJournals(services)
  const [read, account] = [await orNull(snapshot), await orNull(operator)]
  return judgeTransactions(sent, account === null ? null : read, services.clock.now())
}
