/** The tool's settings: flag > environment > --env-file > context > description > default, parsed when they are asked for. */
import { DEVELOPMENT_CHAIN_ID, OP_MAINNET } from '../base/chain-ids.js'
import { type Aes, encryptionKeyWith } from '../base/keys/encryption-key.js'
import { once } from '../base/once.js'
import { WcnError } from '../errors/wcn-error.js'
import { chooseContext } from './contexts.js'
import { describeSettings } from './describe-settings.js'
import { usualStateDirectory } from './directories.js'
import { readSettingsFile } from './env-file.js'
import type { Contexts } from './local-contexts.js'
import { firstRpcUrl, proxyOf, resolveProviders } from './provider-settings.js'
import { PARSERS } from './setting-values.js'
import type { Role, Setting } from './settings-table.js'
import * as table from './settings-table.js'
import type { SettingsTools } from './settings-tools.js'
import { requireDescribedKey, resolveSigner, takeSecret } from './signer-settings.js'
import { createSources, type Flags, type Sources, waysToGive } from './sources.js'

/** What it has throws SETTING_*, SETTINGS_CONFLICT and the parsers' errors. */
export type Settings = ReturnType<typeof resolveSettings>

interface SettingsOrigin extends SettingsTools {
  readonly flags: Flags
  readonly role: Role
  /** Null: none is used. */
  readonly contexts: Pick<Contexts, 'read'> | null
  /** Told the deadline as far as it is known without reading anything. */
  readonly limit: (timeoutMs: number | null) => void
}

/** Throws FILE_*, DOCUMENT_INVALID and SETTING_INVALID for the env file and for the contexts. */
export async function loadSettings({ flags, role, contexts, limit, ...tools }: SettingsOrigin): Promise<Settings> {
  const { environment } = tools
  const path = typeof flags.envFile === 'string' ? flags.envFile : null
  const description = typeof flags.file === 'string' ? flags.file : null
  if (path !== null || description !== null) limit(timeoutBefore(createSources(flags, environment, null)))
  const envFile = path === null ? null : await readSettingsFile(path, tools)
  const context =
    contexts && chooseContext(await contexts.read(), createSources(flags, environment, envFile).find(table.CONTEXT))
  const sources = createSources(flags, environment, envFile, context)
  if (description === null) return resolveSettings(sources, role, tools)
  const { readDescribed } = await import('./described.js')
  const described = await readDescribed(description, tools.files, () => sources.find(table.RPC_URL) === null)
  return resolveSettings(createSources(flags, environment, envFile, context, described), role, tools)
}

/** What is wrong with it is said when it is asked for. */
function timeoutBefore(sources: Sources): number | null {
  try {
    return parsed(sources, table.TIMEOUT)
  } catch (error) {
    if (error instanceof WcnError) return null
    throw error
  }
}

type Parsed = keyof typeof PARSERS

function parsed<K extends Parsed>(sources: Sources, setting: Setting<K>) {
  const found = sources.find(setting)
  return found && (PARSERS[setting.kind](found.value, found.source) as ReturnType<(typeof PARSERS)[K]>)
}

export function resolveSettings(sources: Sources, role: Role, tools: SettingsTools) {
  const read = <K extends Parsed>(setting: Setting<K>) => parsed(sources, setting)

  /** Null when none is configured: addresses stay encrypted. */
  const encryptionKey = once(async () => {
    const found = sources.findOne([table.ENCRYPTION_KEY.inline, table.ENCRYPTION_KEY.file])
    if (!found) return null
    const key = encryptionKeyWith(await nativeAes(), await takeSecret(found, tools), found.source)
    await requireDescribedKey(sources, found, table.ENCRYPTION_KEY.file, key, tools)
    return key
  })

  let told = false
  const tellOfOtherCluster = () => {
    const outranked = told ? null : sources.outranked(table.CONTRACT_ADDRESS)
    told = true
    if (outranked) tools.tell(`${outranked.by} takes the place of ${outranked.source}, which is the current one`)
  }
  const chainId = () => read(table.CHAIN_ID) ?? OP_MAINNET

  const settings = {
    ...resolveSigner(sources, role, tools),
    providers: once(() => resolveProviders(sources, tools)),
    contractAddress() {
      const { value, source } = sources.require(table.CONTRACT_ADDRESS)
      tellOfOtherCluster()
      return PARSERS.address(value, source)
    },
    /** Where that came from, as `describe` says it. */
    contractSource: () => sources.require(table.CONTRACT_ADDRESS).place,
    encryptionKey,
    async requireEncryptionKey() {
      const key = await encryptionKey()
      if (key) return key
      const sentence = "the cluster's encryption key is not set, and addresses are stored encrypted"
      const { file } = table.ENCRYPTION_KEY
      throw new WcnError('SETTING_MISSING', sentence, { hint: sources.hintFor(file, waysToGive(table.ENCRYPTION_KEY)) })
    },
    chainId,
    /** The first provider's: what a node's configuration gets. It may hold a token: never shown. */
    rpcUrl: () => firstRpcUrl(sources, tools.registerSecret),
    /** The proxy on the way to a URL that is no provider's; null: none. */
    proxyOf: (url: string) => proxyOf(url, tools),
    /** Where nothing else is said, a development chain's nodes may have any address that a machine can have. */
    allowPrivateAddresses: () => read(table.ALLOW_PRIVATE) ?? chainId() === DEVELOPMENT_CHAIN_ID,
    /** The file with the secret key of one of the operator's nodes, as which nodes are looked at; null: as a stranger. */
    nodeKeyFile: () => sources.find(table.NODE_KEY_FILE)?.value ?? null,
    /** For the whole command; null where none was given. */
    timeoutMs: () => read(table.TIMEOUT),
    finality: () => read(table.FINALITY) ?? 'included',
    /** In wei; null: what is usual (chain/fee-limits.ts). */
    maxFeePerGas: () => read(table.MAX_FEE),
    /** Of one transaction, in wei; null: what is usual. */
    maxCostWei: () => read(table.MAX_COST),
    /** In wei: what the account should hold; null: nothing is demanded. */
    minFundsWei: () => read(table.MIN_FUNDS),
    /** Where journals, locks and memories of contracts are kept. */
    stateDirectory: () =>
      read(table.STATE_DIRECTORY) ?? read(table.DEVNET_STATE_DIRECTORY) ?? usualStateDirectory(tools.environment),
  }
  return { ...settings, describe: () => describeSettings(sources, role, settings, tools.registerSecret) }
}

/** Decrypts the addresses of a whole cluster many times as fast as one in JavaScript, and is loaded by whoever has a key. */
export async function nativeAes(): Promise<Aes> {
  const { createCipheriv } = await import('node:crypto')
  return (key) => {
    // One that is never finished: blocks that know nothing of each other leave no state behind.
    const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false)
    return (blocks) => cipher.update(blocks)
  }
}
