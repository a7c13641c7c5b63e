/** A context as flags describe it, checked by the parsers of the settings that it will set. */
import { checksumAddress } from '../base/address.js'
import { looksLikeKey } from '../base/key-like.js'
import { WcnError } from '../errors/wcn-error.js'
import { type ContextValues, faultOfContext } from './contexts.js'
import { differentRpcUrls, quorumOf } from './provider-settings.js'
import { PARSERS } from './setting-values.js'
import { CONTRACT_ADDRESS, flagOf, IN_CONTEXTS, RPC_URL } from './settings-table.js'
import { createSources, type Flags, type Found } from './sources.js'

/**
 * `absolute` makes paths so. Throws USAGE for what is missing or means nothing, SETTING_INVALID for a key in the place of
 * its path, and what the parsers throw.
 */
export function contextFromFlags(flags: Flags, absolute: (path: string) => string): ContextValues {
  const sources = createSources(flags, {}, null)
  if (!sources.find(CONTRACT_ADDRESS))
    throw new WcnError('USAGE', '--contract-address is missing: a context is the settings of one cluster', {
      hint: "give the address of the cluster's contract",
    })
  const stored = ({ setting: { kind }, value, source }: Found): unknown => {
    if (kind === 'address') return checksumAddress(PARSERS.address(value, source))
    if (kind === 'chain-id') return PARSERS[kind](value, source)
    if (kind === 'url') return differentRpcUrls(sources, () => undefined)
    // Without providers it means nothing, which is said below.
    if (kind === 'count') return quorumOf(sources, sources.find(RPC_URL)?.values.length ?? Infinity)
    return absolute(requirePath(value, source))
  }
  const values = Object.fromEntries(
    IN_CONTEXTS.flatMap((setting) => {
      const found = sources.find(setting)
      return found ? [[setting.name, stored(found)]] : []
    }),
  ) as ContextValues
  const fault = faultOfContext(values, (name) =>
    flagOf(IN_CONTEXTS.find((setting) => setting.name === name)?.flags[0] ?? name),
  )
  if (fault !== null) throw new WcnError('USAGE', fault, { hint: 'see `wcn context add --help`' })
  return values
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
