/**
 * A data migration ends when every operator of the new keyspace has said that it is done; its primary node does. One
 * without a primary node stalls the whole cluster (docs/dev/network/contract.md, "The network around it").
 */
import type { Address } from '../../base/address.js'
import { type Check, check } from '../../base/check.js'
import { durationInWords } from '../../base/duration-in-words.js'
import { quote } from '../../base/quote.js'
import { utc } from '../../base/utc.js'
import type { ClusterView } from '../../cluster/cluster-view.js'

/** Pulling takes as long as there is data; what takes longer than that is looked into. */
const STALLED_S = 6 * 3600
const SHOWN = 5

/** `operator` null: not known. `now`: Unix seconds. */
export function judgeMigration(view: ClusterView, operator: Address | null, now: number): readonly Check[] {
  const { pullingOperators, migration } = view
  if (pullingOperators === null || migration === null)
    return [
      check(
        'migration',
        'pass',
        migration === null
          ? 'there has never been a data migration'
          : `no data migration runs; the last one was ${migration.id}`,
      ),
    ]
  const age = Math.max(0, now - Number(migration.startedAt))
  const since = `data migration ${migration.id} runs since ${utc(migration.startedAt)} (${durationInWords(age)})`
  const stalled = age >= STALLED_S
  const mine = view.operators.find(({ slot, id }) => id === operator && pullingOperators.includes(slot))
  if (mine)
    return [
      check(
        'migration',
        stalled ? 'fail' : 'warn',
        `${since}, and your operator is still pulling${stalled ? ': the whole cluster waits for it' : ''}`,
        'keep the node with the signing key running, it says when it is done: see its log, and `wcn doctor --only primary --only nodes --only funds`',
      ),
    ]
  const waitsFor = `it waits for ${namesOf(view, pullingOperators)}`
  const own = operator === null ? 'which operator is yours is not known' : 'your operator is done'
  if (!stalled) return [check('migration', 'pass', `${since}; ${own}, ${waitsFor}`)]
  const hint = 'tell them and the owner of the cluster, who can abort it; meanwhile see `wcn cluster view`'
  return [check('migration', 'warn', `${since}; ${own}, ${waitsFor}`, hint)]
}

function namesOf({ operators }: ClusterView, slots: readonly number[]): string {
  const names = slots.map((slot) => {
    const found = operators.find((one) => one.slot === slot)
    return found?.decoded ? `${quote(found.decoded.name)} (slot ${slot})` : `slot ${slot}`
  })
  const rest = names.length - SHOWN
  return rest > 0 ? `${names.slice(0, SHOWN).join(', ')} and ${rest} more` : names.join(', ')
}
