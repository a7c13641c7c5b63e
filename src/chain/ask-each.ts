/** Asks several providers the same at once. One that hangs must not hold up what the others know. */
import { type JsonRpc, unreachable } from './rpc/json-rpc.js'

/** So long is waited for the rest once enough have answered. */
const PATIENCE_MS = 1000

export interface Answer<T> {
  readonly rpc: JsonRpc
  readonly value: T
}

/** Both in the order of the providers. */
export interface Answers<T> {
  readonly given: readonly Answer<T>[]
  /** Why there is none: what `ask` threw. */
  readonly failures: readonly Answer<unknown>[]
}

/** Never throws. What is late goes on: its answer is nobody's any more. */
export function askEach<T>(
  rpcs: readonly JsonRpc[],
  enough: number,
  ask: (rpc: JsonRpc) => Promise<T>,
): Promise<Answers<T>> {
  const given = new Map<JsonRpc, T>()
  const failures = new Map<JsonRpc, unknown>()
  return new Promise((resolve) => {
    let patience: ReturnType<typeof setTimeout> | undefined
    let done = false
    const end = () => {
      done = true
      clearTimeout(patience)
      for (const rpc of rpcs) if (!given.has(rpc) && !failures.has(rpc)) failures.set(rpc, unreachable(rpc.host, LATE))
      resolve({ given: inOrder(rpcs, given), failures: inOrder(rpcs, failures) })
    }
    const settled = (note: () => void) => {
      if (done) return
      note()
      if (given.size + failures.size === rpcs.length) end()
      else if (given.size >= enough) patience ??= setTimeout(end, PATIENCE_MS)
    }
    if (rpcs.length === 0) end()
    for (const rpc of rpcs)
      ask(rpc).then(
        (value) => settled(() => given.set(rpc, value)),
        (error) => settled(() => failures.set(rpc, error)),
      )
  })
}

const LATE = 'it is far slower than the others'

function inOrder<T>(rpcs: readonly JsonRpc[], values: ReadonlyMap<JsonRpc, T>): readonly Answer<T>[] {
  return rpcs.filter((rpc) => values.has(rpc)).map((rpc) => ({ rpc, value: values.get(rpc) as T }))
}

/** Largest first; of two as large the one that comes first. */
export function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)
}

export function largestGroup<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return groupsOf(items, keyOf)[0] ?? []
}
