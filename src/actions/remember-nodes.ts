/** Keeps the nodes that were last looked at, so that a shell can complete them (`wcn completion`). */
import type { OperatorSlot } from '../core/cluster/cluster-view.js'
import type { Services } from '../core/ports/services.js'

/** Never throws: whatever goes wrong, the command goes on. */
export async function rememberNodes({ state }: Services, { decoded }: OperatorSlot): Promise<void> {
  if (!decoded) return
  try {
    await (await state()).rememberNodes(decoded.nodes.map(({ peerId }, index) => ({ index, peerId })))
  } catch {
    // No place to keep them.
  }
}
