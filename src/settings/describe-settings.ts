/**
 * Every setting as it takes effect and where it came from, for `config show`. What is wrong with one is said beside it
 * and stops nothing. No key is read or shown, and of a URL its host only.
 */
import { checksumAddress, parseAddress } from '../base/address.js'
import { looksLikeKey } from '../base/key-like.js'
import { weiAsEther, weiAsGwei } from '../base/wei.js'
import { USUAL_LIMITS } from '../chain/fee-limits.js'
import { WcnError } from '../errors/wcn-error.js'
import { oneOf } from './one-of.js'
import { differentRpcUrls, quorumOf } from './provider-settings.js'
import {
  ALLOW_PRIVATE,
  CA_FILE,
  CHAIN_ID,
  CONTEXT,
  CONTRACT_ADDRESS,
  ENCRYPTION_KEY,
  FINALITY,
  HEADER_FILE,
  MAX_COST,
  MAX_FEE,
  MIN_FUNDS,
  NODE_KEY_FILE,
  QUORUM,
  RPC_URL,
  STATE_DIRECTORY,
  TIMEOUT,
} from './setting-names.js'
import type { EffectiveSetting, Settings } from './settings.js'
import type { Role } from './settings-tools.js'
import { OPERATOR, SIGNERS } from './signer-names.js'
import { parseKmsKeyId, refusedKms } from './signer-settings.js'
import { type Flags, placeOf, type SettingNames, type Sources } from './sources.js'

/** The value as it may be shown; throws what is wrong with it. */
type Show = (value: string, source: string) => string

type Parsed = Omit<Settings, 'describe'>

/** All that is shown of a secret. */
const SET = '[set]'

export function describeSettings(
  sources: Sources,
  role: Role,
  flags: Flags,
  settings: Parsed,
  registerSecret: (value: string) => void,
): readonly EffectiveSetting[] {
  const row = (names: SettingNames, show: Show, byDefault: () => string | null = () => null) =>
    describe(sources, names, show, byDefault)
  const chainId = () => String(settings.chainId())
  const hosts = () => differentRpcUrls(sources, registerSecret).map((url) => new URL(url).host)
  const { key, keystore, password, kms } = SIGNERS[role]
  const signers: Forms = { inline: [key.inline, secret], file: [key.file, path], keystore: [keystore, path] }
  return [
    describeContext(sources),
    row(CONTRACT_ADDRESS, () => checksumAddress(settings.contractAddress())),
    row(CHAIN_ID, chainId, chainId),
    row(RPC_URL, () => hosts().join(', ')),
    row(
      QUORUM,
      () => String(quorumOf(sources, hosts().length)),
      () => unlessWrong(() => String(hosts().length)),
    ),
    row(HEADER_FILE, path),
    row(CA_FILE, path),
    ...choice(sources, { inline: [ENCRYPTION_KEY.inline, secret], file: [ENCRYPTION_KEY.file, path] }),
    row(OPERATOR, (value, source) => checksumAddress(parseAddress(value, source))),
    ...(role === 'owner'
      ? choice(sources, { ...signers, kms: [kms, parseKmsKeyId] })
      : [...choice(sources, signers), row(kms, refused)]),
    ...choice(sources, { inline: [password.inline, secret], file: [password.file, path] }),
    row(NODE_KEY_FILE, path),
    row(FINALITY, settings.finality, settings.finality),
    row(MAX_FEE, checked(settings.maxFeePerGas), () => weiAsGwei(USUAL_LIMITS.fee)),
    row(MAX_COST, checked(settings.maxCostWei), () => weiAsEther(USUAL_LIMITS.cost)),
    row(MIN_FUNDS, checked(settings.minFundsWei)),
    row(TIMEOUT, checked(settings.timeoutMs)),
    flags.allowPrivateAddresses === true
      ? { ...known(ALLOW_PRIVATE), value: 'true', source: '--allow-private-addresses', problem: null }
      : row(
          ALLOW_PRIVATE,
          () => String(settings.allowPrivateAddresses()),
          () => unlessWrong(() => String(settings.allowPrivateAddresses())),
        ),
    row(STATE_DIRECTORY, settings.stateDirectory, settings.stateDirectory),
  ]
}

const secret: Show = () => SET

const refused: Show = (_, source) => {
  throw refusedKms(source)
}

const path: Show = (value, source) => {
  if (!looksLikeKey(value)) return value
  throw new WcnError('SETTING_INVALID', `${source} looks like a key, and the path of a file is wanted`)
}

/** As it was written, in the setting's own unit, once it has been read. */
function checked(read: () => unknown): Show {
  return (value) => {
    read()
    return value
  }
}

function describe(sources: Sources, names: SettingNames, show: Show, byDefault: () => string | null): EffectiveSetting {
  let source: string | null = null
  try {
    const found = sources.locate(names)
    if (!found) {
      const value = byDefault()
      return { ...known(names), value, source: value === null ? null : 'default', problem: null }
    }
    source = placeOf(found, sources)
    return { ...known(names), value: show(found.values[0], found.source), source, problem: null }
  } catch (error) {
    return { ...known(names), value: null, source, problem: sentenceOf(error) }
  }
}

type Forms = Readonly<Record<string, readonly [SettingNames, Show]>>

/** Of forms that exclude each other, the one that takes effect; the others count as not set. */
function choice(sources: Sources, forms: Forms): readonly EffectiveSetting[] {
  const names = Object.fromEntries(Object.entries(forms).map(([form, [one]]) => [form, one]))
  let chosen: string | undefined
  let conflict: string | null = null
  try {
    chosen = oneOf(sources, names)?.form
  } catch (error) {
    conflict = sentenceOf(error)
  }
  return Object.entries(forms).map(([form, [one, show]]) => {
    const described = describe(sources, one, show, () => null)
    if (conflict !== null && described.source !== null) return { ...described, problem: described.problem ?? conflict }
    return conflict !== null || form === chosen
      ? described
      : { ...known(one), value: null, source: null, problem: null }
  })
}

function describeContext({ context }: Sources): EffectiveSetting {
  const source = context && (context.askedBy ?? 'current context')
  return { ...known(CONTEXT), value: context?.name ?? null, source, problem: null }
}

function known({ name, title }: SettingNames): Pick<EffectiveSetting, 'name' | 'title'> {
  return { name, title }
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
