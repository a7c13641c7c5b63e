/**
 * Gives the keypair of a node's secret by Node's own crypto, for whoever makes keys: a library would have to be loaded, and
 * takes four times as long for each.
 */
import { createPrivateKey, createPublicKey, type JsonWebKeyInput, randomBytes } from 'node:crypto'
import type { NodeKeypair } from '../base/keys/node-keypair.js'
import { ed25519PeerId } from '../base/keys/peer-id.js'
import { Secret } from '../base/secret.js'

/** What PKCS #8 has before the seed (RFC 8410, 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

export function newNodeKeypair(): NodeKeypair {
  return nativeNodeKeypair(new Secret(new Uint8Array(randomBytes(32))))
}

/** Of a 32-byte seed (RFC 8032, 5.1.5). */
export function nativeNodeKeypair(secretKey: Secret<Uint8Array>): NodeKeypair {
  const key = createPrivateKey(inputOf(Buffer.from(secretKey.reveal())))
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  const publicKey = new Uint8Array(Buffer.from(x, 'base64url'))
  return { secretKey, publicKey, peerId: ed25519PeerId(publicKey) }
}

/** PKCS #8, which the OpenSSL of Node 20 reads ten times as slowly as a JWK; and that Node makes the public key itself. */
function inputOf(seed: Buffer): JsonWebKeyInput | { key: Buffer; format: 'der'; type: 'pkcs8' } {
  return process.version.startsWith('v20.')
    ? { key: { kty: 'OKP', crv: 'Ed25519', d: seed.toString('base64url'), x: '' }, format: 'jwk' }
    : { key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' }
}
