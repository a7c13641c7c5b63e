/** What the operator's account holds. */
import { type Check, check } from '../../base/check.js'
import { weiAsEther } from '../../base/wei.js'
import { run as operatorFunds } from '../../operator/operator-funds.js'
import type { DoctorContext } from '../doctor-context.js'

/** Writes are few, and so are what a year of them costs. */
const FEW_WRITES = 10

export async function funds({ services, operator }: DoctorContext): Promise<readonly Check[]> {
  const id = 'funds'
  await operator()
  const {
    operator: who,
    balance_wei,
    balance_eth,
    writes_left,
    min_wei,
    sufficient,
  } = (await operatorFunds(services)).data
  const hint = `send ETH on Optimism to ${who}, the equivalent of $5 lasts for about a year; \`wcn operator funds\` shows when it is there`
  const lasts = writes_left === null ? '' : `, enough for ${writes_left} more writes`
  const holds = `account ${who} holds ${balance_eth} ETH${lasts}`
  if (balance_wei === '0' || writes_left === 0)
    return [check(id, 'fail', `${holds}: nothing can be written, and no data migration completed`, hint)]
  if (!sufficient && min_wei !== null)
    return [check(id, 'fail', `${holds}, and should hold ${weiAsEther(BigInt(min_wei))} ETH at least`, hint)]
  return [
    typeof writes_left === 'number' && writes_left < FEW_WRITES
      ? check(id, 'warn', holds, hint)
      : check(id, 'pass', holds),
  ]
}
