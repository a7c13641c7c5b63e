/** A node of the cluster as people read how it is: in a word, and why. */
import type { ClusterStatusJson } from '../cluster-status.js'

type NodeJson = ClusterStatusJson['operators'][number]['nodes'][number]

export function isIll({ state, caught_up, database }: NodeJson): boolean {
  return state !== 'up' || caught_up === false || database === false
}

/** And how bad that is. */
export function nodeInWords(node: NodeJson): readonly [tone: 'good' | 'warn' | 'bad', words: string] {
  if (node.state !== 'up') return node.state === 'one-port' ? ['warn', 'at one port'] : ['bad', spaced(node.state)]
  if (node.caught_up === false) return ['warn', 'behind']
  return node.database === false ? ['warn', 'no database'] : ['good', 'up']
}

export function spaced(state: string): string {
  return state.replace('-', ' ')
}

/** Empty where all is well. It may quote untrusted text. */
export function whyIll({ problem, caught_up, cluster_behind, keyspace_behind, database }: NodeJson): string {
  if (problem !== null) return problem
  if (caught_up === false)
    return `${cluster_behind ?? 0} versions of the cluster, ${keyspace_behind ?? 0} of the keyspace behind`
  return database === false ? 'it does not see its database' : ''
}
