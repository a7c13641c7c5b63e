import { getPublicKeyAsync } from '@noble/ed25519'
import { base64 } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { derivePublicKey } from '../../../src/base/keys/node-keypair.js'
import { bytes } from '../../support/arbitraries.js'
import { readVectors } from '../../support/vectors.js'

describe.each([{ many: false }, { many: true }])('public keys, many: $many', (how) => {
  it("are those of the network's keypairs", async () => {
    for (const { secret_key, public_key } of readVectors<{ secret_key: string; public_key: string }[]>('node-keys'))
      expect(base64.encode(await derivePublicKey(base64.decode(secret_key), how))).toBe(public_key)
  })

  it("are the library's", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), async (seed) => {
        expect(await derivePublicKey(seed, how)).toEqual(await getPublicKeyAsync(seed))
      }),
    )
  })
})
