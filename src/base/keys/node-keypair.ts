/**
 * ed25519 keypairs of nodes and databases (docs/dev/network/wire-format.md, "Identifiers and keys"; RFC 8032).
 * Uses WebCrypto's SHA-512 through noble's asynchronous functions, so that making keys loads next to nothing.
 */
import { etc, getPublicKeyAsync, hashes, Point, signAsync, verifyAsync } from '@noble/ed25519'
import { base64 } from '@scure/base'
import { WcnError } from '../../errors/wcn-error.js'
import { Secret } from '../secret.js'
import { ed25519PeerId, type PeerId } from './peer-id.js'

export interface NodeKeypair {
  /** The 32-byte seed of RFC 8032. */
  readonly secretKey: Secret<Uint8Array>
  readonly publicKey: Uint8Array
  readonly peerId: PeerId
}

/** The onboarding document's form of a keypair; keys in standard base64. It holds the secret in the clear. */
export interface NodeKeypairJson {
  readonly secret_key: string
  readonly public_key: string
  readonly peer_id: PeerId
}

/**
 * Takes standard base64 with padding (44 characters) of 32 bytes, as the nodes do. Throws KEY_INVALID with a
 * sentence that never repeats the text.
 */
export function parseNodeSecretKey(text: string, source: string): Secret<Uint8Array> {
  const bytes = decodeCanonicalBase64(text)
  if (bytes?.length === 32) return new Secret(bytes)
  throw new WcnError('KEY_INVALID', `${source} ${whyNot(text, bytes)}`, {
    hint: 'a node secret key is 44 characters of base64 that end in "=", as printed by `wcn key generate`',
  })
}

/** `many`: more keys will be asked for. */
export async function keypairFromSecret(
  secret: Secret<Uint8Array>,
  { many = false }: { readonly many?: boolean } = {},
): Promise<NodeKeypair> {
  const publicKey = await derivePublicKey(secret.reveal(), { many })
  return { secretKey: secret, publicKey, peerId: ed25519PeerId(publicKey) }
}

/**
 * 32 bytes from a 32-byte seed (RFC 8032, 5.1.5). The library multiplies the base point by means of a table that takes as
 * long to build as starting the whole process. `many`: more keys follow, so that it is worth its time.
 */
export async function derivePublicKey(seed: Uint8Array, { many }: { readonly many: boolean }): Promise<Uint8Array> {
  return many ? getPublicKeyAsync(seed) : multiplyWithoutTable(await secretScalar(seed))
}

/** Step 1 to 3: the lower half of SHA-512, pruned, as a little-endian number modulo the order. */
async function secretScalar(seed: Uint8Array): Promise<bigint> {
  const pruned = (await hashes.sha512Async(seed)).slice(0, 32).reverse()
  pruned[0] = ((pruned[0] ?? 0) & 0x7f) | 0x40
  pruned[31] = (pruned[31] ?? 0) & 0xf8
  return etc.mod(BigInt(`0x${etc.bytesToHex(pruned)}`), order())
}

/** s·B as (s/2)·2B: for any point but B itself the library takes its constant-time ladder, which needs no table. */
function multiplyWithoutTable(scalar: bigint): Uint8Array {
  const half = (order() + 1n) / 2n
  return Point.BASE.double()
    .multiply(etc.mod(scalar * half, order()))
    .toBytes()
}

function order(): bigint {
  return Point.CURVE().n
}

/** Standard base64 with padding, in the one spelling there is for its bytes; null for anything else. */
export function decodeCanonicalBase64(text: string): Uint8Array | null {
  try {
    const bytes = base64.decode(text)
    return base64.encode(bytes) === text ? bytes : null
  } catch {
    return null
  }
}

/** The text form that nodes read; handle it as a secret. */
export function encodeNodeSecretKey(secret: Secret<Uint8Array>): string {
  return base64.encode(secret.reveal())
}

export function keypairJson(keypair: NodeKeypair): NodeKeypairJson {
  return {
    secret_key: encodeNodeSecretKey(keypair.secretKey),
    public_key: base64.encode(keypair.publicKey),
    peer_id: keypair.peerId,
  }
}

/** 64-byte ed25519 signature. */
export async function signWithNodeKey(secret: Secret<Uint8Array>, message: Uint8Array): Promise<Uint8Array> {
  return signAsync(message, secret.reveal())
}

/**
 * Strict: encodings must be canonical, and a key of small order, for which one signature fits any message, proves
 * nothing. False for everything that isn't a valid signature; throws nothing.
 */
export async function verifyNodeSignature(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (whyNotAPublicKey(publicKey) !== null || signature.length !== 64) return false
  return verifyAsync(signature, message, publicKey, { zip215: false })
}

/** Why no node can hold the secret of these 32 bytes as a public key; null when one can. */
export function whyNotAPublicKey(publicKey: Uint8Array): string | null {
  try {
    return Point.fromBytes(publicKey).isSmallOrder() ? 'it is a point of small order, which anybody can sign for' : null
  } catch {
    return 'it is not a point of the ed25519 curve'
  }
}

function whyNot(text: string, bytes: Uint8Array | null): string {
  if (text === '') return 'is empty'
  if (text.trim() !== text) return 'has white space around the key'
  if (/^0x[0-9a-f]{64}$/i.test(text)) return 'looks like an EVM private key (0x and hex digits), not like a node key'
  if (/^[0-9a-f]{64}$/i.test(text)) return 'is 64 hex digits: a node key is written in base64'
  if (text.startsWith('{')) return 'is a JSON document; give only the value of its "secret_key"'
  if (text.startsWith('-----BEGIN')) return 'is in PEM form, not the bare base64 of 32 bytes'
  if (/^12D3Koo/.test(text)) return 'is a peer ID, which is public, and not a secret key'
  if (bytes !== null) return whyNotBytes(bytes)
  if (/^[0-9A-Za-z+/]{43}$/.test(text)) return 'lacks the "=" at its end'
  if (/^(?=.*[-_])[0-9A-Za-z_-]{43}=?$/.test(text))
    return 'is in the URL-safe alphabet ("-", "_"), not in standard base64'
  if (/^[0-9A-Za-z+/]{43}=$/.test(text)) return 'is not canonical base64: its last character carries stray bits'
  return 'is not base64'
}

function whyNotBytes(bytes: Uint8Array): string {
  if (bytes[0] === 0x08 && bytes[1] === 0x01 && bytes[2] === 0x12) {
    return 'is a key in libp2p protobuf form, not the bare 32 bytes'
  }
  if (bytes.length === 64)
    return 'has 64 bytes, probably a seed followed by its public key; only the first 32 belong here'
  return `has ${bytes.length} bytes instead of 32`
}
