/** EIP-712 and address recovery for join requests (spec/join-request.md). */
import type { Address } from '../address.js'
import type { Hex } from '../hex.js'
import type { JoinRequestContent } from '../join-request.js'

export interface TypedData {
  joinRequestDigest(content: JoinRequestContent): Hex
  dataHash(data: Uint8Array): Hex
  /** Null where the signature is no signature. */
  recover(digest: Hex, signature: Hex): Promise<Address | null>
}
