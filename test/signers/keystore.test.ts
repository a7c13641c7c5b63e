/** Keystores of other software open, ours too, and only with their password. */
import { createCipheriv, scryptSync } from 'node:crypto'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { describe, expect, it } from 'vitest'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { keystores } from '../../src/signers/keystore.js'
import { parseKeystore } from '../../src/signers/keystore-file.js'
import { KEYSTORE_VECTORS, type KeystoreJson, keystoreJson, keystoreVector } from '../support/keystore-vectors.js'
import { rejectedBy } from '../support/rejected.js'

/** Opens in milliseconds. */
const LIGHT = 'geth, with its address'

describe.each(KEYSTORE_VECTORS)('$name', ({ keystore, password, private_key, address }) => {
  const parsed = parseKeystore(JSON.stringify(keystore), 'key.json')

  it('opens with its password', async () => {
    const key = await keystores.open(parsed, password)
    expect(key?.reveal()).toBe(private_key)
    if (key) expect(privateKeySigner(key).address).toBe(address)
    expect([null, address]).toContain(parsed.address)
  })

  it('opens with no other', async () => {
    expect(await keystores.open(parsed, `${password} `)).toBeNull()
  })
})

describe('a keystore', () => {
  const { password } = keystoreVector(LIGHT)
  const open = (change: (json: KeystoreJson) => void) => {
    const json = keystoreJson(LIGHT)
    change(json)
    return keystores.open(parseKeystore(JSON.stringify(json), 'key.json'), password)
  }

  it('in which anything was changed that the MAC covers does not open', async () => {
    const flip = (hex: unknown) => `${String(hex).startsWith('0') ? '1' : '0'}${String(hex).slice(1)}`
    const { crypto } = keystoreJson(LIGHT)
    expect(await open(() => {})).not.toBeNull()
    for (const change of [{ mac: flip(crypto.mac) }, { ciphertext: flip(crypto.ciphertext) }])
      expect(await open((json) => void Object.assign(json.crypto, change))).toBeNull()
    for (const change of [{ salt: flip(crypto.kdfparams.salt) }, { n: 16 }, { r: 4 }, { p: 1 }])
      expect(await open((json) => void Object.assign(json.crypto.kdfparams, change))).toBeNull()
  })

  it.each([
    ['zero', '00'.repeat(32)],
    ["the group's order", 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'],
    ['beyond it', 'ff'.repeat(32)],
    ['a single zero', '00'],
    ['zeros alone', '00'.repeat(64)],
    ['a key and zeros behind it', `${'22'.repeat(32)}00`],
    ['a key and a number in front of it', `01${'22'.repeat(32)}`],
    ['its digits as text', Buffer.from('22'.repeat(32)).toString('hex')],
  ])('that holds no private key is not sound: %s', async (_, content) => {
    const error = await rejectedBy(open((json) => encrypt(json, content)))
    expect(error.code).toBe('KEYSTORE_INVALID')
    expect(`${error.message} ${error.hint}`).not.toContain(content)
  })

  it.each([
    ['left out', `${'00'.repeat(3)}${'5b'.repeat(29)}`, '5b'.repeat(29)],
    ['put in front', '5b'.repeat(32), `00${'5b'.repeat(32)}`],
    ['put in front, many of them', '01'.padStart(64, '0'), '01'.padStart(128, '0')],
  ])('is the same with zeros %s', async (_, key, content) => {
    expect((await open((json) => encrypt(json, content)))?.reveal()).toBe(`0x${key}`)
  })

  it('of any other 32 bytes is', async () => {
    const key = '0123456789abcdef'.repeat(4)
    expect((await open((json) => encrypt(json, key)))?.reveal()).toBe(`0x${key}`)
  })

  /** Puts something else in, under the same password. */
  function encrypt({ crypto }: KeystoreJson, content: string): void {
    const { n, r, p, salt } = crypto.kdfparams as { n: number; r: number; p: number; salt: string }
    const derived = scryptSync(password, Buffer.from(salt, 'hex'), 32, { N: n, r, p })
    const iv = Buffer.from(String(crypto.cipherparams.iv), 'hex')
    const ciphertext = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv).update(Buffer.from(content, 'hex'))
    crypto.ciphertext = ciphertext.toString('hex')
    crypto.mac = Buffer.from(keccak_256(Buffer.concat([derived.subarray(16), ciphertext]))).toString('hex')
  }
})

describe('a new keystore', () => {
  const key = parseOperatorPrivateKey('22'.repeat(32), 'test')
  const address = privateKeySigner(key).address

  it("is geth's standard, and opens", async () => {
    const text = await keystores.create({ key, address, password: 'pass wörd' }, (length) =>
      crypto.getRandomValues(new Uint8Array(length)),
    )
    expect(JSON.parse(text)).toEqual({
      version: 3,
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      address: address.slice(2),
      crypto: {
        cipher: 'aes-128-ctr',
        cipherparams: { iv: expect.stringMatching(/^[0-9a-f]{32}$/) },
        ciphertext: expect.stringMatching(/^[0-9a-f]{64}$/),
        kdf: 'scrypt',
        kdfparams: { dklen: 32, n: 262_144, r: 8, p: 1, salt: expect.stringMatching(/^[0-9a-f]{64}$/) },
        mac: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    })
    expect(text).not.toContain(key.reveal().slice(2))
    const keystore = parseKeystore(text, 'new.json')
    expect((await keystores.open(keystore, 'pass wörd'))?.reveal()).toBe(key.reveal())
    expect(await keystores.open(keystore, 'pass word')).toBeNull()
  })

  it('takes another salt and IV each time', async () => {
    const drawn: number[] = []
    await keystores.create({ key, address, password: 'x' }, (length) => {
      drawn.push(length)
      return new Uint8Array(length)
    })
    expect(drawn).toEqual([32, 16])
  })
})
