/** What is new between two looks at the same things: for `--watch`. */
import type { Check } from '../../base/check.js'

/**
 * IDs of those whose status is another than before, that fail for another reason, that were not there, or that are there
 * no more. What is well may be told in other words each time. Of a node with a port that fails less can be asked: what
 * is missing of it is not over.
 */
export function changedChecks(before: readonly Check[], now: readonly Check[]): readonly string[] {
  const was = new Map(before.map((check) => [check.id, check]))
  const is = new Set(now.map(({ id }) => id))
  const changed = now.filter(({ id, status, summary }) => {
    const old = was.get(id)
    return old?.status !== status || (status === 'fail' && old.summary !== summary)
  })
  const ill = now.flatMap(({ id, status }) => {
    const label = status === 'fail' ? /^(.+\.)(?:primary|secondary)-port$/.exec(id)?.[1] : undefined
    return label === undefined ? [] : [label]
  })
  const gone = before.filter(({ id }) => !is.has(id) && !ill.some((label) => id.startsWith(label)))
  return [...new Set([...changed, ...gone].map(({ id }) => id))]
}
