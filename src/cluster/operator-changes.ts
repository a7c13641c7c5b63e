/** Compares two versions of an operator's data, and gives the difference as people and scripts are shown it. */
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { OperatorData, StoredClient, StoredNode } from './codec/operator-data.js'
import { pairUp, type Sign } from './pair-up.js'
import { nodeIdentity } from './plain-node.js'
import { clientJson, nodeJson, nodesJson } from './to-json.js'

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
  // Without the key null: ciphertext of one address differs from peer ID to peer ID.
  const endpoint = (node: StoredNode) => {
    const { ipv4_addr, primary_port } = nodeJson(node, key)
    return ipv4_addr === null ? null : `${ipv4_addr}:${primary_port}`
  }
  const peerId = (item: StoredNode | StoredClient) => item.peerId
  const jsons = (nodes: readonly StoredNode[]) => nodesJson(nodes, key)
  return [
    ...(before?.name === after.name
      ? []
      : [{ op: before ? 'update' : 'add', path: 'name', before: before?.name ?? null, after: after.name } as const]),
    ...listChanges('nodes', before?.nodes ?? [], after.nodes, [nodeIdentity, peerId, endpoint], jsons),
    ...listChanges('clients', before?.clients ?? [], after.clients, [clientIdentity, peerId], (clients) =>
      clients.map(clientJson),
    ),
  ]
}

export function clientIdentity({ peerId, namespaces }: StoredClient): string {
  return `${peerId}|${namespaces.join(',')}`
}

function listChanges<T>(
  path: string,
  before: readonly T[],
  after: readonly T[],
  signs: readonly [identity: Sign<T>, ...likenesses: Sign<T>[]],
  jsons: (items: readonly T[]) => readonly unknown[],
): readonly Change[] {
  const pairs = pairUp(before, after, [...signs, (_, index) => String(index)])
  const [successors, predecessors] = [
    new Set(pairs.map(([from]) => from)),
    new Map(pairs.map(([from, to]) => [to, from])),
  ]
  const [identity] = signs
  return [
    ...after.flatMap((item, index): Change[] => {
      const place = `${path}[${index}]`
      const old = before.slice(predecessors.get(index) ?? before.length)[0]
      if (old === undefined) return [{ op: 'add', path: place, before: null, after: jsons([item])[0] }]
      // Most are the same, and addresses take their time to be decrypted.
      if (identity(old, 0) === identity(item, 0)) return []
      const [was, is] = jsons([old, item])
      return [{ op: 'update', path: place, before: was, after: is }]
    }),
    ...before.flatMap((item, index): Change[] =>
      successors.has(index) ? [] : [{ op: 'remove', path: `${path}[${index}]`, before: jsons([item])[0], after: null }],
    ),
  ]
}

/**
 * Whether an edit that is applied once more does what was consented to. Places in a list don't count: others may have
 * moved them; what is changed from what into what does.
 */
export function sameChanges(a: readonly Change[], b: readonly Change[]): boolean {
  const withoutPlace = ({ op, path, before, after }: Change) =>
    JSON.stringify([op, path.replace(/\[\d+\]$/, '[]'), before, after])
  const [ours, theirs] = [a, b].map((changes) => changes.map(withoutPlace).sort())
  return JSON.stringify(ours) === JSON.stringify(theirs)
}
