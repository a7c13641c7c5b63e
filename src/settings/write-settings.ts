/** Settings of what sends transactions: when one counts as done, what it may cost, where it is written down. */
import { isAbsolute, join } from 'node:path'
import { looksLikeKey } from '../base/key-like.js'
import { quote } from '../base/quote.js'
import { FINALITIES } from '../chain/transaction.js'
import { WcnError } from '../errors/wcn-error.js'
import { homeOfUser } from './home-directory.js'
import { FINALITY, MAX_COST, MAX_FEE, MIN_FUNDS, STATE_DIRECTORY } from './setting-names.js'
import { amount } from './setting-values.js'
import type { Settings } from './settings.js'
import { createSources, type Environment, type SettingNames, type Sources, waysToSet } from './sources.js'

const GWEI_DECIMALS = 9
const ETHER_DECIMALS = 18

type WriteSettings = Pick<Settings, 'finality' | 'maxFeePerGas' | 'maxCostWei' | 'minFundsWei' | 'stateDirectory'>

/** Where what takes no settings looks for what was remembered. */
export function stateDirectoryOf(environment: Environment): string {
  return resolveWriteSettings(createSources({}, environment, null), environment).stateDirectory()
}

export function resolveWriteSettings(sources: Sources, environment: Environment): WriteSettings {
  const limit = (names: SettingNames, unit: string, decimals: number): bigint | null => {
    const found = sources.find(names)
    return found && amount(found.value, found.source, unit, decimals)
  }
  return {
    finality() {
      const found = sources.find(FINALITY)
      if (!found) return 'included'
      const level = FINALITIES.find((known) => known === found.value)
      if (level) return level
      throw new WcnError('SETTING_INVALID', `${found.source} is ${quote(found.value)}, which is no level of finality`, {
        hint: `write ${FINALITIES.join(', ')}`,
      })
    },
    maxFeePerGas: () => limit(MAX_FEE, 'gwei', GWEI_DECIMALS),
    maxCostWei: () => limit(MAX_COST, 'ETH', ETHER_DECIMALS),
    minFundsWei: () => limit(MIN_FUNDS, 'ETH', ETHER_DECIMALS),
    stateDirectory() {
      const found = sources.find(STATE_DIRECTORY)
      if (!found) return join(stateHome(environment), 'wcn')
      if (!looksLikeKey(found.value)) return found.value
      throw new WcnError('SETTING_INVALID', `${found.source} looks like a key, and a directory is wanted`, {
        hint: 'a key file is named with --private-key-file or --encryption-key-file',
      })
    },
  }
}

/**
 * XDG base directories, version 0.8: a relative path is invalid and counts as not set. Throws SETTING_MISSING for users
 * that the system does not know, as in many containers.
 */
function stateHome(environment: Environment): string {
  const { XDG_STATE_HOME, LOCALAPPDATA } = environment
  if (XDG_STATE_HOME && isAbsolute(XDG_STATE_HOME)) return XDG_STATE_HOME
  if (process.platform === 'win32' && LOCALAPPDATA) return LOCALAPPDATA
  const home = homeOfUser(environment)
  if (home !== null) return join(home, '.local', 'state')
  throw new WcnError('SETTING_MISSING', 'this user has no home directory to keep journals and locks in', {
    hint: `set ${waysToSet(STATE_DIRECTORY)}`,
  })
}
