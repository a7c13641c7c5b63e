/** A context as flags describe it, checked by the parsers of the settings that it will set. */
import { checksumAddress, parseAddress } from '../base/address.js'
import { looksLikeKey } from '../base/key-like.js'
import { WcnError } from '../errors/wcn-error.js'
import type { ContextSetting, ContextValues } from './contexts.js'
import { faultOfContext } from './contexts-file.js'
import { differentRpcUrls, quorumOf } from './provider-settings.js'
import {
  CA_FILE,
  CHAIN_ID,
  CONTRACT_ADDRESS,
  ENCRYPTION_KEY,
  HEADER_FILE,
  NODE_KEY_FILE,
  QUORUM,
  RPC_URL,
} from './setting-names.js'
import { positiveInteger } from './setting-values.js'
import { OPERATOR, SIGNERS } from './signer-names.js'
import { createSources, type Flags, type SettingNames } from './sources.js'

const { key, keystore, password } = SIGNERS.operator

const PATHS = {
  rpc_header_file: HEADER_FILE,
  rpc_ca_file: CA_FILE,
  encryption_key_file: ENCRYPTION_KEY.file,
  private_key_file: key.file,
  keystore,
  password_file: password.file,
  node_key_file: NODE_KEY_FILE,
} as const satisfies Partial<Record<ContextSetting, SettingNames>>

/**
 * `absolute` makes paths so. Throws USAGE for what is missing or means nothing, SETTING_INVALID for a key in the place of
 * its path, and what the parsers throw.
 */
export function contextFromFlags(flags: Flags, absolute: (path: string) => string): ContextValues {
  const sources = createSources(flags, {}, null)
  const contract = sources.find(CONTRACT_ADDRESS)
  if (!contract)
    throw new WcnError('USAGE', '--contract-address is missing: a context is the settings of one cluster', {
      hint: "give the address of the cluster's contract",
    })
  const chainId = sources.find(CHAIN_ID)
  const operator = sources.find(OPERATOR)
  const urls = sources.locate(RPC_URL) && differentRpcUrls(sources, () => undefined)
  const quorum = sources.find(QUORUM)
  const values: ContextValues = {
    contract_address: checksumAddress(parseAddress(contract.value, contract.source)),
    ...(chainId ? { chain_id: positiveInteger(chainId.value, chainId.source, 'a chain ID') } : {}),
    ...(urls ? { rpc_urls: urls } : {}),
    ...(quorum ? { rpc_quorum: urls ? quorumOf(sources, urls.length) : 1 } : {}),
    ...pathsIn((names) => {
      const found = sources.find(names)
      return found && absolute(requirePath(found.value, found.source))
    }),
    ...(operator ? { operator: checksumAddress(parseAddress(operator.value, operator.source)) } : {}),
  }
  const fault = faultOfContext(values, (setting) =>
    setting === 'rpc_urls' ? '--rpc-url' : `--${setting.replaceAll('_', '-')}`,
  )
  if (fault !== null) throw new WcnError('USAGE', fault, { hint: 'see `wcn context add --help`' })
  return values
}

function pathsIn(read: (names: SettingNames) => string | null): Partial<Record<keyof typeof PATHS, string>> {
  return Object.fromEntries(
    Object.entries(PATHS).flatMap(([setting, names]) => {
      const path = read(names)
      return path === null ? [] : [[setting, path]]
    }),
  )
}

/** The file is not looked into: it may be on a disk that is mounted later. */
function requirePath(path: string, source: string): string {
  if (path === '-')
    throw new WcnError('SETTING_INVALID', `${source} is -, and a context can't remember standard input`, {
      hint: 'give the path of a file',
    })
  if (!looksLikeKey(path)) return path
  throw new WcnError('SETTING_INVALID', `${source} looks like a key: a context says where keys are, and holds none`, {
    hint: 'write the key to a file that only you can read, and give its path',
  })
}
