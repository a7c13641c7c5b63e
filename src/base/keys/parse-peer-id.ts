/**
 * Reads peer IDs as people type them: base58btc, or CIDv1 in any usual base. libp2p would throw on those of a fresh
 * cluster's placeholder nodes, which hold no key; they have to be named to be replaced.
 */
import { base32nopad, base36, base58 } from '@scure/base'
import { WcnError } from '../../errors/wcn-error.js'
import { bytesToHex } from '../hex.js'
import { quote } from '../quote.js'
import { whyNotAPublicKey } from './node-keypair.js'
import { describePeerId, ed25519PublicKeyOf, type PeerId, peerIdDigest, peerIdFromBytes } from './peer-id.js'
import { isPublishedKey, requireUnpublishedKey } from './published-key.js'

/** CID version 1, and the codec `libp2p-key`. */
const CID_OF_KEY = [0x01, 0x72]
/** Multibase: the first letter names the base. */
const BASES: Readonly<Record<string, (rest: string) => Uint8Array>> = {
  b: (rest) => base32nopad.decode(/[A-Z]/.test(rest) ? '?' : rest.toUpperCase()),
  k: base36.decode,
  z: base58.decode,
}
/** The longest legal ID has 66 bytes; base decoding takes quadratic time, so longer text is not even tried. */
const LONGEST_TEXT = 160

/** `source` says where the text came from. The result is always base58btc. Throws PEER_ID_INVALID. */
export function parsePeerId(text: string, source: string): PeerId {
  const multihash = text.length > LONGEST_TEXT ? null : multihashOf(text)
  if (multihash === null) throw invalid(text, source, whyNot(text))
  try {
    return peerIdFromBytes(multihash)
  } catch (error) {
    throw invalid(text, source, error instanceof WcnError ? error.message : 'it is not a multihash', error)
  }
}

/**
 * Lets only IDs pass that a node can prove to be: an ed25519 key of large order inside. Throws PEER_ID_NOT_A_KEY with
 * the reason; such an ID may be on chain, but is never written there by this tool.
 */
export function requireNodePeerId(id: PeerId, source: string): PeerId {
  requireUnpublishedKey(id, source)
  const why = whyNoNodeHas(id)
  if (why === null) return id
  throw new WcnError('PEER_ID_NOT_A_KEY', `${source} is ${id}, as which no node can ever authenticate: ${why}`, {
    hint: 'use the peer_id of a keypair made with `wcn key generate`',
    details: { peer_id: id, kind: describePeerId(id) },
  })
}

export function isNodePeerId(id: PeerId): boolean {
  return !isPublishedKey(id) && whyNoNodeHas(id) === null
}

function whyNoNodeHas(id: PeerId): string | null {
  const key = ed25519PublicKeyOf(id)
  if (key !== null) {
    const why = whyNotAPublicKey(key)
    return why === null ? null : `it holds 32 bytes in the place of an ed25519 public key, but ${why}`
  }
  const kind = describePeerId(id)
  if (kind === 'secp256k1') return 'it holds a secp256k1 key, and nodes have ed25519 keys'
  if (kind === 'rsa-or-hashed') return 'it is the hash of a key (as for RSA), and nodes have ed25519 keys'
  const digest = peerIdDigest(id)
  const start = bytesToHex(digest.subarray(0, 4)).slice(2)
  return `the ${digest.length} bytes inside (${start}…) are no ed25519 public key (08011220 and 32 bytes)`
}

function multihashOf(text: string): Uint8Array | null {
  try {
    if (/^[1Q]/.test(text)) return base58.decode(text)
    const cid = BASES[text.charAt(0)]?.(text.slice(1))
    return cid && CID_OF_KEY.every((byte, i) => cid[i] === byte) ? cid.subarray(CID_OF_KEY.length) : null
  } catch {
    return null
  }
}

function invalid(text: string, source: string, why: string, cause?: unknown): WcnError {
  return new WcnError('PEER_ID_INVALID', `${source} is ${quote(text)}, which is not a peer ID: ${why}`, {
    hint: "a node's peer ID starts with 12D3KooW, as printed by `wcn key generate`",
    cause,
  })
}

function whyNot(text: string): string {
  if (text === '') return 'it is empty'
  if (/\s/.test(text)) return 'it contains white space'
  if (text.length > LONGEST_TEXT) return `${text.length} characters are too many`
  if (text.startsWith('/')) return 'it looks like a multiaddress; give only the part after /p2p/'
  if (/^(?:0x)?[0-9a-f]{40}$/i.test(text)) return 'it looks like an EVM address'
  if (/^(?:0x)?[0-9a-f]{64,}$/i.test(text)) return 'it looks like hex'
  if (/^[0-9A-Za-z+/]{43}=$/.test(text))
    return 'it looks like a base64 key; the peer ID is another field of the keypair'
  if (/^(?:b[a-z2-7]|k[0-9a-z]|z[1-9A-Za-z]|Qm)/.test(text)) return 'it is no CIDv1 of a libp2p key'
  const stray = /[^1-9A-HJ-NP-Za-km-z]/u.exec(text)?.[0]
  if (stray !== undefined) return `${JSON.stringify(stray)} does not occur in base58btc`
  return 'base58btc peer IDs start with 1 or Qm'
}
