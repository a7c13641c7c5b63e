/** `operator keygen`: the account a node operator signs with on Optimism. The key goes to a file, never to a screen. */

import type { Address } from '../core/address.js'
import { bytesToHex } from '../core/hex.js'
import { parseOperatorPrivateKey } from '../core/keys/operator-key.js'
import type { ActionResult, Services } from '../core/ports.js'
import { WcnError } from '../errors/wcn-error.js'
import { fileIn, isDirectoryTarget, warnIfTracked } from './secret-file-target.js'

export interface Input {
  readonly out: string
}

export interface OperatorKeygenData {
  /** The operator ID. */
  readonly address: Address
  readonly file: string
}

/** Throws USAGE, FILE_EXISTS, FILE_UNWRITABLE, FILE_PERMISSIONS, OUTPUT_UNSAFE. */
export async function run(services: Services, { out }: Input): Promise<ActionResult<OperatorKeygenData>> {
  const { files, addressOf, randomBytes } = services
  if (out === '' || out === '-')
    throw new WcnError('USAGE', '--out must name a file: a private key is not printed', {
      hint: 'for example --out operator.key',
    })
  // One draw in 2^128 is out of the curve's range, and refused.
  const key = parseOperatorPrivateKey(bytesToHex(randomBytes(32)), 'the random number')
  const address = await addressOf(key)
  const file = (await isDirectoryTarget(files, out)) ? fileIn(out, `operator-${address}.key`) : out
  if (out !== file) await files.makeDirectory(out, 0o700)
  await warnIfTracked(services, file)
  await files.createPrivate(file, `${key.reveal()}\n`)
  return { data: { address, file } }
}
