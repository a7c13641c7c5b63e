/** Reads the cluster as an earlier block shows it. */
import { quote } from '../base/quote.js'
import type { Chain, ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { warnOfProblems } from './read-operator.js'

/** `text`: a block number. Throws SETTING_INVALID, USAGE for a block after the newest, and RPC_ERROR for one whose state no provider has. */
export async function readAtBlock(services: Services, text: string, source: string): Promise<ClusterSnapshot> {
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text))
    throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, which is not the number of a block`, {
      hint: 'write a block number in decimal digits',
    })
  const chain = await services.chain()
  const number = Number(text)
  const reading = chain.readCluster({ block: number })
  // Without it that would wait until the block comes.
  await Promise.race([reading, requireThere(chain, number, source)]).catch(passOn)
  const snapshot = await reading.catch((error: unknown) => {
    throw error instanceof WcnError ? explained(error, number) : error
  })
  warnOfProblems(services, snapshot.view)
  return snapshot
}

/** Throws USAGE for a block that is later than the newest; a server that lags may not have it yet. */
async function requireThere(chain: Chain, number: number, source: string): Promise<void> {
  const [hash] = await chain.blockHashes([number])
  if (hash !== null) return
  const newest = (await chain.readCluster()).block.number
  if (number > newest)
    throw new WcnError('USAGE', `${source} is block ${number}, which is not there yet: the newest is ${newest}`, {
      hint: 'give an earlier block',
    })
}

/** Whatever else fails, reading it says better. */
function passOn(error: unknown): void {
  if (error instanceof WcnError && error.code === 'USAGE') throw error
}

/** What is wrong with the block rather than with the chain. */
function explained(error: WcnError, number: number): WcnError {
  if (error.code !== 'NOT_A_CONTRACT' && error.code !== 'NOT_A_CLUSTER') return error
  return error.retold({ message: `as of block ${number} ${error.message}`, hint: 'it may have been deployed later' })
}
