/** How node keys and the operator's account vouch for a join request (docs/dev/network/join-request.md). */
import { base64 } from '@scure/base'
import { type Hex, hexToBytes } from '../../base/hex.js'
import {
  decodeCanonicalBase64,
  type NodeKeypair,
  signWithNodeKey,
  verifyNodeSignature,
} from '../../base/keys/node-keypair.js'
import { ed25519PublicKeyOf, type PeerId } from '../../base/keys/peer-id.js'
import type { TypedData } from '../../chain/typed-data.js'
import { WcnError } from '../../errors/wcn-error.js'
import { distinctPeerIds, type OpenedRequest } from './join-request.js'

/** Keeps the signature from meaning anything elsewhere: node keys also sign TLS certificates. */
const TAG = 'wcn-join-request/1'
/** Half the order of the secp256k1 group: of s and order − s, which sign alike, only the lower one is taken. */
const HIGHEST_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** Ed25519 over a tagged EIP-712 digest; standard base64 of the 64 bytes. */
export async function signAsNode({ secretKey }: NodeKeypair, digest: Hex): Promise<string> {
  return base64.encode(await signWithNodeKey(secretKey, message(digest)))
}

/** Strict: canonical base64, RFC 8032 without leniency, no small-order keys. False for whatever else. */
export async function isNodeSignature(peerId: PeerId, digest: Hex, signature: string): Promise<boolean> {
  const publicKey = ed25519PublicKeyOf(peerId)
  const bytes = decodeCanonicalBase64(signature)
  return publicKey !== null && bytes !== null && verifyNodeSignature(publicKey, message(digest), bytes)
}

/** One valid signature for each peer ID and nothing besides; says so. Throws REQUEST_INVALID. */
export async function requireNodeSignatures(
  signatures: Readonly<Record<string, string>>,
  { digest, data }: OpenedRequest,
): Promise<string> {
  const peerIds = distinctPeerIds(data)
  const hint = 'nobody has shown to hold that key: ask the applicant for a new request'
  for (const peerId of peerIds) {
    const signature = Object.hasOwn(signatures, peerId) ? signatures[peerId] : undefined
    if (signature === undefined) throw invalid(`the signature of node ${peerId} is missing`, hint)
    if (!(await isNodeSignature(peerId, digest, signature)))
      throw invalid(`the signature of node ${peerId} is not one of its key over this content`, hint)
  }
  const surplus = Object.keys(signatures).length - peerIds.length
  if (surplus > 0) throw invalid(`there are ${surplus} signatures of peer IDs that are not in the data`, hint)
  return peerIds.length === 1 ? 'signed by the one node key' : `signed by all ${peerIds.length} node keys`
}

/**
 * Exactly one spelling counts. Throws REQUEST_INVALID unless it is 65 bytes r ‖ s ‖ v with low s and v 27 or 28, made by
 * the operator.
 */
export async function requireOperatorSignature(
  signature: string,
  { digest, content: { operator } }: OpenedRequest,
  typedData: TypedData,
): Promise<void> {
  const hint = 'something in the file was changed after it was signed, or another key signed it: ask for a new one'
  if (!isCanonical(signature))
    throw invalid('the operator signature is not 65 bytes of hex with a low s and v 27 or 28', hint)
  const signer = await typedData.recover(digest, signature)
  if (signer === null) throw invalid('the operator signature is no signature', hint)
  if (signer !== operator) throw invalid(`the operator signature is not one of ${operator} over this content`, hint)
}

function isCanonical(signature: string): signature is Hex {
  if (!/^0x[0-9a-f]{130}$/i.test(signature)) return false
  const s = BigInt(`0x${signature.slice(66, 130)}`)
  return s <= HIGHEST_S && /1[bc]$/i.test(signature)
}

function message(digest: Hex): Uint8Array {
  return Uint8Array.from([...new TextEncoder().encode(TAG), 0, ...hexToBytes(digest)])
}

function invalid(sentence: string, hint: string): WcnError {
  return new WcnError('REQUEST_INVALID', sentence, { hint })
}
