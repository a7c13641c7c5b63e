/** `nodes diff -f FILE`: what `nodes update -f FILE` would change; needs no private key. `--out` makes a plan of it. */

import type { Services } from '../cli/services.js'
import { requireWritable } from '../cluster/judge-write.js'
import { operatorChanges } from '../cluster/operator-changes.js'
import { readNodesFile } from '../deploy/read-nodes-file.js'
import { EXIT_CHANGES_PRESENT } from '../errors/exit-codes.js'
import { readOperator, requireDecoded } from '../read/read-operator.js'
import { requireMatchingKey } from '../read/require-cluster.js'
import { type AllowanceFlags, allowances } from '../write/allowances.js'
import { editFromFile } from './nodes-apply.js'
import { planText } from './nodes-plan.js'

interface NodesDiffInput extends AllowanceFlags {
  readonly file: string
  readonly out?: string
  readonly force?: boolean
  readonly detailedExitcode?: boolean
  readonly forceEncryptionKey?: boolean
}

/** Exit 10 with `--detailed-exitcode` when there are changes. Throws what the update would throw before sending. */
export async function run(services: Services, input: NodesDiffInput) {
  const wanted = await readNodesFile(services, input.file)
  const key = await services.settings.requireEncryptionKey()
  const reading = await readOperator(services)
  const { snapshot, slot } = reading
  // A plan starts from data that decodes: what can't be read can't be compared when it is carried out.
  if (!input.replaceUndecodable || input.out !== undefined) requireDecoded(reading)
  requireMatchingKey(snapshot.view, key, input.forceEncryptionKey === true)
  const after = editFromFile(wanted, slot.decoded, key)
  const changes = operatorChanges(slot.decoded, after, key)
  // Where nothing is to be done, the update checks nothing either: limits may have shrunk since.
  const { maxOperatorDataBytes: maxDataBytes } = snapshot.view.settings
  const write = { slot, after, key, maxDataBytes, allowed: allowances(services, input) }
  const blob = changes.length === 0 ? slot.data : requireWritable(write)
  if (input.out !== undefined)
    await services.files.write(input.out, planText(snapshot, slot, blob), {
      mode: 0o644,
      overwrite: input.force === true,
    })
  const exitCode = input.detailedExitcode && changes.length > 0 ? EXIT_CHANGES_PRESENT : 0
  return { data: { changes, plan_file: input.out ?? null }, exitCode }
}
