/** What the operator's account holds, and what that pays for. Never in the way: ETH may come later. */
import type { Services } from '../cli/services.js'
import { run as operatorFunds } from '../operator/operator-funds.js'
import type { Wizard } from './wizard.js'

/** Throws what reading the account throws. */
export async function checkFunding({ services: { talk } }: Wizard, configured: Services): Promise<void> {
  for (;;) {
    const { data } = await operatorFunds(configured)
    if (data.balance_wei !== '0') {
      const writes = data.writes_left === null ? '' : `, enough for about ${data.writes_left} transactions`
      return talk.note(`The account holds ${data.balance_eth} ETH${writes}.`)
    }
    const empty = `The account ${data.operator} holds no ETH yet`
    if (!talk.interactive) return talk.warn(`${empty}; the request to join can't be made without`)
    const next = await talk.choose(
      {
        text: `${empty}. Send it some on Optimism; it is needed for the request to join`,
        options: [
          { value: 'again', label: 'look again' },
          { value: 'later', label: 'later: go on without' },
        ],
      },
      'answers',
    )
    if (next === 'later') return
  }
}
