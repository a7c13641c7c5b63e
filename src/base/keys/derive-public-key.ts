/**
 * Public keys from secret ones (RFC 8032, 5.1.5). The library multiplies the base point by means of a table that takes
 * as long to build as starting the whole process; that pays for many keys, not for one.
 */
import { etc, getPublicKeyAsync, hashes, Point } from '@noble/ed25519'

const ORDER = Point.CURVE().n
/** 1/2 modulo the order. */
const HALF = (ORDER + 1n) / 2n

/** 32 bytes from a 32-byte seed. `many`: more keys follow, so that the table is worth its time. */
export async function derivePublicKey(seed: Uint8Array, { many }: { readonly many: boolean }): Promise<Uint8Array> {
  return many ? getPublicKeyAsync(seed) : multiplyWithoutTable(await secretScalar(seed))
}

/** Step 1 to 3: the lower half of SHA-512, pruned, as a little-endian number modulo the order. */
async function secretScalar(seed: Uint8Array): Promise<bigint> {
  const pruned = (await hashes.sha512Async(seed)).slice(0, 32).reverse()
  pruned[0] = ((pruned[0] ?? 0) & 0x7f) | 0x40
  pruned[31] = (pruned[31] ?? 0) & 0xf8
  return etc.mod(BigInt(`0x${etc.bytesToHex(pruned)}`), ORDER)
}

/** s·B as (s/2)·2B: for any point but B itself the library takes its constant-time ladder, which needs no table. */
function multiplyWithoutTable(scalar: bigint): Uint8Array {
  return Point.BASE.double()
    .multiply(etc.mod(scalar * HALF, ORDER))
    .toBytes()
}
