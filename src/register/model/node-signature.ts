/** How a node key vouches for a join request: ed25519 over a tagged EIP-712 digest (docs/dev/network/join-request.md). */
import { base64 } from '@scure/base'
import { decodeCanonicalBase64 } from '../../base/canonical-base64.js'
import { type Hex, hexToBytes } from '../../base/hex.js'
import { type NodeKeypair, signWithNodeKey, verifyNodeSignature } from '../../base/keys/node-keypair.js'
import { ed25519PublicKeyOf, type PeerId } from '../../base/keys/peer-id.js'

/** Keeps the signature from meaning anything elsewhere: node keys also sign TLS certificates. */
const TAG = 'wcn-join-request/1'

/** Standard base64 of the 64-byte signature. */
export async function signAsNode({ secretKey }: NodeKeypair, digest: Hex): Promise<string> {
  return base64.encode(await signWithNodeKey(secretKey, message(digest)))
}

/** Strict: canonical base64, RFC 8032 without leniency, no small-order keys. False for whatever else. */
export async function isNodeSignature(peerId: PeerId, digest: Hex, signature: string): Promise<boolean> {
  const publicKey = ed25519PublicKeyOf(peerId)
  const bytes = decodeCanonicalBase64(signature)
  return publicKey !== null && bytes !== null && verifyNodeSignature(publicKey, message(digest), bytes)
}

function message(digest: Hex): Uint8Array {
  return Uint8Array.from([...new TextEncoder().encode(TAG), 0, ...hexToBytes(digest)])
}
