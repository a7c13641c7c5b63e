/** Looks at nodes, and shows whoever waits for it how far that is. */
import type { Address } from '../../core/address.js'
import type { ExpectedNode, NodeHealth } from '../../core/health/node-health.js'
import type { ClusterSnapshot } from '../../core/ports/chain.js'
import type { Services } from '../../core/ports/services.js'
import type { Examiner } from './examiner.js'

export async function examineShown(
  { talk }: Pick<Services, 'talk'>,
  examiner: Examiner,
  nodes: readonly ExpectedNode[],
  { snapshot, operator }: { readonly snapshot: ClusterSnapshot; readonly operator: Address },
): Promise<readonly NodeHealth[]> {
  const progress = talk.progress('looking at nodes')
  try {
    return await examiner.examine(nodes, { snapshot, operator }, { onDone: progress.update })
  } finally {
    progress.end()
  }
}
