/** Decides the one next thing to do, from how things stand: what holds up everything else comes first. */

export interface Standing {
  /** Of this operator's account on this chain, that were sent and have no end yet. */
  readonly open: number
  /** Why the network's nodes reject the cluster. */
  readonly problems: readonly string[]
  /** Null: nothing says who is meant. */
  readonly operator: string | null
  /** `undecodable`: nobody can read its data. */
  readonly member: 'no' | 'yes' | 'undecodable'
  /** Null where it is nobody's to be told. */
  readonly writesLeft: number | null
  readonly inMaintenance: boolean
  readonly migration: 'none' | 'running' | 'pulls'
  readonly nodes: NodesStanding
}

/** `down`: labels of those that are not up. `unknown`: why nothing can be said of any. */
export type NodesStanding =
  | { readonly kind: 'checked'; readonly total: number; readonly down: readonly string[] }
  | { readonly kind: 'unknown'; readonly total: number | null; readonly why: 'key' | 'other' }

/** `command`: what to type; null where there is nothing to type. */
export interface NextStep {
  readonly say: string
  readonly command: string | null
}

/** So few writes are soon none. */
const FEW_WRITES = 5
const MIN_NODES = 2

export function nextStep(standing: Standing): NextStep {
  const { open, problems, operator, member, writesLeft, inMaintenance, migration, nodes } = standing
  if (open > 0) return step('find out what became of what was sent, before anything else is', 'wcn tx resume')
  if (problems.length > 0) return step("tell the cluster's owner: the network's nodes reject this cluster", null)
  if (operator === null)
    return step('say who you are: --operator ADDRESS, or a key, which you can make', 'wcn operator keygen')
  if (member === 'no') return step('ask to join the cluster', 'wcn init')
  if (member === 'undecodable')
    return step(
      'replace your data on chain, which nobody can read',
      'wcn nodes update -f nodes.yaml --replace-undecodable',
    )
  if (writesLeft !== null && writesLeft < FEW_WRITES)
    return step(`send ETH to ${operator}: it pays for ${writesLeft} more writes`, 'wcn operator funds')
  if (inMaintenance) return step('give the maintenance slot back once your database is up', 'wcn maintenance exit')
  if (nodes.total !== null && nodes.total < MIN_NODES)
    return step(`add a node: an operator has at least ${MIN_NODES}`, 'wcn nodes add')
  const [first, ...others] = nodes.kind === 'checked' ? nodes.down : []
  if (first !== undefined)
    return step(
      `see what is wrong with ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`,
      'wcn nodes check',
    )
  if (migration === 'pulls') return step('keep nodes and database up: they pull data until the migration ends', null)
  if (nodes.kind === 'unknown')
    return nodes.why === 'key'
      ? step('give the encryption key, to see whether your nodes are up', 'wcn help settings')
      : step('find out why your nodes can not be looked at', 'wcn doctor')
  return step('nothing: all is well', null)
}

function step(say: string, command: string | null): NextStep {
  return { say, command }
}
