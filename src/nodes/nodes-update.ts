/** `nodes update`: one node by flags, the whole list by `-f FILE`, or exactly what a plan says by `--plan FILE`. */
import type { Services } from '../cli/services.js'
import { plainNode, storeNode } from '../cluster/plain-node.js'
import { selectBoundNode } from '../cluster/select-node.js'
import { WcnError } from '../errors/wcn-error.js'
import { openVerification, type VerifyInput } from '../health/require-answering.js'
import { type EditInput, editOperator } from '../write/edit-operator.js'
import { type NodeFlags, requireNewValues, requireSelector } from './node-flags.js'

interface NodesUpdateInput extends EditInput, NodeFlags, VerifyInput {
  readonly node?: string
  readonly index?: string
  readonly file?: string
  readonly plan?: string
}

/** Throws USAGE and what the three ways throw. */
export async function run(services: Services, input: NodesUpdateInput) {
  const { file, plan } = input
  const ways = [file !== undefined, plan !== undefined, input.node !== undefined || input.index !== undefined]
  if (ways.filter(Boolean).length !== 1)
    throw new WcnError('USAGE', 'nodes update takes either one node, or -f FILE, or --plan FILE', {
      hint: 'see `wcn nodes update --help`',
    })
  if (plan !== undefined) {
    requireNone(input, [...NODE_FLAGS, ['replaceUndecodable', '--replace-undecodable']], '--plan')
    return (await import('./nodes-plan.js')).applyPlan(services, { ...input, plan })
  }
  if (file !== undefined) {
    requireNone(input, NODE_FLAGS, '--file')
    return (await import('./nodes-apply.js')).applyNodesFile(services, { ...input, file })
  }
  requireNone(input, FILE_FLAGS, 'a single node')
  return updateOneNode(services, input)
}

/** Throws what selecting, verifying and editOperator throw. A new peer ID re-encrypts the addresses. */
async function updateOneNode(services: Services, input: NodesUpdateInput) {
  const selector = requireSelector(input)
  const values = requireNewValues(input)
  return editOperator(services, input, {
    title: `update node ${selector}`,
    encrypts: true,
    verify: await openVerification(services, input),
    apply: ({ data, first, key }) => {
      const index = selectBoundNode(first.nodes, data.nodes, selector, key)
      const before = data.nodes[index]
      if (!before) throw new Error('the selected node is not in the list')
      return { ...data, nodes: data.nodes.with(index, storeNode({ ...plainNode(before, key), ...values }, key)) }
    },
  })
}

const NODE_FLAGS = [
  ['peerId', '--peer-id'],
  ['ipAddress', '--ip-address'],
  ['privateIpAddress', '--private-ip-address'],
  ['primaryPort', '--primary-port'],
  ['secondaryPort', '--secondary-port'],
] as const
const FILE_FLAGS = [
  ['maxRemovals', '--max-removals'],
  ['revokeAll', '--revoke-all'],
  ['replaceUndecodable', '--replace-undecodable'],
] as const

/** A flag that would be ignored is somebody's mistake. Throws USAGE. */
function requireNone(
  input: NodesUpdateInput,
  flags: readonly (readonly [name: keyof NodesUpdateInput, flag: string])[],
  way: string,
): void {
  const stray = flags.find(([name]) => input[name] !== undefined)
  if (!stray) return
  throw new WcnError('USAGE', `${stray[1]} means nothing with ${way}`, { hint: 'see `wcn nodes update --help`' })
}
