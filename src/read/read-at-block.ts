/** Reads the cluster as an earlier block shows it. */
import { quote } from '../base/quote.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { warnOfProblems } from './read-operator.js'

/** `text`: a block number. Throws SETTING_INVALID, and RPC_ERROR for a block that no provider has, or has the state of. */
export async function readAtBlock(services: Services, text: string, source: string): Promise<ClusterSnapshot> {
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text))
    throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, which is not the number of a block`, {
      hint: 'write a block number in decimal digits',
    })
  const snapshot = await (await services.chain()).readCluster({ block: Number(text) })
  warnOfProblems(services, snapshot.view)
  return snapshot
}
