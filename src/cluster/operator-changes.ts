/** The difference between two versions of an operator's data, as people and scripts are shown it. */
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { OperatorData, StoredClient, StoredNode } from './codec/operator-data.js'
import { clientJson, type NodeJson, nodeJson } from './to-json.js'

/** `path` is `name`, `nodes[2]`, `clients[0]`, `maintenance`…; an index means the place in the list it belongs to. */
export interface Change {
  readonly op: 'add' | 'remove' | 'update'
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/**
 * Pairs what stayed, then names the rest. Order alone is no change (docs/dev/command-line.md). `before` null: a new operator.
 * Paths of added and updated items are places in the new list, those of removed ones places in the old list.
 */
export function operatorChanges(
  before: OperatorData | null,
  after: OperatorData,
  key: EncryptionKey | null,
): readonly Change[] {
  const changes: Change[] = []
  if (before?.name !== after.name)
    changes.push({ op: before ? 'update' : 'add', path: 'name', before: before?.name ?? null, after: after.name })
  changes.push(
    ...listChanges('nodes', before?.nodes ?? [], after.nodes, {
      identity: nodeIdentity,
      likenesses: [(node) => node.peerId, (node) => endpoint(nodeJson(node, key))],
      json: (node) => nodeJson(node, key),
    }),
    ...listChanges('clients', before?.clients ?? [], after.clients, {
      identity: clientIdentity,
      likenesses: [(client) => client.peerId],
      json: clientJson,
    }),
  )
  return changes
}

/** Everything of a node, ciphertext included: equal strings are equal nodes. */
export function nodeIdentity(node: StoredNode): string {
  return [node.peerId, node.ipv4, node.privateIpv4, node.primaryPort, node.secondaryPort].join('|')
}

/** Null without the key: ciphertext of one address differs from peer ID to peer ID. */
function endpoint({ ipv4_addr, primary_port }: NodeJson): string | null {
  return ipv4_addr === null ? null : `${ipv4_addr}:${primary_port}`
}

export function clientIdentity(client: StoredClient): string {
  return `${client.peerId}|${client.namespaces.join(',')}`
}

interface Item<T> {
  identity(item: T): string
  /** What a successor has in common with what it replaces, the surest sign first; null where it can't be told. */
  readonly likenesses: readonly ((item: T) => string | null)[]
  json(item: T): unknown
}

interface Placed<T> {
  readonly value: T
  readonly index: number
}

function listChanges<T>(path: string, before: readonly T[], after: readonly T[], item: Item<T>): Change[] {
  const kept = new Map<string, number>()
  for (const old of before) kept.set(item.identity(old), (kept.get(item.identity(old)) ?? 0) + 1)
  const fresh: Placed<T>[] = []
  after.forEach((value, index) => {
    const left = kept.get(item.identity(value)) ?? 0
    if (left > 0) kept.set(item.identity(value), left - 1)
    else fresh.push({ value, index })
  })
  // What is left in `kept` has no equal in the new list; taken from the end, so that equal items keep the first places.
  const gone: Placed<T>[] = []
  for (let index = before.length - 1; index >= 0; index--) {
    const value = before[index]
    if (value === undefined) continue
    const left = kept.get(item.identity(value)) ?? 0
    if (left === 0) continue
    kept.set(item.identity(value), left - 1)
    gone.unshift({ value, index })
  }
  const predecessors = new Map<Placed<T>, Placed<T>>()
  const pair = (related: (old: Placed<T>, item: Placed<T>) => boolean) => {
    for (const successor of fresh.filter((candidate) => !predecessors.has(candidate))) {
      const place = gone.findIndex((old) => related(old, successor))
      const [old] = place < 0 ? [] : gone.splice(place, 1)
      if (old) predecessors.set(successor, old)
    }
  }
  for (const likeness of item.likenesses) {
    const like = new Map([...gone, ...fresh].map((placed) => [placed, likeness(placed.value)]))
    pair((old, successor) => like.get(old) !== null && like.get(old) === like.get(successor))
  }
  pair((old, successor) => old.index === successor.index)

  return [
    ...fresh.map((successor): Change => {
      const old = predecessors.get(successor)
      const place = { path: `${path}[${successor.index}]`, after: item.json(successor.value) }
      return old ? { op: 'update', before: item.json(old.value), ...place } : { op: 'add', before: null, ...place }
    }),
    ...gone.map(
      ({ value, index }): Change => ({
        op: 'remove',
        path: `${path}[${index}]`,
        before: item.json(value),
        after: null,
      }),
    ),
  ]
}
