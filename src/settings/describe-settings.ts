/**
 * Every setting as it takes effect and where it came from, for `config show`. What is wrong with one is said beside it
 * and stops nothing. No key is read or shown, and of a URL its host only.
 */
import { checksumAddress, parseAddress } from '../base/address.js'
import { weiAsEther, weiAsGwei } from '../base/wei.js'
import { USUAL_LIMITS } from '../chain/fee-limits.js'
import { WcnError } from '../errors/wcn-error.js'
import { notAKey } from './directories.js'
import { differentRpcUrls, quorumOf } from './provider-settings.js'
import { PARSERS } from './setting-values.js'
import { DEVNET_STATE_DIRECTORY, type Role, type Setting, STATE_DIRECTORY, settingsOf } from './settings-table.js'
import { refusedKms } from './signer-settings.js'
import type { Found, Sources } from './sources.js'

export interface EffectiveSetting {
  /** As contexts and JSON name it: `contract_address`. */
  readonly name: string
  readonly title: string
  /** Null where it is not set. Secrets and URLs' tokens are redacted. */
  readonly value: string | null
  /** `--contract-address`, `SMART_CONTRACT_ADDRESS`, `WCN_OPERATOR in .env`, `context eu`, `default`; null where it is not set. */
  readonly source: string | null
  /** What is wrong with it, in a sentence: two names that differ, a value that can't be read. */
  readonly problem: string | null
}

/** What takes effect where nothing is set, or takes more than the text to read. */
interface Effective {
  contractAddress(): unknown
  chainId(): number
  allowPrivateAddresses(): boolean
  finality(): string
  stateDirectory(): string
}

export function describeSettings(
  sources: Sources,
  role: Role,
  settings: Effective,
  registerSecret: (value: string) => void,
): readonly EffectiveSetting[] {
  const hosts = () => differentRpcUrls(sources, registerSecret).map((url) => new URL(url).host)
  const defaults: Readonly<Record<string, () => string | null>> = {
    chain_id: () => String(settings.chainId()),
    rpc_quorum: () => unlessWrong(() => String(hosts().length)),
    finality: settings.finality,
    max_fee: () => weiAsGwei(USUAL_LIMITS.fee),
    max_cost: () => weiAsEther(USUAL_LIMITS.cost),
    allow_private_addresses: () => unlessWrong(() => String(settings.allowPrivateAddresses())),
    state_directory: settings.stateDirectory,
  }

  /** The value as it may be shown; throws what is wrong with it. */
  const shown = ({ setting: { kind, name }, value, source }: Found): string => {
    // Says as well where another cluster takes the place of the current context's.
    if (name === 'contract_address') settings.contractAddress()
    if (kind === 'address') return checksumAddress(parseAddress(value, source))
    if (kind === 'key' || kind === 'password') return '[set]'
    if (kind === 'url') return hosts().join(', ')
    if (kind === 'count') return String(quorumOf(sources, hosts().length))
    if (kind === 'path') return notAKey(value, source, 'the path of a file')
    if (kind === 'name') return value
    if (kind === 'kms' && role === 'operator') throw refusedKms(source)
    const parsed = PARSERS[kind](value, source)
    // Amounts and times as they were written, in the setting's own unit.
    return kind === 'truth' || kind === 'chain-id' ? String(parsed) : value
  }

  const describe = (setting: Setting): EffectiveSetting => {
    const { name, title } = setting
    let source: string | null = null
    try {
      const found = sources.find(setting) ?? (setting === STATE_DIRECTORY ? sources.find(DEVNET_STATE_DIRECTORY) : null)
      source = found?.place ?? null
      const value = found ? shown(found) : (defaults[name]?.() ?? null)
      return { name, title, value, source: source ?? (value === null ? null : 'default'), problem: null }
    } catch (error) {
      return { name, title, value: null, source, problem: sentenceOf(error) }
    }
  }

  /** Of forms that exclude each other, the one that takes effect; the others count as not set. */
  const describeForms = (forms: readonly Setting[]): readonly EffectiveSetting[] => {
    let chosen: Setting | undefined
    let conflict: string | null = null
    try {
      chosen = sources.findOne(forms)?.setting
    } catch (error) {
      conflict = sentenceOf(error)
    }
    return forms.map((form) => {
      const described = describe(form)
      if (conflict !== null && described.source !== null)
        return { ...described, problem: described.problem ?? conflict }
      return chosen === undefined || form === chosen
        ? described
        : { ...described, value: null, source: null, problem: null }
    })
  }

  const [context, ...others] = settingsOf(role).map((forms) => describeForms(forms))
  const { context: used } = sources
  const source = used && (used.askedBy ?? 'current context')
  return [
    ...(context ?? []).map((one) => ({ ...one, value: used?.name ?? null, source, problem: null })),
    ...others.flat(),
  ]
}

function unlessWrong(read: () => string): string | null {
  try {
    return read()
  } catch (error) {
    sentenceOf(error)
    return null
  }
}

/** Anything but a mistake in a setting is a bug. */
function sentenceOf(error: unknown): string {
  if (error instanceof WcnError) return error.message
  throw error
}
