/** Computes EIP-712 digests for join requests, and recovers who signed them (docs/dev/network/join-request.md). */
import { hashTypedData, keccak256, recoverAddress } from 'viem'
import { type Address, parseAddress } from '../base/address.js'
import { bytesToHex, type Hex } from '../base/hex.js'

const TYPES = {
  JoinRequest: [
    { name: 'operator', type: 'address' },
    { name: 'dataHash', type: 'bytes32' },
    { name: 'createdAt', type: 'uint64' },
    { name: 'expiresAt', type: 'uint64' },
  ],
} as const

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

export type TypedData = typeof typedData

export const typedData = {
  joinRequestDigest: (content: JoinRequestContent): Hex =>
    hashTypedData({
      domain: {
        name: 'WCN join request',
        version: '1',
        chainId: content.chainId,
        verifyingContract: content.contract,
      },
      types: TYPES,
      primaryType: 'JoinRequest',
      message: {
        operator: content.operator,
        dataHash: content.dataHash,
        createdAt: BigInt(content.createdAt),
        expiresAt: BigInt(content.expiresAt),
      },
    }),
  dataHash: (data: Uint8Array): Hex => keccak256(bytesToHex(data)),
  /** Null where the signature is no signature. */
  async recover(digest: Hex, signature: Hex): Promise<Address | null> {
    try {
      return parseAddress(await recoverAddress({ hash: digest, signature }), 'the signature')
    } catch {
      return null
    }
  },
}
