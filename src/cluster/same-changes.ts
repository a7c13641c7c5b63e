/**
 * Whether an edit that is applied once more does what was consented to. Places in a list don't count: others may have
 * moved them; what is changed from what into what does.
 */
import type { Change } from './operator-changes.js'

export function sameChanges(a: readonly Change[], b: readonly Change[]): boolean {
  const [ours, theirs] = [a, b].map((changes) => changes.map(withoutPlace).sort())
  return JSON.stringify(ours) === JSON.stringify(theirs)
}

function withoutPlace({ op, path, before, after }: Change): string {
  return JSON.stringify([op, path.replace(/\[\d+\]$/, '[]'), before, after])
}
