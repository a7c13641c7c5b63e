/** `nodes update`: one node by flags, the whole list by `-f FILE`, or exactly what a plan says by `--plan FILE`. */
import type { Services } from '../core/ports.js'
import { WcnError } from '../errors/wcn-error.js'
import { applyNodesFile, type NodesApplyInput } from './nodes-apply.js'
import { applyPlan } from './nodes-plan.js'
import { type NodesUpdateOneInput, updateOneNode } from './nodes-update-one.js'

export interface NodesUpdateInput extends NodesUpdateOneInput, NodesApplyInput {
  readonly plan?: string
}

export async function run(services: Services, input: NodesUpdateInput) {
  const { file, plan } = input
  const ways = [file !== undefined, plan !== undefined, input.node !== undefined || input.index !== undefined]
  if (ways.filter(Boolean).length !== 1)
    throw new WcnError('USAGE', 'nodes update takes either one node, or -f FILE, or --plan FILE', {
      hint: 'see `wcn nodes update --help`',
    })
  if (plan !== undefined) return applyPlan(services, { ...input, plan })
  if (file !== undefined) return applyNodesFile(services, { ...input, file })
  return updateOneNode(services, input)
}
