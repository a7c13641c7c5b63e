/** `nodes diff -f FILE`: what `nodes update -f FILE` would change; needs no private key. `--out` makes a plan of it. */
import { type Change, operatorChanges } from '../core/cluster/operator-changes.js'
import { requireValidOperatorData } from '../core/cluster/preconditions.js'
import type { ActionResult, Services } from '../core/ports/services.js'
import { EXIT_CHANGES_PRESENT } from '../errors/exit-codes.js'
import { editFromFile, type NodesFileInput } from './nodes-apply.js'
import { nodesPlan, renderPlan } from './nodes-plan.js'
import { readNodesFile } from './read-nodes-file.js'
import { readOperator, requireDecoded } from './read-operator.js'
import { requireMatchingKey } from './require-cluster.js'

export interface NodesDiffInput extends NodesFileInput {
  readonly file: string
  readonly out?: string
  readonly force?: boolean
  readonly detailedExitcode?: boolean
  readonly forceEncryptionKey?: boolean
}

export interface NodesDiffJson {
  readonly changes: readonly Change[]
  readonly plan_file: string | null
}

/** Exit 10 with `--detailed-exitcode` when there are changes. Throws what the update would throw before sending. */
export async function run(services: Services, input: NodesDiffInput): Promise<ActionResult<NodesDiffJson>> {
  const wanted = await readNodesFile(services, input.file)
  const key = await services.settings.requireEncryptionKey()
  const reading = await readOperator(services)
  const { snapshot, slot } = reading
  // A plan starts from data that decodes: what can't be read can't be compared when it is carried out.
  if (!input.replaceUndecodable || input.out !== undefined) requireDecoded(reading)
  requireMatchingKey(snapshot.view, key, input.forceEncryptionKey === true)
  const after = editFromFile(services, input, wanted, slot.decoded, key)
  const changes = operatorChanges(slot.decoded, after, key)
  // Where nothing is to be done, the update checks nothing either: limits may have shrunk since.
  const blob = changes.length === 0 ? slot.data : requireValidOperatorData(after, snapshot.view.settings)
  if (input.out !== undefined)
    await services.files.write(input.out, renderPlan(nodesPlan(snapshot, slot, blob)), {
      mode: 0o644,
      overwrite: input.force === true,
    })
  const exitCode = input.detailedExitcode && changes.length > 0 ? EXIT_CHANGES_PRESENT : 0
  return { data: { changes, plan_file: input.out ?? null }, exitCode }
}
