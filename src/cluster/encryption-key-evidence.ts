/**
 * Tells whether an encryption key is this cluster's, and by what it is known again. A wrong key decrypts to some address as
 * well, so only what would hardly happen by chance proves anything (docs/dev/network/wire-format.md, "IP encryption";
 * docs/dev/never.md 3).
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Address } from '../base/address.js'
import { bytesToHex, type Hex, hexToBytes } from '../base/hex.js'
import { type Ipv4, ipv4ToBytes, isNoHostAddress, isPrivateUse } from '../base/ipv4.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import { describePeerId, type PeerId, peerIdDigest } from '../base/keys/peer-id.js'
import type { ClusterView } from './cluster-view.js'
import { type PlainNode, plainNodes } from './plain-node.js'

/** An address of an operator's own node that is known from elsewhere than the chain. */
export type KnownAddress = Pick<PlainNode, 'peerId' | 'ipv4Addr'>

const PLACEHOLDER = '10.0.0.0'
/** With the right key no address is one that no host has, with a wrong one about every eighth is. */
const SUSPICIOUS_COUNT = 2
const SUSPICIOUS_SHARE = 0.08

/**
 * `proven`: a node's address is as `own` says, a placeholder decrypts to exactly 10.0.0.0, or most private addresses into the private ranges (0.5 % each
 * by chance). `contradicted`: there are placeholders and none is there, there are several private addresses and most are none,
 * many public ones are no host's, or several own nodes are there and none at its address.
 */
export function encryptionKeyEvidence(
  view: Pick<ClusterView, 'operators'>,
  key: EncryptionKey,
  own: readonly KnownAddress[] = [],
): 'proven' | 'unproven' | 'contradicted' {
  const known = new Map(own.map(({ peerId, ipv4Addr }) => [peerId, ipv4Addr]))
  let elsewhere = 0
  const publics: Ipv4[] = []
  const placeholders: Ipv4[] = []
  const privates: Ipv4[] = []
  const nodes = view.operators.flatMap(({ decoded }) => decoded?.nodes ?? [])
  for (const { peerId, ipv4Addr, privateIpv4Addr } of plainNodes(nodes, key)) {
    publics.push(ipv4Addr)
    // One in 2^32 by chance.
    if (known.get(peerId) === ipv4Addr) return 'proven'
    if (known.has(peerId)) elsewhere++
    if (isPlaceholder(peerId)) placeholders.push(ipv4Addr)
    // Somebody who gave the public address twice says nothing about the key.
    if (privateIpv4Addr && privateIpv4Addr !== ipv4Addr) privates.push(privateIpv4Addr)
  }
  if (publics.some((address) => address === PLACEHOLDER)) return 'proven'
  if (placeholders.length >= SUSPICIOUS_COUNT) return 'contradicted'
  const plausible = privates.filter(isInternal).length
  if (plausible > 0 && plausible * 2 >= privates.length) return 'proven'
  if (elsewhere >= SUSPICIOUS_COUNT) return 'contradicted'
  const impossible = publics.filter(isNoHostAddress).length
  const suspicious = impossible >= SUSPICIOUS_COUNT && impossible >= publics.length * SUSPICIOUS_SHARE
  return privates.length >= SUSPICIOUS_COUNT || suspicious ? 'contradicted' : 'unproven'
}

/** What a new deployment gives its operators: an identity multihash of 32 bytes, in which no key fits. */
function isPlaceholder(peerId: PeerId): boolean {
  return describePeerId(peerId) === 'no-key' && peerIdDigest(peerId).length === 32
}

/** RFC 1918, or the carriers' shared range, which clouds and overlay networks use alike. */
function isInternal(address: Ipv4): boolean {
  const [first = 0, second = 0] = ipv4ToBytes(address)
  return isPrivateUse(address) || (first === 100 && second >= 64 && second < 128)
}

/** Nothing else is ever hashed with this before it. */
const DOMAIN = 'wcn: fingerprint of a contract encryption key, version 1\0'

/**
 * The key is recognised later without being kept: its 32 random bytes are found by nobody who tries, and the contract goes in
 * so that nobody sees that two contracts share one. SHA-256(domain ‖ chain ID as 8 bytes, big endian ‖ contract ‖ key).
 */
export function keyFingerprint(
  key: EncryptionKey,
  { chainId, contract }: { readonly chainId: number; readonly contract: Address },
): Hex {
  const chain = new Uint8Array(8)
  new DataView(chain.buffer).setBigUint64(0, BigInt(chainId))
  return bytesToHex(sha256(concatBytes(utf8ToBytes(DOMAIN), chain, hexToBytes(contract), key.reveal())))
}
