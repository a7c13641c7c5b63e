/** A migration on a screen: how far it is, for how long already, and who is not done. */
import { counted } from '../base/counted.js'
import { durationInWords } from '../base/duration-in-words.js'
import { utc } from '../base/utc.js'
import type { Paint } from '../cli/paint.js'
import type { MigrationStatusJson } from './migration-status.js'
import { percent } from './model/percent.js'

type MigrationJson = NonNullable<MigrationStatusJson['migration']>

export function migrationStatusText({ migration, nodes_asked }: MigrationStatusJson, paint: Paint): string {
  if (migration === null)
    return paint.screen(paint.good('no data migration is in progress, and there has never been one'))
  const { state, id, started_at, aborted_at } = migration
  if (state !== 'running') {
    const last = `the last one, ${id}, started ${utc(BigInt(started_at))}`
    const how = {
      ended: ' and has ended',
      aborted: ` and was aborted ${utc(BigInt(aborted_at))}`,
      'ended-or-aborted': '',
    }
    return paint.screen(`${paint.good('no data migration is in progress')}\n${paint.dim(`${last}${how[state]}`)}`)
  }
  const asked = nodes_asked ? '' : paint.dim('nodes were not asked: --probe tells who is down')
  return paint.screen(running(migration, paint), operatorsTable(migration, nodes_asked, paint), asked)
}

function running(migration: MigrationJson, paint: Paint) {
  const { id, started_at, running_seconds, pulling_since, estimated_seconds, overdue, replicas, operators } = migration
  const done = operators.filter(({ pulls }) => !pulls).length
  const { moving = 0, left = 0 } = replicas ?? {}
  const share = moving === 0 ? '' : `, ${percent(left / moving)} of the shard replicas that move are theirs`
  const lasts = durationInWords(running_seconds ?? 0)
  const estimate =
    estimated_seconds === null
      ? paint.dim('not known: --database-size 40GB tells')
      : `at least ${durationInWords(estimated_seconds)}`
  return paint.fields([
    ['migration', paint.warn(`${id} in progress`)],
    [
      'started',
      `${utc(BigInt(started_at))}, ${lasts} ago${pulling_since === null ? '' : `; data is pulled since ${utc(Math.ceil(pulling_since))}`}`,
    ],
    ['takes', overdue ? paint.warn(`${estimate}, which is over`) : estimate],
    ['done', `${done} of ${operators.length} operators`],
    ['to go', `${counted(operators.length - done, 'operator')}${share}`],
  ])
}

function operatorsTable({ operators }: MigrationJson, asked: boolean, paint: Paint): string {
  const nameOf = (slot: number) => {
    const name = operators.find((one) => one.slot === slot)?.name
    return name == null ? `slot ${slot}` : paint.text(name)
  }
  return paint.table(
    ['slot', '', 'operator', 'part?', 'to pull', ...(asked ? ['held up by'] : [])],
    operators.map(({ slot, name, role, to_pull, pulls, away, down_sources }) => [
      String(slot),
      pulls ? paint.warn('pulls') : paint.good('done'),
      name === null ? paint.bad('cannot be decoded') : paint.text(name),
      role,
      String(to_pull),
      ...(asked ? [heldUp(away, down_sources.map(nameOf), paint)] : []),
    ]),
  )
}

function heldUp(away: boolean | null, sources: readonly string[], paint: Paint): string {
  const why = [...(away ? ['it is down itself'] : []), ...(sources.length > 0 ? [`${sources.join(', ')}: down`] : [])]
  return why.length === 0 ? paint.dim('-') : paint.bad(why.join('; '))
}
