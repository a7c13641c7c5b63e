/** Signed bytes, against what viem's own account makes of the same transaction. */
import fc from 'fast-check'
import { type Hex, parseSignature, serializeSignature, serializeTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { bytesToHex } from '../../src/base/hex.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import type { RawTransaction } from '../../src/chain/raw-transactions.js'
import { rawTransactions } from '../../src/chain/raw-transactions.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'

const SECRET = `0x${'22'.repeat(32)}` as const
const account = privateKeyToAccount(SECRET)
const signer = privateKeySigner(parseOperatorPrivateKey(SECRET, 'the test'))
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

const transaction: RawTransaction = {
  chainId: 10,
  nonce: 7,
  gas: 100_000n,
  fees: { maxFeePerGas: 2_000_000n, maxPriorityFeePerGas: 1n },
  to: parseAddress('c1'.repeat(20), 'the test'),
  value: 0n,
  data: '0x010203',
}
const { fees, ...others } = transaction
const viems = { type: 'eip1559', ...others, ...fees } as const
let raw: Hex
beforeAll(async () => {
  raw = await account.signTransaction(viems)
})

const signed = async (one: RawTransaction) =>
  rawTransactions.serialize(one, await signer.signDigest(rawTransactions.digest(one)))

describe('an EIP-1559 transaction', () => {
  it('is signed as viem signs it', async () => {
    expect(await signed(transaction)).toBe(raw)
  })

  it('is read back, with its sender', async () => {
    expect(await rawTransactions.parse(raw)).toEqual({
      transaction,
      from: signer.address,
      hash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    })
    expect(await rawTransactions.parse(raw.toUpperCase().replace('0X', '0x'))).toEqual(await rawTransactions.parse(raw))
  })

  it('whatever its fields are', async () => {
    const big = fc.bigInt({ min: 0n, max: 2n ** 128n })
    const any = fc.record({
      chainId: fc.integer({ min: 1, max: 2 ** 40 }),
      nonce: fc.nat(),
      gas: big,
      fees: fc.tuple(big, big).map(([a, b]) => ({ maxFeePerGas: a > b ? a : b, maxPriorityFeePerGas: a > b ? b : a })),
      to: fc.option(fc.constant(signer.address)),
      value: big,
      data: fc.uint8Array({ maxLength: 300 }).map(bytesToHex),
    })
    await fc.assert(
      fc.asyncProperty(any, async (one) => {
        expect(await rawTransactions.parse(await signed(one))).toMatchObject({ transaction: one, from: signer.address })
      }),
      { numRuns: 50 },
    )
  })
})

describe('refused as no such transaction', () => {
  it.each<readonly [string, () => string | Promise<string>]>([
    ['one that is not signed', () => serializeTransaction(viems)],
    [
      'one with an access list',
      () => account.signTransaction({ ...viems, accessList: [{ address: account.address, storageKeys: [] }] }),
    ],
    ['an older kind', () => account.signTransaction({ chainId: 10, gas: 1n, gasPrice: 1n, type: 'legacy' })],
    ['bytes behind it', () => `${raw}00`],
    ['a cut', () => raw.slice(0, -2)],
    ['half a byte', () => raw.slice(0, -1)],
    ['no hex', () => `${raw.slice(0, -2)}zz`],
    ['a signature in its other form', () => serializeTransaction(viems, highS())],
    ['a signature of nobody', () => serializeTransaction(viems, { r: `0x${'ff'.repeat(32)}`, s: '0x01', yParity: 0 })],
    ['nothing', () => ''],
  ])('%s', async (_, make) => {
    expect(await rawTransactions.parse(await make())).toBeNull()
  })

  it('any bytes, unless they are one', async () => {
    const behind = (bytes: Uint8Array) => `0x02${bytesToHex(bytes).slice(2)}`
    const damaged = fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 1 })).map(([at, byte]) => {
      const cut = 4 + 2 * (at % (raw.length / 2 - 2))
      return raw.slice(0, cut) + bytesToHex(byte).slice(2) + raw.slice(cut + 2)
    })
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }).map(behind), damaged, fc.string()), async (text) => {
        const parsed = await rawTransactions.parse(text)
        // Another signature or field is another transaction, of somebody else.
        if (parsed && text !== raw) expect(parsed.from).not.toBe(signer.address)
      }),
      { numRuns: 300 },
    )
  })
})

function highS() {
  const { r, s, yParity } = parseSignature(signatureOf())
  return { r, s: `0x${(ORDER - BigInt(s)).toString(16).padStart(64, '0')}` as const, yParity: 1 - (yParity ?? 0) }
}

function signatureOf(): Hex {
  // The last three fields: yParity, r and s, the latter two with their lengths before them.
  const [r, s] = [`0x${raw.slice(-130, -66)}`, `0x${raw.slice(-64)}`] as const
  return serializeSignature({ r, s, yParity: Number(`0x${raw.slice(-134, -132)}`) === 1 ? 1 : 0 })
}
