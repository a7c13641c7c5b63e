/**
 * The cluster that nodes are compared with while they are looked at. A write may fall between reading it and asking
 * them: where a node shows something newer, it is read again before anybody is called wrong.
 */

import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'

export type ReferenceCluster = ReturnType<typeof createReferenceCluster>

/** A node that claims whatever it likes makes no more than these. */
const MAX_READINGS = 3

export function createReferenceCluster({ chain }: Services, { contract, view }: ClusterSnapshot) {
  let newest = view
  let readings = 0
  let reading: Promise<void> | null = null
  const readAgain = async () => {
    try {
      const read = await (await chain()).readCluster({ contract })
      if (read.view.version > newest.version) newest = read.view
    } catch {
      // What was read first still holds; whoever asks next about the chain is told what is wrong with it.
    }
  }
  return {
    view: () => newest,
    /** Reads it again where it is older than `version`. */
    async atLeast(version: bigint) {
      if (version <= newest.version) return newest
      if (reading === null && readings++ < MAX_READINGS)
        reading = readAgain().finally(() => {
          reading = null
        })
      await reading
      return newest
    },
  }
}
