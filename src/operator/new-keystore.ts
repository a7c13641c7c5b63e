/** Writes a new key to an encrypted keystore, and proves that it opens again: one that does not is a lost key. */

import type { Address } from '../base/address.js'
import { utc } from '../base/utc.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { KeystoreContent } from '../signers/keystore.js'
import { MAX_KEYSTORE_BYTES, parseKeystore } from '../signers/keystore-file.js'

/** geth's name for it: the time of its making in UTC, in nanoseconds, and the address. */
export function keystoreName(unixSeconds: number, address: Address): string {
  const time = utc(unixSeconds, 'second').replace(/ UTC$/, '').replace(' ', 'T').replaceAll(':', '-')
  return `UTC--${time}.000000000Z--${address.slice(2)}`
}

/** Throws FILE_EXISTS, FILE_UNWRITABLE, and KEYSTORE_INVALID where the file does not give the key back. */
export async function writeKeystore(services: Services, file: string, content: KeystoreContent): Promise<void> {
  const { files, talk, randomBytes } = services
  const { keystores } = await import('../signers/keystore.js')
  talk.note('encrypting the key')
  await files.createPrivate(file, await keystores.create(content, randomBytes))
  talk.note('opening the keystore again, to be sure')
  const read = parseKeystore(await files.readText(file, { maxBytes: MAX_KEYSTORE_BYTES }), file)
  const key = await keystores.open(read, content.password)
  if (key?.reveal() === content.key.reveal() && read.address === content.address) return
  throw new WcnError('KEYSTORE_INVALID', `${file} was written, but does not give the key back`, {
    hint: 'do not use this account; look at the disk, and make another one',
  })
}

/** From the file, or typed twice. Throws USAGE, PASSWORD_WRONG, FILE_*, and INPUT_REQUIRED where nobody can be asked. */
export async function newPassword({ files, talk }: Services, passwordFile: string | undefined): Promise<string> {
  if (passwordFile !== undefined) return files.readSecret(passwordFile)
  const instead = 'give the password for the new keystore with --password-file'
  const password = await talk.askHidden('Password for the new keystore', instead)
  if (password === '') throw new WcnError('USAGE', 'an empty password protects nothing')
  if (password === (await talk.askHidden('The same password again', instead))) return password
  throw new WcnError('PASSWORD_WRONG', 'the two passwords are not the same; nothing was written', {
    hint: 'run the command again',
  })
}
