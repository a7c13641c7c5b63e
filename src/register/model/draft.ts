/** Makes join requests: terms → draft → request (docs/dev/network/join-request.md). */
import { type Address, checksumAddress } from '../../base/address.js'
import { bytesToHex, type Hex } from '../../base/hex.js'
import type { OperatorData } from '../../cluster/codec/operator-data.js'
import type { JoinRequest, JoinRequestDraft, NodeSignatures } from './join-request.js'

export interface Application {
  readonly chainId: number
  readonly contract: Address
  readonly operator: Address
  readonly data: OperatorData
  /** `data`, encoded. */
  readonly blob: Uint8Array
  /** Unix seconds. */
  readonly createdAt: number
  readonly expiresAt: number
}

/** Addresses are spelled with their checksum, as the people who compare them know them. */
export function draftRequest(application: Application): JoinRequestDraft {
  const { chainId, contract, operator, data, blob, createdAt, expiresAt } = application
  return {
    type: 'wcn-join-request-draft',
    version: 1,
    chain_id: chainId,
    contract: checksumAddress(contract),
    operator: checksumAddress(operator),
    name: data.name,
    peer_ids: data.nodes.map(({ peerId }) => peerId),
    data: bytesToHex(blob),
    created_at: createdAt,
    expires_at: expiresAt,
    node_signatures: {},
  }
}

export function signedRequest(draft: JoinRequestDraft, signature: Hex, nodeSignatures: NodeSignatures): JoinRequest {
  const { type: _, version, node_signatures: __, ...terms } = draft
  return { type: 'wcn-join-request', version, ...terms, signature, node_signatures: nodeSignatures }
}
