/** Makes the terms of a join request, and reads what they stand for (docs/dev/network/join-request.md). */

import { type Address, checksumAddress, parseAddress, ZERO_ADDRESS } from '../../base/address.js'
import { bytesToHex, type Hex, hexToBytes } from '../../base/hex.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { JoinRequestContent, TypedData } from '../../chain/typed-data.js'
import type { DecodedOperatorData, OperatorData } from '../../cluster/codec/operator-data.js'
import { decodeOwnEncoding } from '../../cluster/judge-write.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { JoinRequest, JoinRequestDraft, JoinRequestTerms } from '../join-request-document.js'

/** The contract stores a length limit of 16 bits. */
const MAX_BLOB_BYTES = 0xffff

export interface OpenedRequest {
  readonly content: JoinRequestContent
  /** What everybody signs. */
  readonly digest: Hex
  readonly blob: Uint8Array
  readonly data: DecodedOperatorData
}

/** `blob` is `data`, encoded. Addresses are spelled with their checksum, as the people who compare them know them. */
export function draftRequest(
  { chainId, contract, operator, createdAt, expiresAt }: Omit<JoinRequestContent, 'dataHash'>,
  data: OperatorData,
  blob: Uint8Array,
): JoinRequestDraft {
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

export function signedRequest(draft: JoinRequestDraft, signature: Hex): JoinRequest {
  const { node_signatures, ...terms } = draft
  return { ...terms, type: 'wcn-join-request', signature, node_signatures }
}

/** Throws ADDRESS_INVALID, REQUEST_INVALID. */
export function openAccounts({ contract, operator }: JoinRequestTerms) {
  return { contract: openAccount(contract, '"contract"'), operator: openAccount(operator, '"operator"') }
}

/** Exactly what this tool would write: schema 1, nothing after it, shortest encoding. Throws REQUEST_INVALID. */
export function openBlob({ data: hex }: JoinRequestTerms): Pick<OpenedRequest, 'blob' | 'data'> {
  if (!/^0x(?:[0-9a-f]{2})+$/i.test(hex)) throw invalid('"data" is not an even number of hex digits after 0x')
  const blob = hexToBytes(hex)
  if (blob.length > MAX_BLOB_BYTES) throw invalid(`"data" has ${blob.length} bytes, more than any cluster allows`)
  try {
    return { blob, data: decodeOwnEncoding(blob) }
  } catch (error) {
    throw error instanceof WcnError ? invalid(`"data" is no operator data: ${error.message}`, error) : error
  }
}

export function openContent(
  { chain_id: chainId, created_at: createdAt, expires_at: expiresAt }: JoinRequestTerms,
  accounts: ReturnType<typeof openAccounts>,
  { blob, data }: Pick<OpenedRequest, 'blob' | 'data'>,
  typedData: TypedData,
): OpenedRequest {
  const content = { chainId, ...accounts, dataHash: typedData.dataHash(blob), createdAt, expiresAt }
  return { content, digest: typedData.joinRequestDigest(content), blob, data }
}

/** Peer IDs of the data's nodes, each once, in their order. */
export function distinctPeerIds({ nodes }: Pick<OperatorData, 'nodes'>): readonly PeerId[] {
  return [...new Set(nodes.map(({ peerId }) => peerId))]
}

function openAccount(text: string, source: string): Address {
  const address = parseAddress(text, source)
  if (address !== ZERO_ADDRESS) return address
  throw invalid(`${source} is the zero address`)
}

function invalid(sentence: string, cause?: unknown): WcnError {
  return new WcnError('REQUEST_INVALID', sentence, {
    hint: 'ask the applicant for a request made with `wcn operator register`',
    cause,
  })
}
