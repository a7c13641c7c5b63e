/** The KMS signer with the real SDK against a stand-in that speaks KMS's protocol. */
import { recoverAddress } from 'viem'
import { sign } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createDeadline } from '../../src/base/deadline.js'
import type { Hex } from '../../src/base/hex.js'
import { createSigner } from '../../src/signers/create-signer.js'
import { kmsSigner } from '../../src/signers/kms-signer.js'
import {
  AWS_SECRETS,
  isolatedAws,
  KMS_ALIAS,
  KMS_ARN,
  KMS_KEY_ID,
  type KmsFault,
  type KmsStandIn,
  p256PublicKey,
  startKms,
} from '../support/kms-stand-in.js'
import { rejectedBy } from '../support/rejected.js'

const KEY: Hex = `0x${'5a'.repeat(32)}`
const DIGEST: Hex = `0x${'17'.repeat(32)}`
let kms: KmsStandIn

beforeAll(async () => {
  kms = await startKms(KEY)
})
afterAll(() => kms.close())

/** Nothing of the machine's own AWS settings may take part. */
function useEnvironment(env: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value || undefined)
}

afterEach(() => {
  vi.unstubAllEnvs()
  kms.faults.length = 0
  kms.asked.length = 0
  Object.assign(kms.answers, { s: 'low', keySpec: 'ECC_SECG_P256K1', keyUsage: 'SIGN_VERIFY', publicKey: null })
  kms.answers.tamper = (der) => der
})

async function signer(keyId = KMS_KEY_ID) {
  useEnvironment(kms.env)
  return createSigner({ kind: 'kms', keyId })
}

describe('a key in KMS', () => {
  it.each([KMS_KEY_ID, KMS_ALIAS, KMS_ARN])('has the address of its public key, and signs: %s', async (keyId) => {
    const { address, signDigest } = await signer(keyId)
    expect(address).toBe(kms.address)
    const signature = await signDigest(DIGEST)
    expect((await recoverAddress({ hash: DIGEST, signature })).toLowerCase()).toBe(kms.address)
    // What is signed with is the key whose address was shown, wherever an alias points by then.
    expect(kms.asked).toEqual([
      { operation: 'GetPublicKey', keyId },
      { operation: 'Sign', keyId: KMS_ARN },
    ])
  })

  it('is found in the region of its ARN, with no region set', async () => {
    useEnvironment({ ...kms.env, AWS_REGION: '' })
    expect((await kmsSigner(KMS_ARN)).address).toBe(kms.address)
  })

  it.each(['low', 'high'] as const)(
    'gives low s and the right v where KMS gives %s s, at every length of r and s',
    async (s) => {
      const { signDigest } = await signer()
      kms.answers.s = s
      const seen = new Set<string>()
      kms.answers.tamper = (der) => {
        const rLength = der[3] ?? 0
        seen.add(`r ${rLength}`).add(`s ${der[5 + rLength]}`)
        return der
      }
      // Their signatures by this key have r and s of 31, 32 and 33 bytes, with leading zeros and without.
      for (const number of [0, 4, 5, 198]) {
        const digest: Hex = `0x${number.toString(16).padStart(64, '0')}`
        const signature = await signDigest(digest)
        seen.add(`v ${signature.slice(130)}`)
        // What the key itself gives is the same for every digest (RFC 6979), and has low s.
        expect(signature).toBe(await sign({ hash: digest, privateKey: KEY, to: 'hex' }))
      }
      const lengths = s === 'low' ? ['s 31', 's 32'] : ['s 33']
      expect([...seen].sort()).toEqual(['r 31', 'r 32', 'r 33', ...lengths, 'v 1b', 'v 1c'])
    },
  )

  it('asks again after a failure that may pass', async () => {
    const { signDigest } = await signer()
    kms.faults.push({ type: 'KMSInternalException', status: 500 }, 'drop')
    await expect(signDigest(DIGEST)).resolves.toMatch(/^0x/)
    expect(kms.asked.filter(({ operation }) => operation === 'Sign')).toHaveLength(3)
  })
})

describe('an unsuitable key', () => {
  it.each<[string, Partial<KmsStandIn['answers']>]>([
    ['of another curve', { keySpec: 'ECC_NIST_P256', publicKey: p256PublicKey() }],
    ['of another curve, in spite of its spec', { publicKey: p256PublicKey() }],
    ['whose public key has bytes too many', { publicKey: new Uint8Array(89) }],
    ['for another use', { keyUsage: 'KEY_AGREEMENT' }],
    ['of RSA', { keySpec: 'RSA_2048' }],
  ])('%s', async (_, answers) => {
    Object.assign(kms.answers, answers)
    const error = await rejectedBy(signer())
    expect(error.code).toBe('SIGNER_UNSUITABLE')
    expect(error.hint).toContain('ECC_SECG_P256K1')
  })

  it('that has no public key at all', async () => {
    kms.faults.push({ type: 'UnsupportedOperationException' })
    expect((await rejectedBy(signer())).code).toBe('SIGNER_UNSUITABLE')
  })
})

describe('trouble with KMS is told in a sentence, and without credentials', () => {
  // What AWS itself answers to a signature that is wrong: the request, and the key ID in it.
  const message = `The canonical string was: Credential=${AWS_SECRETS.AWS_ACCESS_KEY_ID} ${AWS_SECRETS.AWS_SECRET_ACCESS_KEY}`

  it.each<[string, KmsFault[], RegExp]>([
    ['no permission', [{ type: 'AccessDeniedException', message }], /access is denied/],
    ['disabled', [{ type: 'DisabledException', message }], /disabled/],
    ['about to be deleted', [{ type: 'KMSInvalidStateException', message }], /state/],
    ['throttled for good', Array(3).fill({ type: 'ThrottlingException', message }), /too often/],
    ['credentials refused', [{ type: 'InvalidSignatureException', status: 403, message }], /does not accept/],
    ['credentials expired', [{ type: 'ExpiredTokenException', message }], /expired/],
    ['no name of a key', [{ type: 'ValidationException', message }], /name of a key/],
    ['an unknown error', [{ type: 'SomethingNewException', message }], /SomethingNewException \(HTTP 400\)/],
    ['a broken service', Array(3).fill({ type: 'KMSInternalException', status: 500, message }), /KMSInternalException/],
    ['connections cut', ['drop', 'drop', 'drop'], /connection failed \(ECONNRESET\)/],
    ['a gateway in between', ['garbage', 'garbage', 'garbage'], /HTTP 502/],
  ])('%s', async (_, faults, sentence) => {
    kms.faults.push(...faults)
    const error = await rejectedBy(signer())
    expect(error.code).toBe('KMS_ERROR')
    expect(error.message).toMatch(sentence)
    expect(error.message).toContain(KMS_KEY_ID)
    expectNoSecrets(error)
    // So many tries are enough.
    expect(kms.asked.length).toBeLessThanOrEqual(3)
  })

  it('no such key', async () => {
    const error = await rejectedBy(signer('alias/other'))
    expect(error).toMatchObject({
      code: 'KMS_ERROR',
      message: expect.stringMatching(/alias\/other: there is no such key/),
    })
  })

  it('no region', async () => {
    useEnvironment({ ...kms.env, AWS_REGION: '' })
    const error = await rejectedBy(kmsSigner(KMS_KEY_ID))
    expect(error).toMatchObject({ code: 'KMS_ERROR', hint: expect.stringContaining('AWS_REGION') })
  })

  it('no credentials', async () => {
    useEnvironment({ ...isolatedAws(), AWS_REGION: 'eu-central-1' })
    const error = await rejectedBy(kmsSigner(KMS_KEY_ID))
    expect(error).toMatchObject({ code: 'KMS_ERROR', hint: expect.stringContaining('AWS_PROFILE') })
  })

  it('nobody listening', async () => {
    const gone = await startKms(KEY)
    await gone.close()
    useEnvironment(gone.env)
    const error = await rejectedBy(kmsSigner(KMS_KEY_ID))
    expect(error).toMatchObject({ code: 'KMS_ERROR', message: expect.stringContaining('ECONNREFUSED') })
  })

  it('no answer within what is left of --timeout', async () => {
    useEnvironment(kms.env)
    kms.faults.push('hang')
    const deadline = createDeadline(() => performance.now(), 1500)
    const error = await rejectedBy(kmsSigner(KMS_KEY_ID, deadline))
    expect(error).toMatchObject({ code: 'KMS_ERROR', message: expect.stringContaining('in time') })
    expect(kms.asked).toHaveLength(1)
  })

  it.each<[string, (der: Buffer) => Buffer]>([
    [
      'of something else',
      (der) => Buffer.concat([der.subarray(0, 10), Buffer.from([(der[10] ?? 0) ^ 1]), der.subarray(11)]),
    ],
    ['cut off', (der) => der.subarray(0, -1)],
    ['with bytes behind it', (der) => Buffer.concat([der, Buffer.from([0])])],
    ['of no bytes', () => Buffer.alloc(0)],
    ['of zeros', () => Buffer.from('3006020100020100', 'hex')],
  ])('a signature %s', async (_, tamper) => {
    const { signDigest } = await signer()
    kms.answers.tamper = tamper
    const error = await rejectedBy(signDigest(DIGEST))
    expect(error).toMatchObject({
      code: 'KMS_ERROR',
      message: expect.stringContaining(`not a signature by ${kms.address}`),
    })
  })
})

describe('the SDK', () => {
  it('that is not installed is asked for by name', async () => {
    const specifier = '@aws-sdk/client-kms-that-is-not-there'
    const error = await rejectedBy(kmsSigner(KMS_KEY_ID, undefined, () => import(/* @vite-ignore */ specifier)))
    expect(error).toMatchObject({ code: 'DEPENDENCY_MISSING', hint: expect.stringContaining('@aws-sdk/client-kms') })
  })

  it('that is broken is no missing one', async () => {
    const broken = () => Promise.reject(new SyntaxError('unexpected token'))
    await expect(kmsSigner(KMS_KEY_ID, undefined, broken)).rejects.toThrow(SyntaxError)
  })
})

function expectNoSecrets(error: Error): void {
  const everything = [
    error.message,
    error.stack,
    JSON.stringify(error),
    String((error.cause as Error | undefined)?.message),
  ]
  for (const secret of Object.values(AWS_SECRETS)) expect(everything.join('\n')).not.toContain(secret)
}
