/** The tool's settings: what is set where, parsed. */
import { parseAddress } from '../base/address.js'
import { DEVELOPMENT_CHAIN_ID, OP_MAINNET } from '../base/chain-ids.js'
import { once } from '../base/once.js'
import { WcnError } from '../errors/wcn-error.js'
import { describeSettings } from './describe-settings.js'
import { oneOf } from './one-of.js'
import { firstRpcUrl, resolveProviders } from './provider-settings.js'
import { takeSecret, waysToGive } from './secret-setting.js'
import { ALLOW_PRIVATE, CHAIN_ID, CONTRACT_ADDRESS, ENCRYPTION_KEY, NODE_KEY_FILE, TIMEOUT } from './setting-names.js'
import { parseDuration, positiveInteger, truth } from './setting-values.js'
import type { Settings } from './settings.js'
import type { Role, SettingsTools } from './settings-tools.js'
import { resolveSigner } from './signer-settings.js'
import { placeOf, type Sources, waysToSet } from './sources.js'
import { resolveWriteSettings } from './write-settings.js'

export function resolveSettings(
  sources: Sources,
  role: Role,
  flags: Readonly<Record<string, unknown>>,
  tools: SettingsTools,
): Settings {
  const encryptionKey = once(async () => {
    const chosen = oneOf(sources, ENCRYPTION_KEY)
    if (!chosen) return null
    const { value, source } = await takeSecret(chosen, tools)
    const { parseEncryptionKey } = await import('../base/keys/encryption-key.js')
    return parseEncryptionKey(value, source)
  })

  let told = false
  const tellOfOtherCluster = () => {
    const outranked = told ? null : sources.outranked(CONTRACT_ADDRESS)
    told = true
    if (outranked) tools.tell(`${outranked.by} takes the place of ${outranked.source}, which is the current one`)
  }

  const settings: Omit<Settings, 'describe'> = {
    ...resolveSigner(sources, role, tools),
    ...resolveWriteSettings(sources, tools.environment),
    providers: once(() => resolveProviders(sources, tools.environment, tools)),
    contractAddress() {
      const { value, source } = sources.require(CONTRACT_ADDRESS)
      tellOfOtherCluster()
      return parseAddress(value, source)
    },
    contractSource() {
      const found = sources.locate(CONTRACT_ADDRESS)
      return found ? placeOf(found, sources) : sources.require(CONTRACT_ADDRESS).source
    },
    encryptionKey,
    async requireEncryptionKey() {
      const key = await encryptionKey()
      if (key) return key
      throw new WcnError(
        'SETTING_MISSING',
        "the cluster's encryption key is not set, and addresses are stored encrypted",
        { hint: `set ${waysToSet(waysToGive(ENCRYPTION_KEY))}` },
      )
    },
    chainId() {
      const found = sources.find(CHAIN_ID)
      return found ? positiveInteger(found.value, found.source, 'a chain ID') : OP_MAINNET
    },
    rpcUrl: () => firstRpcUrl(sources, tools.registerSecret),
    allowPrivateAddresses() {
      if (flags.allowPrivateAddresses === true) return true
      const found = sources.find(ALLOW_PRIVATE)
      return found ? truth(found.value, found.source) : settings.chainId() === DEVELOPMENT_CHAIN_ID
    },
    nodeKeyFile: () => sources.find(NODE_KEY_FILE)?.value ?? null,
    timeoutMs() {
      const found = sources.find(TIMEOUT)
      return found && parseDuration(found.value, found.source)
    },
  }
  return { ...settings, describe: () => describeSettings(sources, role, flags, settings, tools.registerSecret) }
}
