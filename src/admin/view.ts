/** What the owner's commands tell people. */

import { showAddress } from '../base/address.js'
import { durationInWords } from '../base/duration-in-words.js'
import type { Paint } from '../cli/paint.js'
import type { DataOf } from '../cli/services.js'
import type { run as adminDeploy } from './admin-deploy.js'
import type { run as migrationPlan } from './admin-migration-plan.js'
import type { run as ownershipStatus } from './admin-ownership-status.js'
import type { run as settingsView } from './admin-settings-view.js'

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

export function migrationPlanText(data: DataOf<typeof migrationPlan>, paint: Paint): string {
  const { operators, stalls, nodes_asked, estimated_seconds, bandwidth } = data
  const share = ((100 * data.replicas_moved) / data.replicas).toFixed(1)
  const rate = (bytes: number) => (bytes === 0 ? 'unlimited' : `${bytes / 1e6} MB/s`)
  const table = paint.table(
    ['slot', 'operator?', 'part', 'shards', 'then', 'to pull', 'to give', 'name'],
    operators.map((one) => [
      String(one.slot),
      showAddress(one.id),
      one.role === 'stays' ? 'stays' : paint.bold(one.role),
      String(one.shards_before),
      String(one.shards_after),
      String(one.to_pull),
      String(one.to_give),
      one.name === null ? paint.bad('cannot be decoded') : paint.text(one.name),
    ]),
  )
  const fields = paint.fields([
    ['keyspace', data.keyspace.join(' ')],
    ['then', data.new_keyspace.join(' ')],
    ['moves', `${data.replicas_moved} of ${data.replicas} shard replicas (${share} %)`],
    ['bandwidth', `to give ${rate(bandwidth.tx)}, to pull ${rate(bandwidth.rx)}, for each operator`],
    [
      'takes',
      data.database_bytes === null
        ? paint.dim('not known: --database-size 40GB tells')
        : estimated_seconds === null
          ? 'as long as the network takes: nothing limits it'
          : `at least ${durationInWords(estimated_seconds)}`,
    ],
  ])
  const asked = nodes_asked ? '' : paint.dim('nodes were not asked: --probe does that')
  const found =
    stalls.length === 0
      ? paint.good('nothing is known that would stall it')
      : `${paint.bad('this would keep it from ending:')}\n${stalls.map((stall) => `  ${paint.text(stall)}`).join('\n')}`
  return paint.screen(fields, table, asked === '' ? found : `${found}\n${asked}`)
}

export function settingsText({ settings, problems }: DataOf<typeof settingsView>, paint: Paint): string {
  const fields = paint.fields(Object.entries(settings).map(([name, value]) => [name, String(value)]))
  return problems.length === 0
    ? paint.screen(fields)
    : paint.screen(fields, problems.map((problem) => paint.warn(paint.text(problem))).join('\n'))
}

export function ownershipText({ owner, pending_owner }: DataOf<typeof ownershipStatus>, paint: Paint): string {
  return paint.screen([
    ['owner', showAddress(owner)],
    ['offered to', pending_owner === null ? 'nobody' : paint.warn(showAddress(pending_owner))],
  ])
}
