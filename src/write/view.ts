/** Says in words what a write did. What would change was shown before, on stderr. */

import { withGas } from '../base/wei.js'
import type { Paint } from '../cli/paint.js'
import type { WriteJson } from './write-json.js'
import type { UnsignedFiles } from './write-unsigned.js'

export function writeText(data: WriteJson, paint: Paint): string {
  const { changed, dry_run, changes, transaction, version, unsigned } = data
  if (unsigned) return unsignedText(unsigned, paint)
  if (dry_run) return paint.screen(paint.dim('dry run: nothing was sent'))
  if (!changed || transaction === null)
    return paint.screen(changes.length === 0 ? 'nothing to do' : 'nothing was changed')
  const fields = paint.fields([
    ['done', paint.good('included and read back')],
    ['transaction', paint.text(transaction.hash)],
    ['block', String(transaction.block.number)],
    ['cost', withGas(transaction)],
    ['cluster version', String(version)],
  ])
  return paint.screen(fields, nextAfter(data, paint))
}

/** What is done by halves until something else is. */
function nextAfter({ changes }: WriteJson, paint: Paint): string {
  return changes.some(({ path, after }) => path === 'maintenance' && after !== null)
    ? paint.next('give the slot back once your database is up again', 'wcn maintenance exit')
    : ''
}

function unsignedText({ transaction_file, safe_file, safe }: UnsignedFiles, paint: Paint): string {
  const signed = transaction_file.replace(/(?:\.json)?$/, '.signed.json')
  return paint.screen(`${paint.fields([
    ['transaction', paint.text(transaction_file)],
    ['Safe batch', paint.text(safe_file)],
    ...(safe ? [['safeTxHash', `${safe.tx_hash}, at the Safe's nonce ${safe.nonce}`] as const] : []),
  ])}
nothing was sent; next, where the key is:
  wcn tx sign ${paint.text(transaction_file)} --out ${paint.text(signed)}
and where there is a network:
  wcn tx send ${paint.text(signed)}
or import the batch in Safe's Transaction Builder. \`wcn tx decode FILE\` says what either does.`)
}
