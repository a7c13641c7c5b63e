/** `--unsigned`: a priced transaction and a Safe batch that say the same, and nothing sent. */
import { describe, expect, it } from 'vitest'
import type { Chain } from '../../src/chain/chain.js'
import { parseSafeBatch } from '../../src/write/safe-batch.js'
import { parseUnsignedFile } from '../../src/write/unsigned-file.js'
import { ADDITION, FILE, useOfflineOwner } from '../support/offline-signing.js'
import { rejectedBy } from '../support/rejected.js'
import { APPLICANT, addOperator, calldata, OFFLINE_OWNER } from '../support/unsigned.js'

const { now, services, writeDown, transactionCount, automine } = useOfflineOwner()

describe('--unsigned', () => {
  it('writes what is to be signed, and needs no key for it', async () => {
    const made = services({ privateKey: null })
    const nonce = await transactionCount(OFFLINE_OWNER)
    expect(await writeDown(made)).toEqual({ transaction_file: FILE, safe_file: 'tx.safe.json' })
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
