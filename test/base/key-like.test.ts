/** A key given in place of a path must be recognised; a path must not be taken for a key. */
import { base64, base64url, base64urlnopad, hex } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { looksLikeKey } from '../../src/base/key-like.js'

describe('looksLikeKey', () => {
  it('recognises keys in every usual form', () => {
    fc.assert(
      fc.property(fc.constantFrom(32, 64), fc.uint8Array({ minLength: 64, maxLength: 64 }), (size, random) => {
        const key = random.subarray(0, size)
        for (const text of [
          hex.encode(key),
          `0x${hex.encode(key)}`,
          base64.encode(key),
          base64url.encode(key),
          ` ${hex.encode(key)}\n`,
        ]) {
          expect(looksLikeKey(text)).toBe(true)
        }
      }),
    )
    expect(looksLikeKey('-----BEGIN PRIVATE KEY-----')).toBe(true)
    expect(looksLikeKey('{"secret_key": "x"}')).toBe(true)
    expect(looksLikeKey(base64urlnopad.encode(Uint8Array.from({ length: 32 }, (_, i) => (i * 77 + 13) & 255)))).toBe(
      true,
    )
  })

  it.each([
    'keys/n0.key',
    '/home/Operator1/WCN/Keys/europe/Node01/secret',
    '/run/secrets/wcn_node_secret_key_of_the_first_one',
    '/etc/wcn/keys/production/europe/node1/secrets',
    'keys/12D3KooWJ65FDLgFCrxHDLWkTjq7E9gdW65nwjhWJs97k4WCwxtc.key',
    '/tmp/wcn-test-lGJUEo/state-38/locks/31337-0x2e734ac08be31234a9ba6b74a32f66972f584a0b/2',
    'C:\\Users\\Operator\\Keys\\node-1.key',
    '-',
    '',
  ])('takes %s for a path', (path) => {
    expect(looksLikeKey(path)).toBe(false)
  })
})
