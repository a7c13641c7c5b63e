/** The operator's nodes, looked at as a peer of the network would; for the groups that tell of them, of the database and the key. */

import type { Services } from '../cli/services.js'
import { type Examiner, openExaminer } from '../health/examiner.js'
import { expectedNodes } from '../health/model/expected-node.js'
import { requireDecoded } from '../read/read-operator.js'
import { type Examination, known, type Looks } from './looks.js'

/** `services` read the chain anew, where a node is ahead of what was read. Throws what its parts throw: where a key is wrong, addresses are anybody's, and nobody is asked. */
export async function examineNodes(looks: Looks, services: Services): Promise<Examination> {
  const { key } = await looks.encryptionKey()
  const [snapshot, slot] = [await looks.snapshot(), await looks.slot()]
  const { nodes } = requireDecoded({ snapshot, slot, key })
  const examiner = await openedExaminer(looks, services)
  const about = { snapshot, operator: slot.id }
  return { examiner, nodes: await examiner.examine(expectedNodes(nodes, key), about) }
}

/** A key that can't be used is said by `keys`: nodes are looked at all the same, as a stranger. */
async function openedExaminer({ input, nodeKey }: Looks, services: Services): Promise<Examiner> {
  const { nodeKeyFile: _, ...others } = input
  if ((await known(nodeKey)) !== null) return openExaminer(services, input)
  return openExaminer({ ...services, settings: { ...services.settings, nodeKeyFile: () => null } }, others)
}
