/**
 * FF1 (NIST SP 800-38G) over the 4 octets of an address: radix 256, AES-256, tweak = digest of the node's peer ID
 * (docs/dev/network/wire-format.md, "IP encryption").
 */
import { FF1 } from '@noble/ciphers/ff1.js'
import { type Ipv4, ipv4FromBytes, ipv4ToBytes } from '../../base/ipv4.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import { type PeerId, peerIdDigest } from '../../base/keys/peer-id.js'

const RADIX = 256

/** 4 bytes, as they are stored. */
export function encryptIpv4(key: EncryptionKey, peerId: PeerId, ip: Ipv4): Uint8Array {
  return Uint8Array.from(cipher(key, peerId).encrypt([...ipv4ToBytes(ip)]))
}

/** Takes the 4 stored bytes. Any key gives some address: nothing here can tell that it is the wrong one. */
export function decryptIpv4(key: EncryptionKey, peerId: PeerId, encrypted: Uint8Array): Ipv4 {
  return ipv4FromBytes(Uint8Array.from(cipher(key, peerId).decrypt([...encrypted])))
}

function cipher(key: EncryptionKey, peerId: PeerId) {
  return FF1(RADIX, key.reveal(), peerIdDigest(peerId))
}
