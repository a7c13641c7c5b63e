/** The tool's settings: what is set where, parsed. */
import { type Address, parseAddress } from '../core/address.js'
import type { OperatorPrivateKey } from '../core/keys/operator-key.js'
import type { Files } from '../core/ports/files.js'
import type { Keystores } from '../core/ports/keystores.js'
import type { Settings } from '../core/ports/settings.js'
import { WcnError } from '../errors/wcn-error.js'
import { describeSettings } from './describe-settings.js'
import { once } from './once.js'
import { oneOf } from './one-of.js'
import { firstRpcUrl, resolveProviders } from './provider-settings.js'
import { takeSecret, waysToGive } from './secret-setting.js'
import { ALLOW_PRIVATE, CHAIN_ID, CONTRACT_ADDRESS, ENCRYPTION_KEY, NODE_KEY_FILE, TIMEOUT } from './setting-names.js'
import { parseDuration, positiveInteger, truth } from './setting-values.js'
import { resolveSigner } from './signer-settings.js'
import { type Environment, type Sources, waysToSet } from './sources.js'
import { resolveWriteSettings } from './write-settings.js'

/** Whose key signs: the operator's own, or the cluster owner's for `admin` commands. */
export type Role = 'operator' | 'owner'

export interface SettingsTools {
  readonly files: Files
  /** The address of a private key; loads the curve only when asked. */
  readonly addressOf: (key: OperatorPrivateKey) => Promise<Address>
  /** Told every secret that was read, so that messages can be scrubbed of it. */
  readonly registerSecret: (value: string) => void
  readonly note: (text: string) => void
  /** Like note, but for what must not be lost. */
  readonly tell: (text: string) => void
  readonly warn: (text: string) => void
  /** Throws INPUT_REQUIRED, with `instead` as its hint, where nobody can be asked. */
  readonly askHidden: (question: string, instead: string) => Promise<string>
  /** Opens keystores; loads what that takes only when asked. */
  readonly keystores: () => Promise<Keystores>
  readonly environment: Environment
}

const OP_MAINNET = 10

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
    const { parseEncryptionKey } = await import('../core/keys/encryption-key.js')
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
      return found ? truth(found.value, found.source) : false
    },
    nodeKeyFile: () => sources.find(NODE_KEY_FILE)?.value ?? null,
    timeoutMs() {
      const found = sources.find(TIMEOUT)
      return found && parseDuration(found.value, found.source)
    },
  }
  return { ...settings, describe: () => describeSettings(sources, role, flags, settings, tools.registerSecret) }
}
