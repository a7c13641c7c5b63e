/** Who holds the cluster's one maintenance slot, and whether that is as it should be (docs/dev/network/contract.md, "Maintenance"). */
import type { Address } from '../../base/address.js'
import { checksumAddress } from '../../base/address.js'
import { type Check, check } from '../../base/check.js'
import { quote } from '../../base/quote.js'
import { type ClusterView, findOperator } from '../../cluster/cluster-view.js'

/** `operator` null: not known. `since`: in words; null where it is not known. */
export function judgeMaintenance(view: ClusterView, operator: Address | null, since: string | null): readonly Check[] {
  const { maintenance: holder } = view
  if (holder === null) return [check('slot', 'pass', 'the maintenance slot is free')]
  const name = findOperator(view, holder)?.decoded?.name
  const who = name === undefined ? checksumAddress(holder) : `${quote(name)} (${checksumAddress(holder)})`
  const held = since === null ? '' : `, ${since}`
  return [slotCheck(), ...duringMigration()]

  function slotCheck(): Check {
    if (holder === operator)
      return check(
        'slot',
        'warn',
        `your operator holds the maintenance slot${held}: nobody else can get it, and no migration can start`,
        'once your database is up and nothing of a maintenance runs any more: `wcn maintenance exit`',
      )
    if (holder !== null && findOperator(view, holder) === null && holder !== view.owner)
      return check(
        'slot',
        'warn',
        `the maintenance slot is held by ${who}, which is no operator any more and can't give it back${held}`,
        'ask the owner of the cluster to free it; `wcn maintenance status` shows when that is done',
      )
    return check('slot', 'pass', `${who} holds the maintenance slot${held}: you can't get it before it is given back`)
  }

  /** Nodes refuse to take note of it. */
  function duringMigration(): readonly Check[] {
    if (view.pullingOperators === null) return []
    return [
      check(
        'slot-and-migration',
        'warn',
        `${who} is in maintenance while a data migration runs: nodes may work with an old view of the cluster for a minute`,
        holder === operator
          ? 'give the slot back: `wcn maintenance exit`'
          : 'wait with what you write: `wcn maintenance status`',
      ),
    ]
  }
}
