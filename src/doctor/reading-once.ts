/** The services of actions that `doctor` has in common with other commands: silent, and on one reading of the chain. */
import type { Chain, WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'

/** What they would note or warn of is a check of some group; what they read is what every other group sees. */
export function readingOnce(services: Services, snapshot: () => Promise<WriteSnapshot>): Services {
  const chain = async (): Promise<Chain> => {
    const real = await services.chain()
    return {
      ...real,
      readCluster: async (at) => (at === undefined ? snapshot() : real.readCluster(at)),
      readClusterForWrite: async (account, contract) => {
        const read = await snapshot()
        return contract === undefined && read.account.address === account
          ? read
          : real.readClusterForWrite(account, contract)
      },
      readAccount: async (account) => {
        const read = await unlessNoCluster(snapshot)
        return read?.account.address === account ? read : real.readAccount(account)
      },
    }
  }
  return { ...services, chain, talk: { ...services.talk, note: () => undefined, warn: () => undefined } }
}

/** An account is there without a cluster; where no provider answers, asking again gets no answer either. */
async function unlessNoCluster(snapshot: () => Promise<WriteSnapshot>): Promise<WriteSnapshot | null> {
  try {
    return await snapshot()
  } catch (error) {
    const isElsewhere =
      error instanceof WcnError && ['SETTING_MISSING', 'NOT_A_CONTRACT', 'NOT_A_CLUSTER'].includes(error.code)
    if (isElsewhere) return null
    throw error
  }
}
