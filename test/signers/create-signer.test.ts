/** The signer of a private key; the one of KMS is tested with it. */
import { recoverAddress } from 'viem'
import { expect, it } from 'vitest'
import type { Hex } from '../../src/base/hex.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { addressOfKey } from '../../src/signers/address-of-key.js'
import { createSigner } from '../../src/signers/create-signer.js'

it('signs digests with a private key, as its account', async () => {
  const key = parseOperatorPrivateKey('22'.repeat(32), 'test')
  const digest: Hex = `0x${'17'.repeat(32)}`
  const { address, signDigest } = await createSigner({ kind: 'private-key', key })
  const signature = await signDigest(digest)
  expect(address).toBe(await addressOfKey(key))
  expect((await recoverAddress({ hash: digest, signature })).toLowerCase()).toBe(address)
  expect(signature).toMatch(/^0x[0-9a-f]{128}(?:1b|1c)$/)
})
