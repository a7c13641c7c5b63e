/** Settings of what signs: a private key, an encrypted keystore, or for the cluster's owner a key in AWS KMS. */

import type { Address } from '../base/address.js'
import { parseAddress } from '../base/address.js'
import { bytesToHex } from '../base/hex.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'
import { once } from '../base/once.js'
import { sourceName } from '../base/source-name.js'
import { WcnError } from '../errors/wcn-error.js'
import { addressOfKey } from '../signers/address-of-key.js'
import type { SigningKey } from '../signers/create-signer.js'
import { PARSERS } from './setting-values.js'
import { OPERATOR, type Role, type SecretForms, type Setting, SIGNERS } from './settings-table.js'
import type { SettingsTools } from './settings-tools.js'
import { type Found, type Sources, waysToGive, waysToSet } from './sources.js'

/** A keystore is read once, opened once, and its password asked for only when it has to be opened. */
export function resolveSigner(sources: Sources, role: Role, tools: SettingsTools) {
  const { key, keystore, password, kms } = SIGNERS[role]
  const ways = [...waysToGive(key), keystore, ...(role === 'owner' ? [kms] : [])]

  const choose = () => sources.findOne([key.inline, key.file, keystore, kms])
  const required = () => {
    const chosen = choose()
    if (chosen) return chosen
    throw new WcnError('SETTING_MISSING', `${key.inline.title} is not set`, {
      hint: sources.hintFor(key.file, ways),
    })
  }
  /** The operator's nodes sign with its key themselves: KMS, which never lets go of one, is refused for every use. */
  const refuseKms = () => {
    const found = role === 'operator' ? sources.find(kms) : null
    if (found) throw refusedKms(found.source)
  }

  /** Throws FILE_*, KEYSTORE_INVALID. */
  const readKeystore = once(async () => {
    const { MAX_KEYSTORE_BYTES, parseKeystore } = await import('../signers/keystore-file.js')
    const { value: path } = sources.require(keystore)
    const text = await tools.files.readText(path, { maxBytes: MAX_KEYSTORE_BYTES })
    // It may be a bare key that was taken for a keystore.
    tools.registerSecret(text)
    return { content: parseKeystore(text, path), name: sourceName(path) }
  })

  /** Throws PASSWORD_WRONG besides, and INPUT_REQUIRED where nobody can be asked. */
  const openKeystore = async (): Promise<OperatorPrivateKey> => {
    const { content, name } = await readKeystore()
    const { value, source } = await passwordOf(name, password, sources, tools)
    tools.note(`opening the keystore ${name}`)
    const { keystores } = await import('../signers/keystore.js')
    const opened = await keystores.open(content, value)
    if (opened === null)
      throw new WcnError('PASSWORD_WRONG', `the password from ${source} does not open the keystore ${name}`, {
        hint: 'check the password; if it is right, the file is damaged',
      })
    tools.registerSecret(opened.reveal())
    requireStated(content.address, await addressOfKey(opened), name)
    return opened
  }

  /** The raw key, for the one place that hands it on: the primary node's configuration. What signs is a `Signer`. */
  const privateKey = once(async (): Promise<OperatorPrivateKey> => {
    refuseKms()
    const chosen = required()
    const { setting, source } = chosen
    if (setting === kms) throw refusedKms(source)
    const taken = setting === keystore ? await openKeystore() : await readKey(chosen)
    await requireDescribedKey(sources, chosen, key.file, taken, tools)
    return taken
  })

  const readKey = async (chosen: Found): Promise<OperatorPrivateKey> => {
    const { setting, value: path, source } = chosen
    const text = await takeSecret(chosen, tools)
    if (setting === key.file && text.trimStart().startsWith('{'))
      throw new WcnError('KEY_INVALID', `${sourceName(path)} holds a JSON document, not a bare private key`, {
        hint: `if it is a keystore, give it with ${waysToSet([keystore])}`,
      })
    const { parseOperatorPrivateKey } = await import('../base/keys/operator-key.js')
    return parseOperatorPrivateKey(text, source)
  }

  return {
    privateKey,
    /** The operator meant: --operator, else the signing key's account. */
    async operator(): Promise<Address> {
      refuseKms()
      const named = sources.find(OPERATOR)
      if (named) return parseAddress(named.value, named.source)
      const chosen = role === 'operator' ? choose() : null
      // Nothing proves what a keystore states; whoever goes on to sign finds out.
      const stated = chosen?.setting === keystore ? (await readKeystore()).content.address : null
      if (chosen) return stated ?? addressOfKey(await privateKey())
      throw new WcnError('SETTING_MISSING', 'it is not known which operator is meant', {
        hint: sources.hintFor(OPERATOR, [OPERATOR, ...(role === 'operator' ? ways : [])]),
      })
    },
    /** What the configured signer signs with; a keystore is opened here. Throws SETTING_MISSING where there is none. */
    async signingKey(): Promise<SigningKey> {
      refuseKms()
      const { setting, value, source } = required()
      if (setting === kms) return { kind: 'kms', keyId: PARSERS.kms(value, source) }
      return { kind: 'private-key', key: await privateKey() }
    },
  }
}

/** An empty password may be meant: a file of no bytes, or a variable that is set to nothing. */
async function passwordOf(keystore: string, forms: SecretForms, sources: Sources, tools: SettingsTools) {
  const chosen = sources.findOne([forms.inline, forms.file])
  if (chosen) return { value: await takeSecret(chosen, tools, { mayBeEmpty: true }), source: chosen.source }
  const empty = sources.setToNothing(forms.inline)
  if (empty !== null) return { value: '', source: empty }
  const value = await tools.askHidden(
    `Password of ${keystore}`,
    `give the password of ${keystore} with ${waysToSet(waysToGive(forms))}`,
  )
  tools.registerSecret(value)
  return { value, source: 'the prompt' }
}

/** The secret, read where a file holds it; it is registered, and one in the process list is warned of. */
export async function takeSecret(
  { setting, layer, value, source }: Found,
  { files, registerSecret, warn }: Pick<SettingsTools, 'files' | 'registerSecret' | 'warn'>,
  options: Parameters<SettingsTools['files']['readSecret']>[1] = {},
): Promise<string> {
  const isFile = setting.kind === 'path'
  const secret = isFile ? await files.readSecret(value, options) : value
  registerSecret(secret)
  if (!isFile && layer === 'flag') warn(`${source} shows the key in the process list; prefer ${source}-file`)
  return secret
}

/**
 * Where a description names a key file, and that is here, what takes its place must be the same key: or services would run
 * with another one than this tool works with. A flag is meant. Throws SETTINGS_CONFLICT.
 */
export async function requireDescribedKey(
  sources: Sources,
  { layer, source }: Found,
  form: Setting,
  taken: { reveal(): string | Uint8Array },
  { files, registerSecret }: Pick<SettingsTools, 'files' | 'registerSecret'>,
): Promise<void> {
  const described = layer === 'flag' || layer === 'description' ? null : sources.described(form)
  if (described === null || !(await files.exists(described.values[0]))) return
  const other = await files.readSecret(described.values[0])
  registerSecret(other)
  const key = taken.reveal()
  const digits = (text: string) => text.trim().toLowerCase().replace(/^0x/, '')
  if (digits(other) === digits(typeof key === 'string' ? key : bytesToHex(key))) return
  throw new WcnError('SETTINGS_CONFLICT', `${described.source} contradicts ${source}: these are different keys`, {
    hint: 'correct the description, or use the settings of what it describes: --context, --env-file',
  })
}

export function refusedKms(source: string): WcnError {
  return new WcnError(
    'SIGNER_UNSUITABLE',
    `${source} names a key in AWS KMS, but the primary node signs with the operator's key, so it must be exportable`,
    { hint: 'make a key with `wcn operator keygen`, and give it with --private-key-file or --keystore' },
  )
}

function requireStated(stated: Address | null, actual: Address, name: string): void {
  if (stated === null || stated === actual) return
  throw new WcnError('KEYSTORE_INVALID', `${name} states the address ${stated}, but holds the key of ${actual}`, {
    hint: 'somebody or something changed the file: find out who before you use either account',
    details: { stated, actual },
  })
}
