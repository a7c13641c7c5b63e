/** What `tx sign` and `tx send` print. */

import type { Paint } from '../cli/paint.js'
import { writeText } from '../write/view.js'
import type { WriteJson } from '../write/write-json.js'
import type { TxSignData } from './tx-sign.js'

export function txSignText({ file, hash }: TxSignData, paint: Paint): string {
  const fields = paint.fields([
    ['signed', paint.text(file)],
    ['transaction', paint.text(hash)],
  ])
  return `${fields}\nWhere there is a network: wcn tx send ${paint.text(file)}\n`
}

export function txSendText(data: WriteJson, paint: Paint): string {
  const { changed, dry_run, transaction } = data
  if (changed || dry_run || transaction === null) return writeText(data, paint)
  return `nothing to do: transaction ${paint.text(transaction.hash)} is in block ${transaction.block.number} already\n`
}
