/** The tool's settings: their names in both vocabularies (the nodes' and the Rust tool's) and their parsers. */
import { type Address, parseAddress } from '../core/address.js'
import type { OperatorPrivateKey } from '../core/keys/operator-key.js'
import type { Files, Settings } from '../core/ports.js'
import { quote } from '../core/quote.js'
import { WcnError } from '../errors/wcn-error.js'
import { type SettingNames, type Sources, waysToSet } from './sources.js'

const CONTRACT_ADDRESS: SettingNames = {
  title: "the cluster's contract address",
  flags: ['contractAddress'],
  variables: ['SMART_CONTRACT_ADDRESS', 'WCN_CLUSTER_SMART_CONTRACT_ADDRESS'],
}
const RPC_URL: SettingNames = {
  title: "the RPC provider's URL",
  flags: ['rpcUrl', 'rpcProviderUrl'],
  variables: ['RPC_PROVIDER_URL', 'OPTIMISM_RPC_PROVIDER_URL'],
}
const CHAIN_ID: SettingNames = { title: 'the expected chain ID', flags: ['chainId'], variables: ['WCN_CHAIN_ID'] }
const OPERATOR: SettingNames = { title: 'the operator', flags: ['operator'], variables: ['WCN_OPERATOR'] }
const TIMEOUT: SettingNames = { title: 'the deadline', flags: ['timeout'], variables: ['WCN_TIMEOUT'] }
const ALLOW_PRIVATE: SettingNames = {
  title: 'the permission for private addresses',
  flags: [],
  variables: ['WCN_ALLOW_PRIVATE_ADDRESSES'],
}

interface SecretNames {
  readonly inline: SettingNames
  readonly file: SettingNames
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
const OPERATOR_KEY: SecretNames = {
  inline: {
    title: "the operator's private key",
    flags: ['privateKey'],
    variables: ['SMART_CONTRACT_SIGNER_PRIVATE_KEY', 'WCN_NODE_OPERATOR_PRIVATE_KEY'],
  },
  file: {
    title: "the file with the operator's private key",
    flags: ['privateKeyFile'],
    variables: ['WCN_PRIVATE_KEY_FILE'],
  },
}
const OWNER_KEY: SecretNames = {
  inline: {
    title: "the owner's private key",
    flags: ['privateKey'],
    variables: ['WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY'],
  },
  file: {
    title: "the file with the owner's private key",
    flags: ['privateKeyFile'],
    variables: ['WCN_OWNER_PRIVATE_KEY_FILE'],
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
  readonly warn: (text: string) => void
}

const OP_MAINNET = 10
const LONGEST_TIMEOUT_S = 7 * 24 * 3600

export function resolveSettings(
  sources: Sources,
  role: Role,
  flags: Readonly<Record<string, unknown>>,
  tools: SettingsTools,
): Settings {
  const secret = async (names: SecretNames): Promise<{ value: string; source: string } | null> => {
    const inline = sources.find(names.inline)
    const file = sources.find(names.file)
    if (inline && file)
      if (isFlag(inline.source) === isFlag(file.source))
        // A flag beats a variable whatever its form; two of one rank contradict each other.
        throw new WcnError('SETTINGS_CONFLICT', `both ${inline.source} and ${file.source} are set`, {
          hint: 'remove one of them',
        })
    const chosen = inline && file ? (isFlag(inline.source) ? inline : file) : (inline ?? file)
    if (!chosen) return null
    if (chosen === inline) {
      tools.registerSecret(inline.value)
      if (isFlag(inline.source))
        tools.warn(`${inline.source} shows the key in the process list; prefer ${inline.source}-file`)
      return inline
    }
    const value = await tools.files.readSecret(chosen.value)
    tools.registerSecret(value)
    return { value, source: chosen.source }
  }

  const keyNames = role === 'owner' ? OWNER_KEY : OPERATOR_KEY
  const configuredKey = once(() => secret(keyNames))

  const privateKey = once(async () => {
    const { parseOperatorPrivateKey } = await import('../core/keys/operator-key.js')
    const found = (await configuredKey()) ?? sources.require(eitherOf(keyNames))
    return parseOperatorPrivateKey(found.value, found.source)
  })

  const encryptionKey = once(async () => {
    const found = await secret(ENCRYPTION_KEY)
    if (!found) return null
    const { parseEncryptionKey } = await import('../core/keys/encryption-key.js')
    return parseEncryptionKey(found.value, found.source)
  })

  return {
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
        { hint: `set ${waysToSet(eitherOf(ENCRYPTION_KEY))}` },
      )
    },
    privateKey,
    async operator() {
      const found = sources.find(OPERATOR)
      if (found) return parseAddress(found.value, found.source)
      if (role === 'operator' && (await configuredKey())) return tools.addressOf(await privateKey())
      throw new WcnError('SETTING_MISSING', 'it is not known which operator is meant', {
        hint: `set ${waysToSet(OPERATOR)} to its address, or give its private key with ${waysToSet(eitherOf(OPERATOR_KEY))}`,
      })
    },
    chainId() {
      const found = sources.find(CHAIN_ID)
      return found ? positiveInteger(found.value, found.source, 'a chain ID') : OP_MAINNET
    },
    rpcUrl() {
      const { value, source } = sources.require(RPC_URL)
      tools.registerSecret(value)
      return rpcUrl(value, source)
    },
    allowPrivateAddresses() {
      if (flags.allowPrivateAddresses === true) return true
      const found = sources.find(ALLOW_PRIVATE)
      return found ? truth(found.value, found.source) : false
    },
    timeoutMs() {
      const found = sources.find(TIMEOUT)
      return found
        ? milliseconds(positiveInteger(found.value, found.source, 'a number of seconds'), found.source)
        : null
    },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** How to set a secret, its file first; the form that shows in the process list is not advertised. */
function eitherOf({ inline, file }: SecretNames): SettingNames {
  return { title: inline.title, flags: file.flags, variables: [...inline.variables, ...file.variables] }
}

function isFlag(source: string): boolean {
  return source.startsWith('--')
}

function positiveInteger(value: string, source: string, what: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(value)) return Number(value)
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(value)}, which is not ${what}`, {
    hint: 'write a whole number above 0, in decimal digits',
  })
}

/** Timers fire at once above 2^31 ms. */
function milliseconds(seconds: number, source: string): number {
  if (seconds <= LONGEST_TIMEOUT_S) return seconds * 1000
  throw new WcnError('SETTING_INVALID', `${source} is longer than a week`, {
    hint: `give at most ${LONGEST_TIMEOUT_S} seconds`,
  })
}

function truth(value: string, source: string): boolean {
  if (value === '1' || value === 'true') return true
  if (value === '0' || value === 'false') return false
  throw new WcnError('SETTING_INVALID', `${source} is neither true nor false`, { hint: 'write 1 or 0' })
}

/** The value may hold a token, so it is never quoted in the message. */
function rpcUrl(value: string, source: string): string {
  const scheme = URL.canParse(value) ? new URL(value).protocol : ''
  if (['http:', 'https:', 'ws:', 'wss:'].includes(scheme)) return value
  throw new WcnError('SETTING_INVALID', `${source} is not the URL of an RPC provider`, {
    hint: 'write http(s)://… or ws(s)://…',
  })
}
