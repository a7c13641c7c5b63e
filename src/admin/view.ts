/** What the owner's commands tell people. */

import type { Paint } from '../cli/paint.js'
import type { DataOf } from '../cli/services.js'
import type { run as adminDeploy } from './admin-deploy.js'

export function deployView(data: DataOf<typeof adminDeploy>, paint: Paint): string {
  if (data.contract === null) return paint.screen(`nothing was sent; the owner would be ${paint.text(data.owner)}`)
  return paint.screen([
    ['contract', paint.bold(paint.text(data.contract))],
    ['owner', paint.text(data.owner)],
    ['implementation', paint.text(data.implementation ?? '')],
    ...data.transactions.map(({ hash, block }, index): [string, string] => [
      `transaction ${index + 1}`,
      `${paint.text(hash)} in block ${block.number}`,
    ]),
    ['version', String(data.version)],
  ])
}
