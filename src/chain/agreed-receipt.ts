/** One receipt of several that agree on how a transaction ended: what it cost is agreed on field by field. */

import { type Answer, largestGroup } from './ask-each.js'
import type { Providers } from './providers.js'
import type { Receipt } from './transaction.js'

const COSTS = { gasUsed: 'gas it used', l1FeeWei: 'fee on L1 in wei', feeWei: 'cost in wei' } as const
type Cost = keyof typeof COSTS

/** A cost that fewer say than have to agree is null; who says another than enough others is named. */
export function agreedReceipt(
  [first, ...others]: readonly [Answer<Receipt>, ...Answer<Receipt>[]],
  providers: Providers,
): Receipt {
  const all = [first, ...others]
  const agreed = (cost: Cost): bigint | null => {
    const said = all.filter(({ value }) => value[cost] !== null)
    const group = largestGroup(said, ({ value }) => String(value[cost]))
    if (group.length < providers.quorum) return null
    const value = group[0]?.value[cost] ?? null
    for (const other of said)
      if (!group.includes(other))
        providers.leaveOut(other.rpc, `says that the ${COSTS[cost]} is ${other.value[cost]}, where others say ${value}`)
    return value
  }
  const costs = { gasUsed: agreed('gasUsed'), l1FeeWei: agreed('l1FeeWei'), feeWei: agreed('feeWei') }
  return { ...first.value, ...costs }
}
