/** EIP-712 and address recovery for join requests (docs/dev/network/join-request.md). */
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'

/** What the operator account signs (EIP-712). */
export interface JoinRequestContent {
  readonly chainId: number
  readonly contract: Address
  readonly operator: Address
  /** keccak256 of the operator data blob. */
  readonly dataHash: Hex
  /** Unix seconds. */
  readonly createdAt: number
  readonly expiresAt: number
}

export interface TypedData {
  joinRequestDigest(content: JoinRequestContent): Hex
  dataHash(data: Uint8Array): Hex
  /** Null where the signature is no signature. */
  recover(digest: Hex, signature: Hex): Promise<Address | null>
}
