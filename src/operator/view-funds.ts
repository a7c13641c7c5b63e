/** What is left of an operator's money, as people read it. */

import { weiAsEther } from '../base/wei.js'
import type { Paint } from '../cli/paint.js'
import { showAddress } from '../cli/show-address.js'
import type { OperatorFundsJson } from './operator-funds.js'

export function operatorFundsText(funds: OperatorFundsJson, paint: Paint): string {
  const enough = funds.sufficient && funds.writes_left !== 0
  return `${paint.fields([
    ['operator', showAddress(funds.operator)],
    ['balance', `${(enough ? paint.good : paint.bad)(paint.text(funds.balance_eth))} ETH`],
    ...(funds.min_wei === null ? [] : [['at least', `${weiAsEther(BigInt(funds.min_wei))} ETH`] as const]),
    ['a write costs', cost(funds)],
    ...(funds.writes_left === null ? [] : [['lasts for', `${funds.writes_left} more writes`] as const]),
  ])}\n`
}

function cost({ average_cost_wei, basis }: OperatorFundsJson): string {
  if (average_cost_wei === null) return 'not known: nothing was sent yet, and it could not be estimated'
  const ether = `${weiAsEther(BigInt(average_cost_wei))} ETH`
  return basis === 'journal' ? `${ether} on average` : `${ether} at most, by estimate: nothing was sent yet`
}
