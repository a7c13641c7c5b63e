/** What is taken for a keystore; hostile parameters are refused before they cost anything. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checksumAddress, parseAddress } from '../../src/base/address.js'
import { parseKeystore } from '../../src/signers/keystore-file.js'
import { KEYSTORE_VECTORS, type KeystoreJson, keystoreJson } from '../support/keystore-vectors.js'
import { thrownBy } from '../support/thrown.js'

const SCRYPT = 'geth, with its address'
const PBKDF2 = 'the definition, pbkdf2'

function parse(name: string, change: (json: KeystoreJson) => void) {
  const json = keystoreJson(name)
  change(json)
  return parseKeystore(JSON.stringify(json, null, 2), 'op.json')
}

const set = (field: 'crypto' | 'kdfparams' | 'cipherparams', name: string, value: unknown) => (json: KeystoreJson) => {
  const target = field === 'crypto' ? json.crypto : json.crypto[field]
  if (value === undefined) delete target[name]
  else target[name] = value
}

describe('a keystore file', () => {
  it.each(KEYSTORE_VECTORS)('of other software is taken: $name', ({ keystore }) => {
    expect(() => parseKeystore(JSON.stringify(keystore), 'op.json')).not.toThrow()
  })

  it('may state an address in any of its spellings, or none', () => {
    const address = checksumAddress(parseAddress('0xf466859ead1932d743d622cb74fc058882e8648a', 'test')).slice(2)
    for (const text of [address, `0x${address}`, address.toLowerCase()])
      expect(parse(SCRYPT, (json) => Object.assign(json, { address: text })).address).toBe(`0x${address.toLowerCase()}`)
    expect(parse(SCRYPT, (json) => delete json.address).address).toBeNull()
  })
})

it('may have its version in quotes, as ethers takes it', () => {
  expect(parse(SCRYPT, (json) => Object.assign(json, { version: '3' }))).toEqual(parse(SCRYPT, () => {}))
})

describe('what is not sound is refused, with its place', () => {
  it.each<[string, string, (json: KeystoreJson) => void, RegExp]>([
    ['version 1', SCRYPT, (json) => Object.assign(json, { version: 1 }), /op\.json:\d+: version: must be "3"/],
    ['no version', SCRYPT, (json) => delete json.version, /version: is missing/],
    ['no crypto', SCRYPT, (json) => delete (json as Partial<KeystoreJson>).crypto, /crypto: is missing/],
    ['an address that is none', SCRYPT, (json) => Object.assign(json, { address: '12' }), /address is "12"/],
    ['another cipher', SCRYPT, set('crypto', 'cipher', 'aes-256-gcm'), /crypto\.cipher: must be "aes-128-ctr"/],
    ['another function', SCRYPT, set('crypto', 'kdf', 'argon2id'), /crypto\.kdf: must be "scrypt" or "pbkdf2"/],
    ['another hash', PBKDF2, set('kdfparams', 'prf', 'hmac-sha1'), /kdfparams\.prf: must be "hmac-sha256"/],
    ['a short IV', SCRYPT, set('cipherparams', 'iv', 'ab'.repeat(15)), /cipherparams\.iv: must have 16 bytes/],
    ['a long MAC', SCRYPT, set('crypto', 'mac', 'ab'.repeat(33)), /crypto\.mac: must have 32 bytes/],
    ['a MAC that is not hex', SCRYPT, set('crypto', 'mac', 'zz'.repeat(32)), /crypto\.mac: must be bytes in hex/],
    ['half a byte', SCRYPT, set('crypto', 'mac', 'a'.repeat(65)), /crypto\.mac: must be bytes in hex/],
    ['version 1 in quotes', SCRYPT, (json) => Object.assign(json, { version: '1' }), /version: must be "3"/],
    [
      'a version that only begins with 3',
      SCRYPT,
      (json) => Object.assign(json, { version: '3.1' }),
      /version: must be/,
    ],
    ['no ciphertext', SCRYPT, set('crypto', 'ciphertext', ''), /ciphertext: must have 1 to 64 bytes/],
    [
      'too much ciphertext',
      SCRYPT,
      set('crypto', 'ciphertext', 'ab'.repeat(65)),
      /ciphertext: must have 1 to 64 bytes/,
    ],
    ['no salt', SCRYPT, set('kdfparams', 'salt', ''), /kdfparams\.salt: must have 1 to 64 bytes/],
    ['too much salt', PBKDF2, set('kdfparams', 'salt', 'ab'.repeat(65)), /kdfparams\.salt: must have 1 to 64 bytes/],
    ['a shorter derived key', SCRYPT, set('kdfparams', 'dklen', 16), /kdfparams\.dklen: must be "32"/],
    ['a longer derived key', PBKDF2, set('kdfparams', 'dklen', 2 ** 31), /kdfparams\.dklen: must be "32"/],
    ['no parameter', SCRYPT, set('kdfparams', 'n', undefined), /kdfparams\.n: is missing/],
    ['a number in quotes', SCRYPT, set('kdfparams', 'n', '8'), /kdfparams\.n: must be a whole number/],
    ['a fraction', PBKDF2, set('kdfparams', 'c', 1.5), /kdfparams\.c: must be a whole number/],
    ['no rounds', PBKDF2, set('kdfparams', 'c', 0), /kdfparams\.c: must be from 1 to 10000000/],
    ['negative rounds', PBKDF2, set('kdfparams', 'c', -1), /kdfparams\.c: must be from 1/],
    ['rounds for hours', PBKDF2, set('kdfparams', 'c', 10_000_001), /kdfparams\.c: must be from 1 to 10000000/],
    ['no parallelism', SCRYPT, set('kdfparams', 'p', 0), /kdfparams\.p: must be from 1 to 16/],
    ['too much of it', SCRYPT, set('kdfparams', 'p', 17), /kdfparams\.p: must be from 1 to 16/],
    ['no blocks', SCRYPT, set('kdfparams', 'r', 0), /kdfparams\.r: must be from 1 to 64/],
    ['huge blocks', SCRYPT, set('kdfparams', 'r', 65), /kdfparams\.r: must be from 1 to 64/],
    ['n = 0', SCRYPT, set('kdfparams', 'n', 0), /kdfparams\.n: must be a power of two/],
    ['n = 1', SCRYPT, set('kdfparams', 'n', 1), /kdfparams\.n: must be a power of two/],
    ['n between powers', SCRYPT, set('kdfparams', 'n', 262_143), /kdfparams\.n: must be a power of two/],
    ['n beyond 32 bits', SCRYPT, set('kdfparams', 'n', 2 ** 32), /kdfparams\.n: must be a power of two/],
    ['n beyond doubles', SCRYPT, set('kdfparams', 'n', 1e300), /kdfparams\.n: must be a whole number/],
    ['much memory', SCRYPT, set('kdfparams', 'n', 2 ** 20), /kdfparams\.n: makes scrypt take 1024 MiB .* 512 MiB/],
  ])('%s', (_, name, change, sentence) => {
    const error = thrownBy(() => parse(name, change))
    expect(error.code).toBe('KEYSTORE_INVALID')
    expect(error.message).toMatch(sentence)
  })

  it('much time', () => {
    const slow = ({ crypto }: KeystoreJson) => void Object.assign(crypto.kdfparams, { n: 2 ** 18, r: 8, p: 5 })
    expect(thrownBy(() => parse(SCRYPT, slow)).message).toMatch(/work through 1280 MiB .* 1024 MiB is the limit/)
  })

  it('a bare key, with the flag for it and without showing it', () => {
    const key = 'c0ffee'.padEnd(64, '1')
    for (const text of [key, `0x${key}\n`]) {
      const error = thrownBy(() => parseKeystore(text, 'op.key'))
      expect(error).toMatchObject({ code: 'KEYSTORE_INVALID', hint: expect.stringContaining('--private-key-file') })
      expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('c0ffee')
    }
  })

  it.each([
    '',
    '[]',
    '{',
    '{}',
    'null',
    '"text"',
    'address: 0x12',
    '{"version":3,"crypto":null}',
    '{"version":3,"crypto":[]}',
  ])('%j', (text) => {
    expect(thrownBy(() => parseKeystore(text, '-')).code).toBe('KEYSTORE_INVALID')
  })
})

describe('bounds', () => {
  it('hold for every combination: 512 MiB, four times the time that geth takes', () =>
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: -1, max: 70 }),
        fc.integer({ min: -1, max: 20 }),
        fc.nat(40),
        (any, r, p, log) => {
          for (const n of [any, 2 ** log]) {
            const change = ({ crypto }: KeystoreJson) => void Object.assign(crypto.kdfparams, { n, r, p })
            let taken = true
            try {
              parse(SCRYPT, change)
            } catch {
              taken = false
            }
            const power = n >= 2 && Number.isInteger(Math.log2(n))
            const inBounds =
              r >= 1 && r <= 64 && p >= 1 && p <= 16 && 128 * n * r <= 2 ** 29 && 128 * n * r * p <= 2 ** 30
            expect(taken).toBe(power && inBounds)
          }
        },
      ),
    ))
})
