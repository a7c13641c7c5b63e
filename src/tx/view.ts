/** Transactions as people read them: those of the journal, and those that are signed elsewhere. */

import { showAddress } from '../base/address.js'
import { durationInWords } from '../base/duration-in-words.js'
import { shellWord } from '../base/shell-word.js'
import { utc, utcAndAgo } from '../base/utc.js'
import { gweiInWords, withGas } from '../base/wei.js'
import type { Paint } from '../cli/paint.js'
import { writeText } from '../write/view.js'
import type { WriteJson } from '../write/write-json.js'
import type { EntryJson } from './journal-json.js'
import type { TxCancelJson } from './tx-cancel.js'
import type { TxListJson } from './tx-list.js'
import type { TxResumeJson } from './tx-resume.js'
import type { NowJson, TxShowJson } from './tx-show.js'
import type { TxSignData } from './tx-sign.js'

/** `0x` and ten digits: enough for `wcn tx show`. */
const HASH_SHOWN = 12

export function txListText({ transactions, faults }: TxListJson, paint: Paint): string {
  if (transactions.length === 0)
    return paint.screen(faults.length > 0 ? 'no transactions that can be read' : 'no transactions')
  const isOpen = transactions.some(({ state: kind }) => kind === 'open')
  return paint.screen(entriesTable(transactions, paint), isOpen ? nextIfOpen('wcn tx resume', paint) : '')
}

export function txShowText(tx: TxShowJson, paint: Paint): string {
  const { base, now } = tx
  const rows: (readonly [string, string])[] = [
    ['transaction', paint.bold(paint.text(tx.hash))],
    ['what', paint.text(tx.what.title)],
    ['state', state(tx, paint) + (tx.reason === null ? '' : `: ${paint.text(tx.reason)}`)],
    ...(tx.block ? [['block', `${tx.block.number} ${paint.dim(paint.text(tx.block.hash))}`] as const] : []),
    ...(tx.block ? [['cost', withGas(tx)] as const] : []),
    ...(now ? [['chain', onChain(now, paint)] as const] : []),
    ['signed', tx.state === 'open' ? utcAndAgo(tx.signed_at, paint.now()) : utc(tx.signed_at)],
    ['signer', `${showAddress(tx.signer)}, nonce ${tx.nonce}`],
    ['contract', `${tx.contract === null ? 'none yet' : showAddress(tx.contract)} on chain ${tx.chain_id}`],
    ['to', tx.to === null ? 'a new contract' : showAddress(tx.to)],
    ['data', `${tx.data.length / 2 - 1} bytes`],
    ['bid', bid(tx)],
    ...(tx.supersedes === null ? [] : [['instead of', paint.text(tx.supersedes)] as const]),
    ...(base ? [['based on', basis(base)] as const] : []),
    ['journal', paint.text(tx.journal)],
  ]
  return paint.screen(rows, tx.state === 'open' ? nextIfOpen(`wcn tx resume ${tx.hash}`, paint) : '')
}

function nextIfOpen(command: string, paint: Paint): string {
  return paint.next('find out what became of what is open, before you write again', command)
}

export function txResumeText({ transactions, faults }: TxResumeJson, paint: Paint): string {
  if (transactions.length === 0)
    return paint.screen(faults.length > 0 ? 'whether anything is to be resumed is not known' : 'nothing to resume')
  return paint.screen(entriesTable(transactions, paint))
}

export function txCancelText({ cancelled, transactions }: TxCancelJson, paint: Paint): string {
  const headline = cancelled ? paint.good('cancelled: it can never be included') : 'nothing to cancel'
  return paint.screen(`${headline}\n${entriesTable(transactions, paint)}`)
}

function entriesTable(entries: readonly EntryJson[], paint: Paint): string {
  return paint.table(
    ['signed', 'state', 'nonce', 'hash', 'chain?', 'contract?', 'signer?', 'what'],
    entries.map((entry) => [
      utc(entry.signed_at),
      entry.state === 'open'
        ? paint.warn(`open, ${durationInWords(paint.now() - entry.signed_at)}`)
        : state(entry, paint),
      String(entry.nonce),
      paint.text(entry.hash.slice(0, HASH_SHOWN)),
      String(entry.chain_id),
      entry.contract === null ? '-' : shortAddress(entry.contract),
      shortAddress(entry.signer),
      paint.text(entry.what.title),
    ]),
  )
}

function state({ state: kind, block, replaced_by }: EntryJson, paint: Paint): string {
  if (kind === 'included') return paint.good(`included in ${block?.number ?? '?'}`)
  if (kind === 'reverted') return paint.bad(`reverted in ${block?.number ?? '?'}`)
  if (kind === 'rejected') return paint.bad('rejected')
  if (kind === 'replaced')
    return paint.warn(replaced_by === null ? 'replaced' : `replaced by ${paint.text(replaced_by.slice(0, HASH_SHOWN))}`)
  return paint.warn('open')
}

function onChain({ state: kind, block, replaced_by, reason }: NowJson, paint: Paint): string {
  const why = reason === null ? '' : `: ${paint.text(reason)}`
  if (kind === 'included') return paint.good(`included in block ${block?.number}`)
  if (kind === 'reverted') return paint.bad(`included in block ${block?.number}, but refused by the contract${why}`)
  if (kind === 'replaced')
    return paint.warn(`its nonce was used by ${replaced_by === null ? 'another one' : paint.text(replaced_by)}`)
  if (kind === 'unheard') return paint.warn('no provider knows it')
  return paint.warn(block ? `included in block ${block.number}, not final yet${why}` : `not settled${why}`)
}

function bid({ gas, max_fee_per_gas_wei, max_priority_fee_per_gas_wei }: TxShowJson): string {
  const [most, tip] = [max_fee_per_gas_wei, max_priority_fee_per_gas_wei].map((wei) => gweiInWords(BigInt(wei)))
  return `up to ${most} per gas, of which ${tip} as priority fee; at most ${gas} gas`
}

function basis({ block, migration, maintenance }: NonNullable<TxShowJson['base']>): string {
  const slot = maintenance === null ? 'nobody in maintenance' : `${showAddress(maintenance)} in maintenance`
  return `block ${block.number}; ${migration.pulling ? 'a migration in progress' : 'no migration'}; ${slot}`
}

function shortAddress(address: string): string {
  const shown = showAddress(address)
  return `${shown.slice(0, 6)}…${shown.slice(-4)}`
}

export function txSignText({ file, hash }: TxSignData, paint: Paint): string {
  const fields = paint.fields([
    ['signed', paint.text(file)],
    ['transaction', paint.text(hash)],
  ])
  return paint.screen(fields, paint.next('where there is a network', `wcn tx send ${shellWord(file)}`))
}

export function txSendText(data: WriteJson, paint: Paint): string {
  const { changed, dry_run, transaction } = data
  if (changed || dry_run || transaction === null) return writeText(data, paint)
  return paint.screen(
    `nothing to do: transaction ${paint.text(transaction.hash)} is in block ${transaction.block.number} already`,
  )
}
