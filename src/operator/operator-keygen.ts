/** `operator keygen`: the account a node operator signs with on Optimism. The key goes to a file, never to a screen. */

import { bytesToHex } from '../base/hex.js'
import { parseOperatorPrivateKey } from '../base/keys/operator-key.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { fileIn, isDirectoryTarget, warnIfTracked } from '../key/secret-file-target.js'
import { addressOfKey } from '../signers/address-of-key.js'

export interface Input {
  readonly out: string
  /** Encrypted, in place of the bare key. */
  readonly keystore?: boolean
  readonly passwordFile?: string
}

/** Throws USAGE, FILE_EXISTS, FILE_UNWRITABLE, FILE_PERMISSIONS, OUTPUT_UNSAFE, and what making a keystore throws. */
export async function run(services: Services, input: Input) {
  const { files, randomBytes } = services
  const { out, keystore = false } = input
  requireUsable(input)
  // One draw in 2^128 is out of the curve's range, and refused.
  const key = parseOperatorPrivateKey(bytesToHex(randomBytes(32)), 'the random number')
  const address = await addressOfKey(key)
  const encrypted = keystore ? await import('./new-keystore.js') : null
  const name = encrypted?.keystoreName(services.clock.now(), address) ?? `operator-${address}.key`
  const file = (await isDirectoryTarget(files, out)) ? fileIn(out, name) : out
  if (out !== file) await files.makeDirectory(out, 0o700)
  await warnIfTracked(services, file)
  if (encrypted) {
    // Before anybody types a password for nothing.
    await files.checkWritable(file, { overwrite: false })
    const password = await encrypted.newPassword(services, input.passwordFile)
    await encrypted.writeKeystore(services, file, { key, address, password })
  } else await files.createPrivate(file, `${key.reveal()}\n`)
  return { data: { address, file } }
}

function requireUsable({ out, keystore = false, passwordFile }: Input): void {
  if (out === '' || out === '-')
    throw new WcnError('USAGE', '--out must name a file: a private key is not printed', {
      hint: 'for example --out operator.key',
    })
  if (passwordFile !== undefined && !keystore)
    throw new WcnError('USAGE', '--password-file does nothing without --keystore: the key would not be encrypted', {
      hint: 'add --keystore, or leave --password-file out',
    })
}
