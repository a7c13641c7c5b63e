/** Computes EIP-712 digests for join requests, and recovers who signed them (docs/dev/network/join-request.md). */
import { hashTypedData, keccak256, recoverAddress } from 'viem'
import { type Address, parseAddress, ZERO_ADDRESS } from '../base/address.js'
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

const SAFE_TYPES = {
  SafeTx: [
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'data', type: 'bytes' },
    { name: 'operation', type: 'uint8' },
    { name: 'safeTxGas', type: 'uint256' },
    { name: 'baseGas', type: 'uint256' },
    { name: 'gasPrice', type: 'uint256' },
    { name: 'gasToken', type: 'address' },
    { name: 'refundReceiver', type: 'address' },
    { name: 'nonce', type: 'uint256' },
  ],
} as const

/** What the owners of a Safe sign for one call of it. */
export interface SafeCall {
  readonly chainId: number
  readonly safe: Address
  readonly to: Address
  readonly data: Hex
  readonly nonce: number
}

export type TypedData = typeof typedData

export const typedData = {
  /** As Safes of version 1.3.0 and newer have it, with no refund of gas: what the app makes of a batch of one call. */
  safeTxHash: ({ chainId, safe, to, data, nonce }: SafeCall): Hex =>
    hashTypedData({
      domain: { chainId, verifyingContract: safe },
      types: SAFE_TYPES,
      primaryType: 'SafeTx',
      message: {
        ...{ to, value: 0n, data, operation: 0, nonce: BigInt(nonce) },
        ...{ safeTxGas: 0n, baseGas: 0n, gasPrice: 0n, gasToken: ZERO_ADDRESS, refundReceiver: ZERO_ADDRESS },
      },
    }),
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
