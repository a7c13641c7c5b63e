/** The operator account's signature under a join request: exactly one spelling of it counts (docs/dev/network/join-request.md). */

import type { Address } from '../../base/address.js'
import type { Hex } from '../../base/hex.js'
import type { TypedData } from '../../chain/typed-data.js'
import { WcnError } from '../../errors/wcn-error.js'

/** Half the order of the secp256k1 group: of s and order − s, which sign alike, only the lower one is taken. */
const HIGHEST_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** Throws REQUEST_INVALID unless it is 65 bytes r ‖ s ‖ v with low s and v 27 or 28, made by `operator`. */
export async function requireOperatorSignature(
  signature: string,
  { digest, operator, typedData }: { readonly digest: Hex; readonly operator: Address; readonly typedData: TypedData },
): Promise<void> {
  if (!isCanonical(signature))
    throw invalid('the operator signature is not 65 bytes of hex with a low s and v 27 or 28')
  const signer = await typedData.recover(digest, signature)
  if (signer === operator) return
  throw invalid(
    signer === null
      ? 'the operator signature is no signature'
      : `the operator signature is not one of ${operator} over this content`,
  )
}

function isCanonical(signature: string): signature is Hex {
  if (!/^0x[0-9a-f]{130}$/i.test(signature)) return false
  const s = BigInt(`0x${signature.slice(66, 130)}`)
  return s <= HIGHEST_S && /1[bc]$/i.test(signature)
}

function invalid(sentence: string): WcnError {
  return new WcnError('REQUEST_INVALID', sentence, {
    hint: 'something in the file was changed after it was signed, or another key signed it: ask for a new one',
  })
}
