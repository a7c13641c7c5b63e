/** EIP-712 digests and signer recovery for join requests (docs/dev/network/join-request.md). */
import { hashTypedData, keccak256, recoverAddress } from 'viem'
import { parseAddress } from '../base/address.js'
import { bytesToHex } from '../base/hex.js'
import type { TypedData } from './typed-data.js'

const TYPES = {
  JoinRequest: [
    { name: 'operator', type: 'address' },
    { name: 'dataHash', type: 'bytes32' },
    { name: 'createdAt', type: 'uint64' },
    { name: 'expiresAt', type: 'uint64' },
  ],
} as const

export const typedData: TypedData = {
  joinRequestDigest: (content) =>
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
  dataHash: (data) => keccak256(bytesToHex(data)),
  async recover(digest, signature) {
    try {
      return parseAddress(await recoverAddress({ hash: digest, signature }), 'the signature')
    } catch {
      return null
    }
  },
}
