import { getPublicKeyAsync } from '@noble/ed25519'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  keypairFromSecret,
  keypairJson,
  type NodeKeypairJson,
  parseNodeSecretKey,
} from '../../src/base/keys/node-keypair.js'
import { Secret } from '../../src/base/secret.js'
import { nativeNodeKeypair, newNodeKeypair } from '../../src/signers/native-node-keypair.js'
import { bytes } from '../support/arbitraries.js'
import { readVectors } from '../support/vectors.js'

describe("Node's keypairs", () => {
  it("are those of the network's keys", () => {
    for (const { secret_key, public_key, peer_id } of readVectors<NodeKeypairJson[]>('node-keys')) {
      const keypair = nativeNodeKeypair(parseNodeSecretKey(secret_key, 'x'))
      expect(keypairJson(keypair)).toEqual({ secret_key, public_key, peer_id })
    }
  })

  it("are the library's for any seed", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), async (seed) => {
        expect(nativeNodeKeypair(new Secret(seed)).publicKey).toEqual(await getPublicKeyAsync(seed))
      }),
    )
  })

  it('are new each time', async () => {
    const [one, other] = [newNodeKeypair(), newNodeKeypair()]
    expect(one.peerId).not.toBe(other.peerId)
    expect(one).toEqual(await keypairFromSecret(one.secretKey))
  })
})
