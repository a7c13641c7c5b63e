/** `devnet fund`: gives an account ETH of a development chain, such as a newcomer's before it registers. */
import { parseAddress } from '../base/address.js'
import { quote } from '../base/quote.js'
import { weiAsEther } from '../base/wei.js'
import type { DataOf, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { DEFAULT_ENV_FILE, parseDevelopmentEnv } from './model/development-env-file.js'

export interface Input {
  readonly address: string
  readonly amount?: string
  readonly out?: string
}

export type DevnetFundJson = DataOf<typeof run>

const DECIMALS = 18

/** Throws ADDRESS_INVALID, SETTING_INVALID, DOCUMENT_INVALID, FILE_UNREADABLE, STATE_CHANGED where the chain is gone. */
export async function run({ files, developmentChain }: Services, { address, amount = '1', out }: Input) {
  const account = parseAddress(address, 'ADDRESS')
  const wei = parseEther(amount)
  const envFile = out ?? DEFAULT_ENV_FILE
  const known = parseDevelopmentEnv(await files.readText(envFile), envFile)
  const balance = await (await developmentChain()).fund(known, account, wei)
  return {
    data: { address: account, amount_wei: String(wei), balance_wei: String(balance), balance_eth: weiAsEther(balance) },
  }
}

function parseEther(text: string): bigint {
  const [, whole = '', part = ''] = /^(\d{1,7})(?:\.(\d{1,18}))?$/.exec(text) ?? []
  if (whole !== '') return BigInt(whole + part.padEnd(DECIMALS, '0'))
  throw new WcnError('SETTING_INVALID', `--amount is ${quote(text)}, which is not an amount of ETH such as 0.5`)
}
