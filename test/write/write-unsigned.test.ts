/** `--unsigned`: a priced transaction and a Safe batch that say the same, and nothing sent. */
import { concatHex, encodeAbiParameters, type Hex, keccak256, parseAbiParameters, zeroAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import type { Chain } from '../../src/chain/chain.js'
import { parseSafeBatch } from '../../src/write/safe-batch.js'
import { parseUnsignedFile } from '../../src/write/unsigned-file.js'
import { ADDITION, FILE, useOfflineOwner } from '../support/offline-signing.js'
import { rejectedBy } from '../support/rejected.js'
import { APPLICANT, addOperator, calldata, OFFLINE_OWNER } from '../support/unsigned.js'

const { now, services, writeDown, transactionCount, automine } = useOfflineOwner()

/** A contract that answers VERSION() and nonce(), by the first byte of what it is asked. */
function safeCode(version: string, nonce: number): Hex {
  const [length, text] = [version.length, Buffer.from(version).toString('hex').padEnd(64, '0')].map((one) =>
    typeof one === 'number' ? one.toString(16).padStart(2, '0') : one,
  )
  const told = `60206000526 0${length}602052 7f${text}604052 60606000f3`.replaceAll(' ', '')
  return `0x60003560f81c60af14603f57${told}5b60${nonce.toString(16).padStart(2, '0')}60005260206000f3`
}

/** By hand: its two type hashes are in the code of every Safe since 1.3.0. */
function safeTxHash(nonce: number): Hex {
  const domain = keccak256(
    encodeAbiParameters(parseAbiParameters('bytes32, uint256, address'), [
      '0x47e79534a245952e8b16893a336b85a3d9ea9fa8c573f3d803afb92a79469218',
      31337n,
      OFFLINE_OWNER,
    ]),
  )
  const types = 'bytes32, address, uint256, bytes32, uint8, uint256, uint256, uint256, address, address, uint256'
  const content = keccak256(
    encodeAbiParameters(parseAbiParameters(types), [
      '0xbb8310d486368db6bd6f849402fdd73ad53d316b5a4b2644ad6efe0f941286d8',
      ...([
        now.contract,
        0n,
        keccak256(addOperator()),
        0,
        0n,
        0n,
        0n,
        zeroAddress,
        zeroAddress,
        BigInt(nonce),
      ] as const),
    ]),
  )
  return keccak256(concatHex(['0x1901', domain, content]))
}

describe('--unsigned', () => {
  it('writes what is to be signed, and needs no key for it', async () => {
    const made = services({ privateKey: null })
    const nonce = await transactionCount(OFFLINE_OWNER)
    expect(await writeDown(made)).toEqual({ transaction_file: FILE, safe_file: 'tx.safe.json', safe: null })
    const document = parseUnsignedFile(made.files.contents.get(FILE) ?? '', FILE)
    const genesis = await now.chain.rpc<{ hash: string }>('eth_getBlockByNumber', ['0x0', false])
    expect(document).toMatchObject({
      chainId: 31337,
      genesisHash: genesis.hash,
      contract: now.contract,
      from: OFFLINE_OWNER,
      nonce,
      to: now.contract,
      data: addOperator(),
      what: { kind: 'operator-add', title: 'what is wanted' },
      base: { operator: { id: APPLICANT, data: null }, migration: { id: 0n, pulling: false }, maintenance: null },
    })
    expect(document.gas).toBeGreaterThan(50_000n)
    expect(made.previews).toMatchObject([
      {
        title: 'what is wanted',
        cost: { gas: document.gas, executionFeeWei: document.gas * document.fees.maxFeePerGas },
      },
    ])
    expect([made.sent, await transactionCount(OFFLINE_OWNER)]).toEqual([[], nonce])
  })

  it('writes the same call for a Safe', async () => {
    const made = services({ privateKey: null })
    await writeDown(made)
    expect(parseSafeBatch(made.files.contents.get('tx.safe.json') ?? '', 'tx.safe.json')).toEqual({
      chainId: '31337',
      safe: OFFLINE_OWNER,
      calls: [{ to: now.contract, value: 0n, data: addOperator(), method: null }],
      intact: true,
    })
  })

  it.each([
    ['1.4.1', 7, true],
    ['1.3.0', 0, true],
    ['1.1.1', 3, false],
  ])('tells what the owners of a Safe %s sign at its nonce %i', async (version, nonce, signsSo) => {
    await now.chain.rpc('anvil_setCode', [OFFLINE_OWNER, safeCode(version, nonce)])
    const { safe } = await writeDown(services({ privateKey: null }))
    await now.chain.rpc('anvil_setCode', [OFFLINE_OWNER, '0x'])
    expect(safe).toEqual(signsSo ? { nonce, tx_hash: safeTxHash(nonce) } : null)
  })

  it.each([
    ['a contract that knows neither', '0x60006000fd'],
    ['one that answers anything with a word', '0x60076000526020 6000f3'.replace(' ', '')],
    ['one without an answer', '0x00'],
  ])('takes %s for no Safe', async (_, code) => {
    await now.chain.rpc('anvil_setCode', [OFFLINE_OWNER, code])
    const { safe } = await writeDown(services({ privateKey: null }))
    await now.chain.rpc('anvil_setCode', [OFFLINE_OWNER, '0x'])
    expect(safe).toBeNull()
  })

  it.each([FILE, 'tx.safe.json'])('replaces no file: %s', async (name) => {
    const made = services({ privateKey: null, files: { [name]: 'older' } })
    expect((await rejectedBy(writeDown(made))).code).toBe('FILE_EXISTS')
    expect([...made.files.contents]).toEqual([[name, 'older']])
  })

  it('puts the batch beside it, whatever its name is', async () => {
    const made = services({ privateKey: null })
    expect(await writeDown(made, ADDITION, 'out/approve')).toEqual({
      transaction_file: 'out/approve',
      safe_file: 'out/approve.safe.json',
      safe: null,
    })
  })

  it('does not print what are two files', async () => {
    const made = services({ privateKey: null })
    expect((await rejectedBy(writeDown(made, ADDITION, '-'))).code).toBe('USAGE')
  })

  it('writes nothing that the contract would refuse', async () => {
    const made = services({ privateKey: null })
    const data = calldata('addNodeOperator', { addr: OFFLINE_OWNER, data: '0x' })
    expect((await rejectedBy(writeDown(made, { data, kind: 'operator-add', operator: OFFLINE_OWNER }))).code).toBe(
      'CALL_REVERTS',
    )
    expect([...made.files.contents]).toEqual([])
  })

  it('bids no more than allowed', async () => {
    const made = services({ privateKey: null, maxFeePerGas: 1n })
    expect((await rejectedBy(writeDown(made))).code).toBe('FEE_TOO_HIGH')
    expect([...made.files.contents]).toEqual([])
  })

  it('warns where something else of the account is waiting', async () => {
    await automine(false)
    await now.chain.rpc('eth_sendTransaction', [{ from: OFFLINE_OWNER, to: OFFLINE_OWNER, value: '0x0' }])
    const made = services({ privateKey: null })
    await writeDown(made)
    expect(made.said).toContainEqual(expect.stringMatching(/^warning: .* transaction waiting/))
  })

  it('never sends', async () => {
    const wrap = (chain: Chain): Chain => ({
      ...chain,
      sign: () => Promise.reject(new Error('it signed')),
      broadcast: () => Promise.reject(new Error('it sent')),
    })
    await writeDown(services({ privateKey: null, wrap }))
  })
})
