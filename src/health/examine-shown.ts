/** Looks at nodes, and shows whoever waits for it how far that is. */
import type { Address } from '../base/address.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { Examiner } from './examiner.js'
import type { ExpectedNode, NodeHealth } from './model/node-health.js'

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
