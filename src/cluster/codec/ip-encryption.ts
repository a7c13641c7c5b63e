/**
 * FF1 (NIST SP 800-38G) over the 4 octets of an address: radix 256, AES-256, tweak = digest of the node's peer ID
 * (docs/dev/network/wire-format.md, "IP encryption"). Addresses that are asked for together go through each step of the
 * cipher in one call, and of its output only the 16 bits are taken that fit into half an address.
 */
import { type Ipv4, ipv4FromBytes, ipv4ToBytes } from '../../base/ipv4.js'
import type { Blocks, EncryptionKey } from '../../base/keys/encryption-key.js'
import { type PeerId, peerIdDigest } from '../../base/keys/peer-id.js'

const ROUNDS = 10
const BLOCK = 16
const ADDRESS = 4
/** At the end of what is hashed: the number of the round, and half an address. */
const ROUND_BYTES = 3
const LAST_WORD = BLOCK - 4
/** Of the number that the first 8 bytes of a block are. */
const LOW_BITS = 6

/** An address as it is stored, under the peer ID it was encrypted with. */
interface HiddenIpv4 {
  readonly peerId: PeerId
  readonly encrypted: Uint8Array
}

/** 4 bytes, as they are stored. */
export function encryptIpv4(key: EncryptionKey, peerId: PeerId, ip: Ipv4): Uint8Array {
  return ff1(key.encryptBlocks, [peerIdDigest(peerId)], ipv4ToBytes(ip), 1)
}

/** Takes the 4 stored bytes. Any key gives some address: nothing here can tell that it is the wrong one. */
export function decryptIpv4(key: EncryptionKey, peerId: PeerId, encrypted: Uint8Array): Ipv4 {
  return decryptIpv4s(key, [{ peerId, encrypted }])[0] as Ipv4
}

/** The same for many at once, in their order. */
export function decryptIpv4s(key: EncryptionKey, hidden: readonly HiddenIpv4[]): readonly Ipv4[] {
  const all = new Uint8Array(ADDRESS * hidden.length)
  hidden.forEach(({ encrypted }, i) => {
    if (encrypted.length !== ADDRESS) throw new RangeError(`an encrypted address has ${encrypted.length} bytes`)
    all.set(encrypted, ADDRESS * i)
  })
  const tweaks = hidden.map(({ peerId }) => peerIdDigest(peerId))
  const shown = ff1(key.encryptBlocks, tweaks, all, -1)
  return hidden.map((_, i) => ipv4FromBytes(shown.subarray(ADDRESS * i, ADDRESS * (i + 1))))
}

/**
 * One tweak per address; `sign` is 1 to encrypt, -1 to decrypt. The halves of an address, A and B of the standard, are
 * big-endian numbers of 16 bits that change places from round to round.
 */
function ff1(aes: Blocks, tweaks: readonly Uint8Array[], addresses: Uint8Array, sign: 1 | -1): Uint8Array {
  const result = Uint8Array.from(addresses)
  const halves = new DataView(result.buffer)
  const blocks = chainedTweaks(aes, tweaks)
  const words = new DataView(blocks.buffer)
  const lastWords = Uint32Array.from(tweaks, (_, i) => words.getUint32(BLOCK * i + LAST_WORD))
  for (let step = 0; step < ROUNDS; step++) {
    const round = sign === 1 ? step : ROUNDS - 1 - step
    const [a, b] = round % 2 === 0 ? [0, 2] : [2, 0]
    for (const [i, word] of lastWords.entries())
      words.setUint32(BLOCK * i + LAST_WORD, word ^ (round << 16) ^ halves.getUint16(ADDRESS * i + b))
    const encrypted = aes(blocks)
    const numbers = new DataView(encrypted.buffer, encrypted.byteOffset)
    for (let i = 0; i < tweaks.length; i++) {
      const number = numbers.getUint16(BLOCK * i + LOW_BITS)
      halves.setUint16(ADDRESS * i + a, halves.getUint16(ADDRESS * i + a) + sign * number)
    }
  }
  return result
}

/** For each tweak the CBC-MAC of all that is the same in each round; the last block is still to be encrypted. */
function chainedTweaks(aes: Blocks, tweaks: readonly Uint8Array[]): Uint8Array {
  const chained = new Uint8Array(BLOCK * tweaks.length)
  tweaks.forEach(({ length }, i) => {
    chained.set([1, 2, 1, 0, 1, 0, ROUNDS, 2, 0, 0, 0, ADDRESS, 0, 0, 0, length], BLOCK * i)
  })
  const longest = Math.max(...new Set(tweaks.map(({ length }) => length)))
  for (let from = 0; from < longest + ROUND_BYTES; from += BLOCK) {
    const encrypted = aes(chained)
    tweaks.forEach((tweak, i) => {
      if (from >= tweak.length + ROUND_BYTES) return
      for (let j = 0; j < BLOCK; j++)
        chained[BLOCK * i + j] = (encrypted[BLOCK * i + j] as number) ^ (tweak[from + j] ?? 0)
    })
  }
  return chained
}
