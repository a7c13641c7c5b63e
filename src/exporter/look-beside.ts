/** What the exporter finds out beside `cluster status`: how each RPC provider is, and how long the account pays for writes. */
import { ifSet } from '../base/if-set.js'
import type { ProviderProbe } from '../chain/provider-probe.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { fundsOf } from '../operator/operator-funds.js'

export interface BesideStatus {
  readonly providers: readonly ProviderProbe[]
  /** Null where no operator is set, or it could not be read. */
  readonly funds: {
    readonly account: string
    readonly balanceEth: number
    readonly writesLeft: number | null
  } | null
}

export async function lookBeside(services: Services): Promise<BesideStatus> {
  const [providers, funds] = await Promise.all([services.probeProviders(), fundsOrNull(services)])
  return { providers, funds }
}

/** The cluster was read all the same: a gap is not worth the whole look. */
async function fundsOrNull(services: Services): Promise<BesideStatus['funds']> {
  const account = await ifSet(() => services.settings.operator())
  if (account === null) return null
  try {
    const chain = await services.chain()
    const snapshot = await chain.readAccount(account)
    const funds = await fundsOf(services, snapshot, () => chain.readClusterForWrite(account))
    const left = funds.writes_left
    return { account, balanceEth: Number(funds.balance_eth), writesLeft: left === null ? null : Number(left) }
  } catch (error) {
    if (error instanceof WcnError) return null
    throw error
  }
}
