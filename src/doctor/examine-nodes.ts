/** The operator's nodes, looked at as a peer of the network would; for the groups that tell of them, of the database and the key. */

import type { Services } from '../cli/services.js'
import { type Examiner, openExaminer } from '../health/examiner.js'
import { expectedNodes } from '../health/model/expected-node.js'
import { requireDecoded } from '../read/read-operator.js'
import { type DoctorContext, type Examination, orNull } from './doctor-context.js'

/** `services` read the chain anew, where a node is ahead of what was read. Throws what its parts throw: where a key is wrong, addresses are anybody's, and nobody is asked. */
export async function examineNodes(context: DoctorContext, services: Services): Promise<Examination> {
  const { key } = await context.encryptionKey()
  const [snapshot, slot] = [await context.snapshot(), await context.slot()]
  const { nodes } = requireDecoded({ snapshot, slot, key })
  const examiner = await openedExaminer(context, services)
  const about = { snapshot, operator: slot.id }
  return { examiner, nodes: await examiner.examine(expectedNodes(nodes, key), about) }
}

/** A key that can't be used is said by `keys`: nodes are looked at all the same, as a stranger. */
async function openedExaminer({ input, nodeKey }: DoctorContext, services: Services): Promise<Examiner> {
  const { nodeKeyFile: _, ...others } = input
  if ((await orNull(nodeKey)) !== null) return openExaminer(services, input)
  return openExaminer({ ...services, settings: { ...services.settings, nodeKeyFile: () => null } }, others)
}
