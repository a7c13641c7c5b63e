/** How things stand, on one screen: a line for each thing, and the next thing to do below them. */

import { showAddress } from '../base/address.js'
import { counted } from '../base/counted.js'
import { utc, utcAndAgo } from '../base/utc.js'
import { etherInWords } from '../base/wei.js'
import type { Paint } from '../cli/paint.js'
import { sinceInWords } from '../maintenance/model/slot.js'
import type { StatusJson } from './status.js'

/** It is one screen; `nodes check` has them all. */
const TROUBLES_SHOWN = 3

export function statusText(data: StatusJson, paint: Paint): string {
  const { operator, next } = data
  const fields = paint.fields([
    [
      'operator',
      operator === null ? paint.warn('not known: neither --operator nor a key is given') : identity(data, paint),
    ],
    ['cluster', `${showAddress(data.contract)} on chain ${data.chain_id}, from ${paint.text(data.contract_source)}`],
    ['block', `${data.block.number}, cluster version ${data.version}`],
    ['member', membership(data, paint)],
    ['nodes', nodes(data.nodes, paint)],
    ...troubles(data.nodes, paint).map((line) => ['', line] as const),
    ['funds', funds(data, paint)],
    ['maintenance', maintenance(data, paint)],
    ['migration', migration(data, paint)],
    ['open', open(data, paint)],
  ])
  return paint.screen(fields, paint.next(next.say, next.command))
}

function identity({ operator, name }: StatusJson, paint: Paint): string {
  const address = showAddress(operator ?? '')
  return name === null ? address : `${paint.bold(paint.text(name))} ${address}`
}

function membership({ operator, slot, name, in_keyspace }: StatusJson, paint: Paint): string {
  if (operator === null) return 'not known'
  if (slot === null) return paint.warn('not in the cluster')
  if (name === null) return paint.bad(`operator slot ${slot}; its data can not be decoded`)
  return `operator slot ${slot}, ${in_keyspace ? 'stores data' : 'not in the keyspace'}`
}

function nodes({ total, list, unknown, checked_at }: StatusJson['nodes'], paint: Paint): string {
  if (checked_at === null)
    return `${total === null ? '' : `${counted(total, 'node')}; `}not looked at: ${paint.text(unknown ?? '')}`
  const count = (state: boolean | null) => list.filter(({ up }) => up === state).length
  const at = `, looked at ${utc(checked_at)}`
  if (count(null) > 0)
    return paint.warn(
      `${count(null)} of ${counted(total ?? 0, 'node')} answer; who they are is not proven: ${paint.text(unknown ?? '')}`,
    )
  const sentence = `${count(true)} of ${counted(total ?? 0, 'node')} up`
  return (count(false) > 0 ? paint.bad(sentence) : paint.good(sentence)) + at
}

function troubles({ list }: StatusJson['nodes'], paint: Paint): readonly string[] {
  const down = list.filter(({ problem }) => problem !== null)
  const lines = down
    .slice(0, TROUBLES_SHOWN)
    .map(({ index, problem }) => `${paint.bad('NOT UP')} nodes[${index}]: ${paint.text(problem ?? '')}`)
  return down.length > TROUBLES_SHOWN ? [...lines, `and ${down.length - TROUBLES_SHOWN} more`] : lines
}

function funds({ funds: held }: StatusJson, paint: Paint): string {
  if (held === null) return 'not known'
  const { balance_wei, writes_left } = held
  const lasting =
    writes_left === null ? 'for how many writes is not known' : `enough for ${counted(writes_left, 'more write')}`
  return `${etherInWords(BigInt(balance_wei), 'down')}, ${writes_left === 0 ? paint.bad(lasting) : lasting}`
}

function maintenance({ maintenance: { holder, name, since }, operator }: StatusJson, paint: Paint): string {
  if (holder === null) return 'nobody'
  const who = name === null ? showAddress(holder) : `${paint.text(name)} ${showAddress(holder)}`
  const when = since && sinceInWords(since, paint.now())
  return paint.warn(`${holder === operator ? 'you' : who}${when ? `, ${when}` : ''}`)
}

function migration({ migration: { in_progress, pulls, started_at } }: StatusJson, paint: Paint): string {
  if (!in_progress) return 'none in progress'
  const since = started_at === null ? '' : ` since ${utcAndAgo(BigInt(started_at), paint.now())}`
  return paint.warn(`in progress${since}${pulls ? '; your operator still pulls data' : ''}`)
}

function open({ open_transactions }: StatusJson, paint: Paint): string {
  if (open_transactions === null) return 'not known'
  const [first] = open_transactions
  if (!first) return 'no transaction of this machine'
  const more = open_transactions.length === 1 ? '' : `, and ${open_transactions.length - 1} more`
  return paint.warn(
    `${paint.text(first.hash)} (${paint.text(first.what.title)}), signed ${utcAndAgo(first.signed_at, paint.now())}${more}`,
  )
}
