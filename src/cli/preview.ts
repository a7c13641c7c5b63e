/** Shows what a write is about to change, before → after, and what it costs. */

import { showAddress } from '../base/address.js'
import { isRecord } from '../base/is-record.js'
import { etherInWords, shareInWords } from '../base/wei.js'
import type { WriteTarget } from '../base/write-target.js'
import type { CostEstimate } from '../chain/chain.js'
import { highestCost } from '../chain/fees.js'
import type { Change } from '../cluster/operator-changes.js'
import type { Paint } from './paint.js'

/** What a write is about to do, as it is shown before asking. */
export interface Preview {
  readonly title: string
  readonly target: WriteTarget
  readonly changes: readonly Change[]
  readonly cost: CostEstimate
  /** Of the account that pays. */
  readonly balanceWei: bigint
}

export function renderPreview({ title, target, changes, cost, balanceWei }: Preview, paint: Paint): string {
  return [
    paint.bold(paint.text(title)),
    targetLine(target, paint),
    renderChanges(changes, paint),
    `${paint.dim('cost at most')} ${costAtMost(cost, balanceWei)}`,
  ].join('\n')
}

function costAtMost(cost: CostEstimate, balanceWei: bigint): string {
  const wei = highestCost(cost)
  const share = shareInWords(wei, balanceWei)
  // A part that is hardly one is nothing to read about.
  const onL1 = cost.l1FeeWei * 10n >= wei && wei > 0n ? ` (of which ${etherInWords(cost.l1FeeWei)} for L1 data)` : ''
  return `${etherInWords(wei, 'up')}${share === null ? '' : `, ${share}`}${onL1}`
}

function targetLine({ chain_id, contract, source }: WriteTarget, paint: Paint): string {
  if (contract === null) return `${paint.dim('a new cluster on chain')} ${chain_id}`
  const from = source === null ? '' : ` ${paint.dim('from')} ${paint.text(source)}`
  return `${paint.dim('cluster')} ${showAddress(contract)} ${paint.dim('on chain')} ${chain_id}${from}`
}

/** A line for each field that differs. */
export function renderChanges(changes: readonly Change[], paint: Paint): string {
  if (changes.length === 0) return paint.dim('no changes')
  const rows = changes.flatMap(({ op, path, before, after }): (readonly [string, string, string])[] => {
    const place = paint.text(path)
    if (op === 'add') return [[`  ${paint.good('+')} ${place}`, '', paint.good(inWords(after, paint))]]
    if (op === 'remove') return [[`  ${paint.bad('-')} ${place}`, '', paint.bad(inWords(before, paint))]]
    return differences(before, after).map(([field, from, to]) => [
      `  ${paint.warn('~')} ${place}`,
      paint.text(field),
      `${paint.bad(inWords(from, paint))} → ${paint.good(inWords(to, paint))}`,
    ])
  })
  const named = rows.some(([, field]) => field !== '')
  return paint.table([], named ? rows : rows.map(([place, , value]) => [place, value]))
}

/** Of the fields of a node or a client those that are not what they were; of a plain value itself, without a name. */
export function differences(
  before: unknown,
  after: unknown,
): readonly (readonly [field: string, from: unknown, to: unknown])[] {
  if (!isRecord(before) || !isRecord(after)) return [['', before, after]]
  return Object.keys(after)
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => [field, before[field], after[field]])
}

/** One line for a node, a client or a plain value. */
function inWords(value: unknown, paint: Paint): string {
  if (Array.isArray(value)) return `[${value.map(String).map(paint.text).join(',')}]`
  if (!isRecord(value)) return paint.text(value === null ? 'none' : String(value))
  // Without the key a node's addresses are null, whether it has them or not.
  const none = value.ipv4_addr === null ? '?' : '-'
  return Object.entries(value)
    .map(([name, field]) => `${paint.text(name)}=${field === null ? none : inWords(field, paint)}`)
    .join(' ')
}
