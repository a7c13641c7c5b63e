/** The tool's settings: their names in both vocabularies (the nodes' and the Rust tool's) and their parsers. */
import { type Address, parseAddress } from '../core/address.js'
import type { OperatorPrivateKey } from '../core/keys/operator-key.js'
import type { Files } from '../core/ports/files.js'
import type { Keystores } from '../core/ports/keystores.js'
import type { Settings } from '../core/ports/settings.js'
import { WcnError } from '../errors/wcn-error.js'
import { once } from './once.js'
import { oneOf } from './one-of.js'
import { firstRpcUrl, resolveProviders } from './provider-settings.js'
import { type SecretNames, takeSecret, waysToGive } from './secret-setting.js'
import { milliseconds, positiveInteger, truth } from './setting-values.js'
import { resolveSigner } from './signer-settings.js'
import { type Environment, type SettingNames, type Sources, waysToSet } from './sources.js'
import { resolveWriteSettings } from './write-settings.js'

const CONTRACT_ADDRESS: SettingNames = {
  title: "the cluster's contract address",
  flags: ['contractAddress'],
  variables: ['SMART_CONTRACT_ADDRESS', 'WCN_CLUSTER_SMART_CONTRACT_ADDRESS'],
}
const CHAIN_ID: SettingNames = { title: 'the expected chain ID', flags: ['chainId'], variables: ['WCN_CHAIN_ID'] }
const TIMEOUT: SettingNames = { title: 'the deadline', flags: ['timeout'], variables: ['WCN_TIMEOUT'] }
const ALLOW_PRIVATE: SettingNames = {
  title: 'the permission for private addresses',
  flags: [],
  variables: ['WCN_ALLOW_PRIVATE_ADDRESSES'],
}

const ENCRYPTION_KEY: SecretNames = {
  inline: {
    title: "the cluster's encryption key",
    flags: ['encryptionKey'],
    variables: ['SMART_CONTRACT_ENCRYPTION_KEY', 'WCN_CLUSTER_SMART_CONTRACT_ENCRYPTION_KEY'],
  },
  file: {
    title: "the file with the cluster's encryption key",
    flags: ['encryptionKeyFile'],
    variables: ['WCN_ENCRYPTION_KEY_FILE'],
  },
}

/** Whose key signs: the operator's own, or the cluster owner's for `admin` commands. */
export type Role = 'operator' | 'owner'

export interface SettingsTools {
  readonly files: Files
  /** The address of a private key; loads the curve only when asked. */
  readonly addressOf: (key: OperatorPrivateKey) => Promise<Address>
  /** Told every secret that was read, so that messages can be scrubbed of it. */
  readonly registerSecret: (value: string) => void
  readonly note: (text: string) => void
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

  return {
    ...resolveSigner(sources, role, tools),
    ...resolveWriteSettings(sources, tools.environment),
    providers: once(() => resolveProviders(sources, tools.environment, tools)),
    contractAddress() {
      const { value, source } = sources.require(CONTRACT_ADDRESS)
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
    timeoutMs() {
      const found = sources.find(TIMEOUT)
      return found && milliseconds(found.value, found.source)
    },
  }
}
