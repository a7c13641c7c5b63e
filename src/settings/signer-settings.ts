/** Settings of what signs: a private key, an encrypted keystore, or for the cluster's owner a key in AWS KMS. */
import { parseAddress } from '../base/address.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'
import { once } from '../base/once.js'
import { quote } from '../base/quote.js'
import { sourceName } from '../base/source-name.js'
import { WcnError } from '../errors/wcn-error.js'
import { type KeystoreSetting, keystoreSetting } from './keystore-setting.js'
import { anyOf, oneOf } from './one-of.js'
import { takeSecret, waysToGive } from './secret-setting.js'
import type { Settings } from './settings.js'
import type { Role, SettingsTools } from './settings-tools.js'
import { OPERATOR, SIGNERS } from './signer-names.js'
import { type SettingNames, type Sources, type Ways, waysToSet } from './sources.js'

/** The ARN of a key or an alias, an alias, or a key ID: a UUID, or `mrk-` and 32 digits. */
const KMS_KEY_ID =
  /^(?:arn:[\w-]+:kms:[\w-]+:\d+:(?:key\/[\w-]+|alias\/[\w/-]+)|alias\/[\w/-]+|(?:mrk-)?[0-9a-f-]{32,36})$/

type SignerSettings = Pick<Settings, 'operator' | 'privateKey' | 'signingKey'>

export function resolveSigner(sources: Sources, role: Role, tools: SettingsTools): SignerSettings {
  const names = SIGNERS[role]
  const { inline, file } = names.key
  const ways = anyOf(inline.title, [waysToGive(names.key), names.keystore, ...(role === 'owner' ? [names.kms] : [])])

  const choose = () => oneOf(sources, { inline, file, keystore: names.keystore, kms: names.kms })
  const required = () => {
    const chosen = choose()
    if (chosen) return chosen
    throw new WcnError('SETTING_MISSING', `${ways.title} is not set`, { hint: `set ${waysToSet(ways)}` })
  }
  /** The operator's nodes sign with its key themselves: KMS, which never lets go of one, is refused for every use. */
  const refuseKms = () => {
    const found = role === 'operator' ? sources.find(names.kms) : null
    if (found) throw refusedKms(found.source)
  }

  let keystore: KeystoreSetting | undefined
  const keystoreAt = (path: string) => {
    keystore ??= keystoreSetting(path, names.password, sources, tools)
    return keystore
  }

  const privateKey = once(async (): Promise<OperatorPrivateKey> => {
    refuseKms()
    const { form, value, source } = required()
    if (form === 'kms') throw refusedKms(source)
    if (form === 'keystore') return keystoreAt(value).open()
    const taken = await takeSecret({ form, value, source }, tools)
    if (form === 'file') refuseKeystore(taken.value, value, names.keystore)
    const { parseOperatorPrivateKey } = await import('../base/keys/operator-key.js')
    return parseOperatorPrivateKey(taken.value, source)
  })

  return {
    async operator() {
      refuseKms()
      const named = sources.find(OPERATOR)
      if (named) return parseAddress(named.value, named.source)
      const chosen = role === 'operator' ? choose() : null
      if (!chosen) throw unknownOperator(role, ways)
      // Nothing proves what a keystore states; whoever goes on to sign finds out.
      const stated = chosen.form === 'keystore' ? await keystoreAt(chosen.value).statedAddress() : null
      return stated ?? tools.addressOf(await privateKey())
    },
    privateKey,
    async signingKey() {
      refuseKms()
      const chosen = required()
      if (chosen.form === 'kms') return { kind: 'kms', keyId: parseKmsKeyId(chosen.value, chosen.source) }
      return { kind: 'private-key', key: await privateKey() }
    },
  }
}

function unknownOperator(role: Role, ways: Ways): WcnError {
  const named = `set ${waysToSet(OPERATOR)} to its address`
  return new WcnError('SETTING_MISSING', 'it is not known which operator is meant', {
    hint: role === 'operator' ? `${named}, or give its private key with ${waysToSet(ways)}` : named,
  })
}

export function refusedKms(source: string): WcnError {
  return new WcnError(
    'SIGNER_UNSUITABLE',
    `${source} names a key in AWS KMS, but the primary node signs with the operator's key, so it must be exportable`,
    { hint: 'make a key with `wcn operator keygen`, and give it with --private-key-file or --keystore' },
  )
}

function refuseKeystore(text: string, path: string, keystore: SettingNames): void {
  if (!text.trimStart().startsWith('{')) return
  throw new WcnError('KEY_INVALID', `${sourceName(path)} holds a JSON document, not a bare private key`, {
    hint: `if it is a keystore, give it with ${waysToSet(keystore)}`,
  })
}

/** Throws SETTING_INVALID: what is no name of a key may be a key. */
export function parseKmsKeyId(value: string, source: string): string {
  if (KMS_KEY_ID.test(value)) return value
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(value)}, which does not name a key in AWS KMS`, {
    hint: 'give its ID (a UUID), its ARN, or an alias such as alias/wcn-owner',
  })
}
