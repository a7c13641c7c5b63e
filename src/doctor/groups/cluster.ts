/** The cluster: its contract, the key of its addresses, maintenance, and a data migration with this operator's part in it. */

import { type Address, checksumAddress } from '../../base/address.js'
import { type Check, check, type Verdict } from '../../base/check.js'
import { quote } from '../../base/quote.js'
import { utcAndAgo } from '../../base/utc.js'
import { type ClusterView, findOperator } from '../../cluster/cluster-view.js'
import { doubtfulKey, isAtItsAddress } from '../../health/model/node-health.js'
import { sinceInWords } from '../../maintenance/model/slot.js'
import { type Group, orNull } from '../context.js'

export const contract: Group = {
  async cluster({ snapshot }) {
    const { view, block, chainId } = await snapshot()
    const size = `a cluster of ${view.operators.length} operators`
    return ['pass', `${size} on chain ${chainId}, at block ${block.number}, version ${view.version}`]
  },
  async view({ snapshot }) {
    const { problems } = (await snapshot()).view
    if (problems.length === 0) return ['pass', "the network's nodes accept it"]
    return [
      'fail',
      `the network's nodes reject this cluster: ${problems.join('; ')}`,
      "tell the cluster's owner, and write nothing meanwhile; `wcn cluster view` shows it",
    ]
  },
  async implementation({ services, snapshot }) {
    const read = await snapshot()
    const memory = await (await services.state()).recall(read)
    if (memory === null)
      return ['skip', 'this machine never wrote to this contract, so whether its code changed is not known']
    const [before, now] = [memory.implementation, read.implementation]
    if (before === now) return ['pass', 'its code is the one that this machine wrote to last']
    return [
      'warn',
      `its code changed since this machine last wrote to it: implementation ${before ?? 'unknown'} → ${now ?? 'unknown'}`,
      "ask the cluster's owner where that is news to you, before you write",
    ]
  },
}

/** A wrong one decrypts as well, and a node with one starts without a word. */
export const encryptionKey: Group = {
  async 'encryption-key'({ encryptionKey, selected, nodes }) {
    const { proven } = await encryptionKey()
    if (proven) return ['pass', "the encryption key is this cluster's"]
    const looked = selected.has('nodes') ? await orNull(nodes) : null
    const there = looked?.nodes.find(isAtItsAddress)
    if (there) {
      const how = `${there.node.label} answers as itself at the address it decrypts`
      return ['pass', `the encryption key is this cluster's: ${how}`]
    }
    const where =
      "before you look for other faults: are the addresses that `wcn nodes list` shows your own? With a wrong key they are anybody's"
    if (looked?.examiner.unproven === null) return [doubtfulKey(where)]
    return [
      'skip',
      'nothing that can be seen from here proves the encryption key right or wrong',
      'compare with your own list: `wcn nodes list`, or -f FILE',
    ]
  },
}

/** Pulling takes as long as there is data; what takes longer than that is looked into. */
const STALLED_S = 6 * 3600
const SHOWN = 5

export const maintenance: Group = {
  async maintenance({ services, snapshot, operator }) {
    const read = await snapshot()
    const since = read.view.maintenance === null ? null : await (await services.chain()).maintenanceSince(read)
    return judgeMaintenance(read.view, await orNull(operator), since && sinceInWords(since, services.clock.now()))
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
    ? 'give the maintenance slot back: `wcn maintenance exit`'
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
  const since = `data migration ${migration.id} runs since ${utcAndAgo(migration.startedAt, now)}`
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
    return found?.decoded ? `${quote(found.decoded.name)} (operator slot ${slot})` : `operator slot ${slot}`
  })
  return `${names.join(', ')}${slots.length > SHOWN ? ` and ${slots.length - SHOWN} more` : ''}`
}
