/** What goes on in the cluster: maintenance, and a data migration, with this operator's part in it. */
import { type Address, checksumAddress } from '../../base/address.js'
import { type Check, check, type Verdict } from '../../base/check.js'
import { durationInWords } from '../../base/duration-in-words.js'
import { quote } from '../../base/quote.js'
import { utc } from '../../base/utc.js'
import { type ClusterView, findOperator } from '../../cluster/cluster-view.js'
import { sinceInWords } from '../../maintenance/model/since-in-words.js'
import { type Group, orNull } from '../context.js'

/** Pulling takes as long as there is data; what takes longer than that is looked into. */
const STALLED_S = 6 * 3600
const SHOWN = 5

export const maintenance: Group = {
  async maintenance({ services, snapshot, operator }) {
    const read = await snapshot()
    const since = read.view.maintenance === null ? null : await (await services.chain()).maintenanceSince(read)
    return judgeMaintenance(read.view, await orNull(operator), since && sinceInWords(since))
  },
}

export const migration: Group = {
  migration: async ({ services, snapshot, operator }) =>
    judgeMigration((await snapshot()).view, await orNull(operator), services.clock.now()),
}

/**
 * Who holds the one maintenance slot, and whether that is as it should be (docs/dev/network/contract.md, "Maintenance").
 * `operator` null: not known. `since`: in words; null where it is not known.
 */
export function judgeMaintenance(view: ClusterView, operator: Address | null, since: string | null): readonly Check[] {
  const { maintenance: holder } = view
  if (holder === null) return [check('slot', 'pass', 'the maintenance slot is free')]
  const found = findOperator(view, holder)
  const address = checksumAddress(holder)
  const who = found?.decoded ? `${quote(found.decoded.name)} (${address})` : address
  const held = since === null ? '' : `, ${since}`
  const isMine = holder === operator
  const slot: Verdict = isMine
    ? [
        'warn',
        `your operator holds the maintenance slot${held}: nobody else can get it, and no migration can start`,
        'once your database is up and nothing of a maintenance runs any more: `wcn maintenance exit`',
      ]
    : found === null && holder !== view.owner
      ? [
          'warn',
          `the maintenance slot is held by ${who}, which is no operator any more and can't give it back${held}`,
          'ask the owner of the cluster to free it; `wcn maintenance status` shows when that is done',
        ]
      : ['pass', `${who} holds the maintenance slot${held}: you can't get it before it is given back`]
  if (view.pullingOperators === null) return [check('slot', ...slot)]
  // Nodes refuse to take note of it.
  const both = `${who} is in maintenance while a data migration runs: nodes may work with an old view of the cluster for a minute`
  const hint = isMine
    ? 'give the slot back: `wcn maintenance exit`'
    : 'wait with what you write: `wcn maintenance status`'
  return [check('slot', ...slot), check('slot-and-migration', 'warn', both, hint)]
}

/**
 * A migration ends when every operator of the new keyspace has said that it is done; its primary node does. One without
 * a primary node stalls the whole cluster (docs/dev/network/contract.md, "The network around it"). `operator` null: not
 * known. `now`: Unix seconds.
 */
export function judgeMigration(view: ClusterView, operator: Address | null, now: number): Verdict {
  const { pullingOperators, migration } = view
  if (migration === null) return ['pass', 'there has never been a data migration']
  if (pullingOperators === null) return ['pass', `no data migration runs; the last one was ${migration.id}`]
  const age = Math.max(0, now - Number(migration.startedAt))
  const since = `data migration ${migration.id} runs since ${utc(migration.startedAt)} (${durationInWords(age)})`
  const stalled = age >= STALLED_S
  if (view.operators.some(({ slot, id }) => id === operator && pullingOperators.includes(slot)))
    return [
      stalled ? 'fail' : 'warn',
      `${since}, and your operator is still pulling${stalled ? ': the whole cluster waits for it' : ''}`,
      'keep the node with the signing key running, it says when it is done: see its log, and `wcn doctor --only primary --only nodes --only funds`',
    ]
  const own = operator === null ? 'which operator is yours is not known' : 'your operator is done'
  const state = `${since}; ${own}, it waits for ${namesOf(view, pullingOperators)}`
  if (!stalled) return ['pass', state]
  return ['warn', state, 'tell them and the owner of the cluster, who can abort it; meanwhile see `wcn cluster view`']
}

function namesOf({ operators }: ClusterView, slots: readonly number[]): string {
  const names = slots.slice(0, SHOWN).map((slot) => {
    const found = operators.find((one) => one.slot === slot)
    return found?.decoded ? `${quote(found.decoded.name)} (slot ${slot})` : `slot ${slot}`
  })
  return `${names.join(', ')}${slots.length > SHOWN ? ` and ${slots.length - SHOWN} more` : ''}`
}
