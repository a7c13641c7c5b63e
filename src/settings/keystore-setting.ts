/** The configured keystore: read once, opened once, and its password asked for only when it has to be opened. */
import type { Address } from '../base/address.js'
import type { Keystore } from '../base/keys/keystore.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'
import { once } from '../base/once.js'
import { sourceName } from '../base/source-name.js'
import { WcnError } from '../errors/wcn-error.js'
import { oneOf } from './one-of.js'
import { type SecretNames, type TakenSecret, takeSecret, waysToGive } from './secret-setting.js'
import type { SettingsTools } from './settings-tools.js'
import { type Sources, waysToSet } from './sources.js'

export interface KeystoreSetting {
  /** As the file states it, which nothing proves; null where it states none. Takes no password. */
  statedAddress(): Promise<Address | null>
  open(): Promise<OperatorPrivateKey>
}

/** What it gives throws FILE_*, KEYSTORE_INVALID, PASSWORD_WRONG, and INPUT_REQUIRED where nobody can be asked. */
export function keystoreSetting(
  path: string,
  passwordNames: SecretNames,
  sources: Sources,
  tools: SettingsTools,
): KeystoreSetting {
  const name = sourceName(path)
  const read = once(async (): Promise<Keystore> => {
    const { MAX_KEYSTORE_BYTES, parseKeystore } = await import('../signers/keystore-file.js')
    const text = await tools.files.readText(path, { maxBytes: MAX_KEYSTORE_BYTES })
    // It may be a bare key that was taken for a keystore.
    tools.registerSecret(text)
    return parseKeystore(text, path)
  })

  const password = async (): Promise<TakenSecret> => {
    const chosen = oneOf(sources, passwordNames)
    if (chosen) return takeSecret(chosen, tools, { mayBeEmpty: true })
    const empty = sources.setToNothing(passwordNames.inline)
    if (empty !== null) return { value: '', source: empty }
    const value = await tools.askHidden(
      `Password of ${name}`,
      `give the password of ${name} with ${waysToSet(waysToGive(passwordNames))}`,
    )
    tools.registerSecret(value)
    return { value, source: 'the prompt' }
  }

  const open = once(async (): Promise<OperatorPrivateKey> => {
    const keystore = await read()
    const { value, source } = await password()
    tools.note(`opening the keystore ${name}`)
    const key = await (await tools.keystores()).open(keystore, value)
    if (key === null)
      throw new WcnError('PASSWORD_WRONG', `the password from ${source} does not open the keystore ${name}`, {
        hint: 'check the password; if it is right, the file is damaged',
      })
    tools.registerSecret(key.reveal())
    requireStated(keystore.address, await tools.addressOf(key), name)
    return key
  })

  return { statedAddress: async () => (await read()).address, open }
}

function requireStated(stated: Address | null, actual: Address, name: string): void {
  if (stated === null || stated === actual) return
  throw new WcnError('KEYSTORE_INVALID', `${name} states the address ${stated}, but holds the key of ${actual}`, {
    hint: 'somebody or something changed the file: find out who before you use either account',
    details: { stated, actual },
  })
}
