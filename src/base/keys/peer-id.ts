/**
 * Peer IDs as the chain stores them and as the tool prints them (docs/dev/network/wire-format.md, "Identifiers and keys").
 * A multihash in base58btc; light on purpose, since making keys and reading a cluster both load it.
 */
import { base58 } from '@scure/base'
import { WcnError } from '../../errors/wcn-error.js'

declare const brand: unique symbol
/** base58btc of a multihash the network accepts. */
export type PeerId = string & { readonly [brand]: 'PeerId' }

export type PeerIdKind = 'ed25519' | 'secp256k1' | 'rsa-or-hashed' | 'no-key'

const IDENTITY = 0x00
const SHA2_256 = 0x12
const LONGEST_DIGEST: Readonly<Record<number, number>> = { [IDENTITY]: 42, [SHA2_256]: 64 }

/** Protobuf of a libp2p public key: field 1 the type, field 2 the key with its length. */
const ED25519_KEY = [0x08, 0x01, 0x12, 0x20]
const SECP256K1_KEY = [0x08, 0x02, 0x12, 0x21]

/** Of those that were read as bytes: a cluster has thousands, and decoding their text takes longer than all else of it. */
const multihashes = new Map<PeerId, Uint8Array>()

/**
 * Takes the bytes of a multihash: code, digest length, digest, nothing after it. Both numbers are minimal varints
 * below 128, hence single bytes. Throws PEER_ID_INVALID for what the network's decoder refuses.
 */
export function peerIdFromBytes(multihash: Uint8Array): PeerId {
  const why = whyRefused(multihash)
  if (why !== null) throw new WcnError('PEER_ID_INVALID', `${multihash.length} bytes are not a peer ID: ${why}`)
  const id = base58.encode(multihash) as PeerId
  multihashes.set(id, Uint8Array.from(multihash))
  return id
}

/** The multihash: what the chain stores. To be read only: others are handed the same bytes. */
export function peerIdToBytes(id: PeerId): Uint8Array {
  return multihashes.get(id) ?? base58.decode(id)
}

/** The multihash without its code and length: what addresses are encrypted with, next to the key. */
export function peerIdDigest(id: PeerId): Uint8Array {
  return peerIdToBytes(id).subarray(2)
}

/** Peer ID of a 32-byte ed25519 public key. Throws PEER_ID_INVALID for any other length. */
export function ed25519PeerId(publicKey: Uint8Array): PeerId {
  if (publicKey.length !== 32) {
    throw new WcnError('PEER_ID_INVALID', `an ed25519 public key has 32 bytes, but ${publicKey.length} were given`)
  }
  const digest = [...ED25519_KEY, ...publicKey]
  return peerIdFromBytes(Uint8Array.from([IDENTITY, digest.length, ...digest]))
}

/** The 32 key bytes inside, or null for every other kind. They are not checked to be a point of the curve. */
export function ed25519PublicKeyOf(id: PeerId): Uint8Array | null {
  const multihash = peerIdToBytes(id)
  return kindOf(multihash) === 'ed25519' ? multihash.slice(2 + ED25519_KEY.length) : null
}

/** `rsa-or-hashed`: only a hash of the key is stored; `no-key`: an identity multihash that holds no known key. */
export function describePeerId(id: PeerId): PeerIdKind {
  return kindOf(peerIdToBytes(id))
}

function whyRefused(multihash: Uint8Array): string | null {
  const code = multihash[0]
  const length = multihash[1]
  if (code === undefined || length === undefined) return 'a multihash has at least two bytes'
  const longest = LONGEST_DIGEST[code]
  if (longest === undefined) return `multihash code ${code} is neither identity (0) nor sha2-256 (18)`
  if (length > longest) return `a digest of ${length} bytes is longer than the ${longest} allowed for code ${code}`
  const follow = multihash.length - 2
  return follow === length ? null : `the digest is said to have ${length} bytes, but ${follow} follow`
}

function kindOf(multihash: Uint8Array): PeerIdKind {
  if (multihash[0] === SHA2_256) return 'rsa-or-hashed'
  if (holdsKey(multihash, ED25519_KEY, 32)) return 'ed25519'
  if (holdsKey(multihash, SECP256K1_KEY, 33)) return 'secp256k1'
  return 'no-key'
}

function holdsKey(multihash: Uint8Array, prefix: readonly number[], keyBytes: number): boolean {
  return multihash.length === 2 + prefix.length + keyBytes && prefix.every((byte, i) => multihash[2 + i] === byte)
}
