/** What a write did, in words. What would change was shown before, on stderr. */
import type { WriteJson } from '../../actions/write-json.js'
import type { Paint } from '../paint.js'
import { formatEther } from '../preview.js'

export function writeText({ changed, dry_run, changes, transaction, version }: WriteJson, paint: Paint): string {
  if (dry_run) return `${paint.dim('dry run: nothing was sent')}\n`
  if (!changed || transaction === null) return `${changes.length === 0 ? 'nothing to do' : 'nothing was changed'}\n`
  return `${paint.fields([
    ['done', paint.good('included and read back')],
    ['transaction', paint.text(transaction.hash)],
    ['block', String(transaction.block.number)],
    ['cost', `${formatEther(BigInt(transaction.fee_wei))} ETH (${transaction.gas_used} gas)`],
    ['cluster version', String(version)],
  ])}\n`
}
