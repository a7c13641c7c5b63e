/** What must have happened between two views of a cluster, where nobody gives the events themselves. */
import { equalBytes } from '../../base/hex.js'
import type { EventMeaning } from '../../cluster/cluster-event.js'
import { type ClusterView, findOperator } from '../../cluster/cluster-view.js'

/** In the order in which the contract would have taken them; what was undone in between leaves nothing to see. */
export function inferEvents(before: ClusterView, after: ClusterView): readonly EventMeaning[] {
  return [
    ...ownership(before, after),
    ...maintenanceLeft(before, after),
    ...operators(before, after),
    ...settings(before, after),
    ...migration(before, after),
    ...maintenanceEntered(before, after),
  ]
}

function ownership(before: ClusterView, after: ClusterView): readonly EventMeaning[] {
  if (before.owner === after.owner) return []
  return [{ kind: 'ownership-transferred', from: before.owner, to: after.owner }]
}

/** By whom a slot was freed is not in a view. */
function maintenanceLeft(before: ClusterView, after: ClusterView): readonly EventMeaning[] {
  if (before.maintenance === null || before.maintenance === after.maintenance) return []
  return [{ kind: 'maintenance-left', operator: before.maintenance }]
}

function maintenanceEntered(before: ClusterView, after: ClusterView): readonly EventMeaning[] {
  if (after.maintenance === null || before.maintenance === after.maintenance) return []
  return [{ kind: 'maintenance-entered', operator: after.maintenance }]
}

function operators(before: ClusterView, after: ClusterView): readonly EventMeaning[] {
  const stays = ({ id, slot }: ClusterView['operators'][number], view: ClusterView) => {
    const other = findOperator(view, id)
    return other?.slot === slot ? other : null
  }
  const gone = before.operators.filter((one) => stays(one, after) === null)
  return [
    ...gone.map(({ id, slot }) => ({ kind: 'operator-removed', operator: id, slot }) as const),
    ...after.operators.flatMap((operator): readonly EventMeaning[] => {
      const { id, slot, data } = operator
      const old = stays(operator, before)
      if (old === null) return [{ kind: 'operator-added', operator: id, slot, data }]
      return equalBytes(old.data, data) ? [] : [{ kind: 'operator-updated', operator: id, slot, data }]
    }),
  ]
}

function settings(before: ClusterView, after: ClusterView): readonly EventMeaning[] {
  const [old, now] = [before.settings, after.settings]
  const isSame =
    old.maxOperatorDataBytes === now.maxOperatorDataBytes &&
    old.minOperators === now.minOperators &&
    equalBytes(before.settingsExtra, after.settingsExtra)
  if (isSame) return []
  const { maxOperatorDataBytes, minOperators } = now
  return [
    {
      kind: 'settings-updated',
      by: after.owner,
      settings: { maxOperatorDataBytes, minOperators, extra: after.settingsExtra },
    },
  ]
}

/** Ends of an earlier one first. */
function migration(before: ClusterView, after: ClusterView): readonly EventMeaning[] {
  const [old, now] = [before.migration, after.migration]
  const id = now?.id ?? 0n
  const isNew = id !== (old?.id ?? 0n)
  const wasPulling = before.pullingOperators ?? []
  const isPulling = after.pullingOperators ?? []
  const started: readonly EventMeaning[] =
    isNew && after.newKeyspace !== null
      ? [{ kind: 'migration-started', id, slots: after.newKeyspace, keyspaceVersion: after.keyspaceVersion }]
      : []
  if (wasPulling.length === 0) return started
  const earlier = old?.id ?? 0n
  if ((old?.abortedAt ?? 0n) !== (now?.abortedAt ?? 0n)) return [{ kind: 'migration-aborted', id: earlier }, ...started]
  const done = wasPulling.filter((slot) => isNew || !isPulling.includes(slot))
  const isOver = isNew || isPulling.length === 0
  return [
    ...done.flatMap((slot, place): readonly EventMeaning[] => {
      const operator = before.operators.find((one) => one.slot === slot)?.id
      const kind = isOver && place === done.length - 1 ? 'migration-completed' : 'data-pulled'
      return operator === undefined ? [] : [{ kind, id: earlier, operator }]
    }),
    ...started,
  ]
}
