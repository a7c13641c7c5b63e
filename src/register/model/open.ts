/** From a join request's fields to what they stand for; whoever reads a request goes through here. */

import { type Address, parseAddress, ZERO_ADDRESS } from '../../base/address.js'
import { type Hex, hexToBytes } from '../../base/hex.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { JoinRequestContent, TypedData } from '../../chain/typed-data.js'
import type { DecodedOperatorData } from '../../cluster/codec/operator-data.js'
import { decodeOwnEncoding } from '../../cluster/judge-write.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { JoinRequestTerms } from './join-request.js'

export interface OpenedRequest {
  readonly content: JoinRequestContent
  /** What everybody signs. */
  readonly digest: Hex
  readonly blob: Uint8Array
  readonly data: DecodedOperatorData
}

/** The contract stores a length limit of 16 bits. */
const MAX_BLOB_BYTES = 0xffff

export interface Accounts {
  readonly contract: Address
  readonly operator: Address
}

/** Throws ADDRESS_INVALID, REQUEST_INVALID. */
export function openAccounts(terms: JoinRequestTerms): Accounts {
  return {
    contract: requireNotZero(parseAddress(terms.contract, '"contract"'), '"contract"'),
    operator: requireNotZero(parseAddress(terms.operator, '"operator"'), '"operator"'),
  }
}

/** Exactly what this tool would write: schema 1, nothing after it, shortest encoding. Throws REQUEST_INVALID. */
export function openBlob(hex: string): { readonly blob: Uint8Array; readonly data: DecodedOperatorData } {
  if (!/^0x(?:[0-9a-f]{2})+$/i.test(hex)) throw invalid('"data" is not an even number of hex digits after 0x')
  const blob = hexToBytes(hex)
  if (blob.length > MAX_BLOB_BYTES) throw invalid(`"data" has ${blob.length} bytes, more than any cluster allows`)
  return { blob, data: decode(blob) }
}

export function openContent(
  terms: JoinRequestTerms,
  { contract, operator }: Accounts,
  blob: Uint8Array,
  typedData: TypedData,
): Pick<OpenedRequest, 'content' | 'digest'> {
  const content: JoinRequestContent = {
    chainId: terms.chain_id,
    contract,
    operator,
    dataHash: typedData.dataHash(blob),
    createdAt: terms.created_at,
    expiresAt: terms.expires_at,
  }
  return { content, digest: typedData.joinRequestDigest(content) }
}

/** Peer IDs of the data's nodes, each once, in their order. */
export function distinctPeerIds(data: Pick<DecodedOperatorData, 'nodes'>): readonly PeerId[] {
  return [...new Set(data.nodes.map(({ peerId }) => peerId))]
}

function decode(blob: Uint8Array): DecodedOperatorData {
  try {
    return decodeOwnEncoding(blob)
  } catch (error) {
    throw error instanceof WcnError ? invalid(`"data" is no operator data: ${error.message}`, error) : error
  }
}

function requireNotZero(address: Address, source: string): Address {
  if (address !== ZERO_ADDRESS) return address
  throw invalid(`${source} is the zero address`)
}

function invalid(sentence: string, cause?: unknown): WcnError {
  return new WcnError('REQUEST_INVALID', sentence, {
    hint: 'ask the applicant for a request made with `wcn operator register`',
    cause,
  })
}
