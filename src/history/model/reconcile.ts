/** Holds what was told of a chain against what it says now: a reorganisation takes some of it back. */
import type { ClusterEvent } from '../../cluster/cluster-event.js'

interface Told {
  readonly event: Pick<ClusterEvent, 'kind' | 'transaction' | 'version'>
}

/** Both in the order of the chain; `undone` begins with what was told last. */
export function reconcile<T extends Told>(told: readonly T[], seen: readonly T[]) {
  const differs = told.findIndex((one, index) => !isSame(one, seen[index]))
  const same = differs < 0 ? told.length : differs
  return { undone: told.slice(same).reverse(), fresh: seen.slice(same) }
}

/** In whichever block a reorganisation puts it, an event is told once. */
function isSame({ event }: Told, other: Told | undefined): boolean {
  const { kind, transaction, version } = other?.event ?? {}
  return event.kind === kind && event.transaction === transaction && event.version === version
}
