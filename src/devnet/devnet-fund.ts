/** `devnet fund`: gives an account ETH of a development chain, such as a newcomer's before it registers. */
import { parseAddress } from '../base/address.js'
import { weiAsEther } from '../base/wei.js'
import type { DataOf, Services } from '../cli/services.js'
import { PARSERS } from '../settings/setting-values.js'
import { readNetworkFile } from './find-network.js'

export interface Input {
  readonly address: string
  readonly amount?: string
  readonly out?: string
}

export type DevnetFundJson = DataOf<typeof run>

/** Throws ADDRESS_INVALID, SETTING_INVALID, DOCUMENT_INVALID, FILE_UNREADABLE, STATE_CHANGED where the chain is gone. */
export async function run(services: Services, { address, amount = '1', out }: Input) {
  const account = parseAddress(address, 'ADDRESS')
  const wei = PARSERS.ether(amount, '--amount')
  const { known } = await readNetworkFile(services, out)
  const balance = await (await services.developmentChain()).fund(known, account, wei)
  return {
    data: { address: account, amount_wei: String(wei), balance_wei: String(balance), balance_eth: weiAsEther(balance) },
  }
}
