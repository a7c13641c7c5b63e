/** `nodes check --watch`: says of each look what is other than at the one before. */
import { type Check, check } from '../base/check.js'
import type { Services } from '../cli/services.js'
import { looks } from '../cli/watch.js'
import { WcnError } from '../errors/wcn-error.js'

interface Look {
  readonly checks: readonly Check[]
  readonly changed: readonly string[] | null
}

interface Watch<Held, Data extends Look> {
  readonly held: Held
  /** What is looked at and held against, as it is now. */
  readonly read: () => Promise<Held>
  readonly look: (held: Held) => Promise<Data>
  readonly first: Data
  readonly intervalMs: number
}

/** Also where the cluster can't be read: nodes are held against what was last read. */
export async function* watchChecks<Held, Data extends Look>(
  services: Services,
  { read, look, intervalMs, ...start }: Watch<Held, Data>,
): AsyncGenerator<Data> {
  let { held, first: before } = start
  yield* looks(services, intervalMs, async () => {
    const stale: Check[] = []
    try {
      held = await read()
    } catch (error) {
      if (!(error instanceof WcnError)) throw error
      const what = `what follows is held against an earlier state of the cluster: ${error.message}`
      stale.push(check('cluster', 'warn', what, error.hint ?? null))
    }
    const data = await look(held)
    const checks = [...stale, ...data.checks]
    const seen = { ...data, checks, changed: changedChecks(before.checks, checks) }
    before = seen
    return seen
  })
}

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
