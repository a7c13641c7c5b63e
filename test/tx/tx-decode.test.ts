/** `tx decode`: whatever it is given, what it would do, and how sure that is. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ZERO_ADDRESS } from '../../src/base/address.js'
import { bytesToHex, type Hex } from '../../src/base/hex.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import type { RawTransaction } from '../../src/chain/raw-transactions.js'
import { rawTransactions } from '../../src/chain/raw-transactions.js'
import { plainPaint } from '../../src/cli/paint.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { run, type TxDecodeData } from '../../src/tx/tx-decode.js'
import { txDecodeText } from '../../src/tx/view-decode.js'
import { renderSafeBatch } from '../../src/write/safe-batch.js'
import { renderSignedFile, renderUnsignedFile } from '../../src/write/unsigned-file.js'
import { memoryFiles } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'
import { testServices } from '../support/services.js'
import {
  APPLICANT,
  addOperator,
  calldata,
  OFFLINE_KEY,
  OFFLINE_OWNER,
  operatorBlob,
  unsignedDocument,
} from '../support/unsigned.js'
import { blob, member, OPERATOR, OWN_NODES, OWNER, useRealCluster, WRONG_KEY } from '../support/use-real-cluster.js'

const KEY = parseEncryptionKey('42'.repeat(32), 'the test')
const document = unsignedDocument()
const transaction: RawTransaction = {
  chainId: document.chainId,
  nonce: document.nonce,
  gas: document.gas,
  fees: document.fees,
  to: document.to,
  value: 0n,
  data: document.data,
}
const signatureOf = (one: RawTransaction) => privateKeySigner(OFFLINE_KEY).signDigest(rawTransactions.digest(one))
const rawOf = async (one: RawTransaction) => rawTransactions.serialize(one, await signatureOf(one))
const signedFile = async (changes: object = {}) => {
  const raw = await rawOf(transaction)
  const hash = (await rawTransactions.parse(raw))?.hash ?? '0x'
  return renderSignedFile({ ...document, raw, hash, ...changes })
}
const batch = renderSafeBatch({
  chainId: 10,
  safe: OFFLINE_OWNER,
  name: 'x',
  description: '',
  createdAt: 1_790_000_000,
  call: { to: document.to, data: addOperator() },
})
const plan = JSON.stringify({
  type: 'wcn-nodes-plan',
  version: 1,
  chain_id: 10,
  contract: document.contract,
  operator: APPLICANT,
  block: 1,
  before: '0x',
  after: operatorBlob('planned'),
})

/** Nothing configured, and no chain to ask. */
async function decode(
  call: string,
  text?: string,
): Promise<{ data: TxDecodeData; exitCode: number; said: readonly string[] }> {
  const files = memoryFiles(text === undefined ? {} : { [call]: text })
  const services = testServices({ files, settings: { encryptionKey: async () => KEY } })
  const { data, exitCode = 0 } = await run(services, { call })
  return { data, exitCode, said: services.said }
}

describe('what it is given', () => {
  it.each<readonly [string, () => Promise<readonly [string, string?]>, TxDecodeData['source']]>([
    ['calldata', async () => [addOperator()], 'calldata'],
    ['calldata in capitals', async () => [addOperator().toUpperCase()], 'calldata'],
    ['calldata in a file', async () => ['data.hex', `  ${addOperator()}\n`], 'calldata'],
    ['calldata on stdin', async () => ['-', addOperator()], 'calldata'],
    ['signed bytes', async () => [await rawOf(transaction)], 'raw-transaction'],
    ['an unsigned transaction', async () => ['tx.json', renderUnsignedFile(document)], 'unsigned'],
    ['a signed transaction', async () => ['signed.json', await signedFile()], 'signed'],
    ['a Safe batch', async () => ['batch.json', batch], 'safe-batch'],
  ])('%s: says what it does', async (_, given, source) => {
    const { data, exitCode } = await decode(...(await given()))
    expect(data).toMatchObject({
      source,
      faults: [],
      compared_with: null,
      calls: [
        {
          function: 'addNodeOperator((address,bytes))',
          arguments: { operator: APPLICANT, data: { name: 'acme' } },
          words: expect.stringMatching(/^add operator 0x\w+ "acme"$/),
          changes: null,
          warnings: [],
        },
      ],
    })
    expect(exitCode).toBe(0)
    expect(txDecodeText(data, plainPaint)).toMatch(
      /add operator [\s\S]* node 12D3\w+ at 20\.0\.20\.1[\s\S]*not compared with a chain/,
    )
  })

  it('a plan of nodes', async () => {
    const { data } = await decode('plan.json', plan)
    expect(data).toMatchObject({
      source: 'plan',
      calls: [
        {
          to: document.contract,
          function: 'updateNodeOperatorData(address,bytes)',
          words: expect.stringMatching(/^replace all data of operator .* "planned"$/),
        },
      ],
    })
  })

  it('a whole transaction: also who sends it, and what it costs', async () => {
    const shown = { chain_id: 10, from: OFFLINE_OWNER, nonce: 7, gas: '200000', max_fee_per_gas: '5000000', value: '0' }
    expect((await decode(await rawOf(transaction))).data.transaction).toMatchObject({
      ...shown,
      hash: expect.stringMatching(/^0x/),
    })
    const { data } = await decode('tx.json', renderUnsignedFile(document))
    expect(data.transaction).toMatchObject({ ...shown, hash: null })
    expect(txDecodeText(data, plainPaint)).toMatch(
      /chain +10\n[\s\S]*nonce +7\n.*0\.000001 ETH \(200000 gas at 0\.005 gwei\)/,
    )
  })

  it('several calls', async () => {
    const one = JSON.parse(batch)
    const [call] = one.transactions
    const { checksum: _, ...meta } = one.meta
    const more = [
      { ...call, data: calldata('setMaintenance', true) },
      { ...call, value: '1000000000000000000', data: '0x' },
    ]
    const { data, exitCode } = await decode(
      'batch.json',
      JSON.stringify({ ...one, meta, transactions: [call, ...more] }),
    )
    expect(data.calls.map(({ words }) => words)).toEqual([
      expect.stringMatching(/^add operator/),
      'take the maintenance slot for the sender',
      'no call, only a transfer',
    ])
    expect(data.calls[2]?.warnings).toContain('it also sends 1 ETH to the contract')
    expect(exitCode).toBe(8)
    expect(txDecodeText(data, plainPaint)).toMatch(/^1\. add operator[\s\S]*\n2\. take the[\s\S]*\n3\. no call/)
  })
})

describe('what can’t be told', () => {
  it.each<readonly [string, () => Promise<readonly [string, string?]>, RegExp]>([
    ['an unknown call', async () => ['0xdeadbeef'], /no call of a cluster contract/],
    ['nothing', async () => ['0x'], /only a transfer/],
    ['half a call', async () => [addOperator().slice(0, 100)], /arguments that do not decode/],
    [
      'the creation of a contract',
      async () => [await rawOf({ ...transaction, to: null, data: '0x60806040' })],
      /no call of a cluster contract/,
    ],
    [
      'a call that the Safe app encodes',
      async () => [
        'b.json',
        batch
          .replace(/"data": "0x\w+"/, '"data": null')
          .replace('"contractMethod": null', '"contractMethod": {"name":"approve"}'),
      ],
      /has yet to encode/,
    ],
  ])('ends with exit code 8: %s', async (_, given, words) => {
    const { data, exitCode } = await decode(...(await given()))
    expect(data.calls).toMatchObject([
      { arguments: null, words: expect.stringMatching(words), warnings: ['WHAT THIS DOES IS NOT KNOWN'] },
    ])
    expect(exitCode).toBe(8)
    expect(txDecodeText(data, plainPaint)).toContain('warning: WHAT THIS DOES IS NOT KNOWN')
  })

  it.each<readonly [string, () => Promise<string>, RegExp, RegExp]>([
    [
      'signed bytes that say something else',
      () => signedFile({ data: addOperator('evil') }),
      /data is not what was signed/,
      /"acme"/,
    ],
    ['another signer', () => signedFile({ from: APPLICANT }), /signed by/, /"acme"/],
    ['a batch that was changed', async () => batch.replace('"10"', '"1"'), /checksum does not fit/, /"acme"/],
    [
      'another contract',
      async () => renderUnsignedFile({ ...document, contract: APPLICANT }),
      /another contract/,
      /"acme"/,
    ],
    ['bytes that are none', () => signedFile({ raw: '0x02' }), /raw is no signed/, /^$/],
  ])('says what contradicts itself, and believes the bytes: %s', async (_, text, fault, words) => {
    const { data, exitCode } = await decode('file.json', await text())
    expect(data.faults).toContainEqual(expect.stringMatching(fault))
    expect(data.calls.map((call) => call.words).join()).toMatch(words)
    expect(exitCode).toBe(8)
    expect(txDecodeText(data, plainPaint)).toMatch(/NOT TO BE TRUSTED: /)
  })

  it.each<readonly [string, readonly [string, string?]]>([
    ['an odd number of digits', ['0x123']],
    ['something like hex', ['0xyz']],
    ['another document', ['file.json', '{"type":"wcn-join-request"}']],
    ['a list', ['file.json', '[1]']],
    ['an empty file', ['file.json', '']],
    ['a cut transaction', ['file.json', renderUnsignedFile(document).slice(0, 200)]],
    ['a plan without its end', ['file.json', '{"type":"wcn-nodes-plan","version":1}']],
    ['a batch without a chain', ['file.json', '{"version":"1.0","meta":{},"transactions":[]}']],
  ])('refuses %s', async (_, given) => {
    expect((await rejectedBy(decode(...given))).code).toBe('DOCUMENT_INVALID')
  })

  it('refuses a file that is not there', async () => {
    expect((await rejectedBy(decode('gone.json'))).code).toBe('FILE_UNREADABLE')
  })

  it('has an answer or a WcnError for anything', async () => {
    const anyHex = fc.uint8Array({ maxLength: 120 }).map(bytesToHex)
    const raw = fc.uint8Array({ maxLength: 120 }).map((bytes): Hex => `0x02${bytesToHex(bytes).slice(2)}`)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          anyHex,
          raw,
          fc.string(),
          fc.json(),
          fc.json().map((inner) => `{"transactions":${inner}}`),
        ),
        async (text) => {
          const outcome = await decode('file.json', text).catch((error: unknown) => error)
          if (!(outcome instanceof WcnError)) expect(outcome).toMatchObject({ data: { faults: expect.any(Array) } })
        },
      ),
    )
  })
})

describe('with a chain', () => {
  const { now, services } = useRealCluster()
  const update = (name: string, operator = OPERATOR) =>
    calldata('updateNodeOperatorData', operator, blob(name, OWN_NODES))

  it('says what would change now', async () => {
    const { data, exitCode } = await run(services({ privateKey: null }).services, { call: update('renamed') })
    expect(data).toMatchObject({
      compared_with: { chain_id: 31337, contract: now.contract },
      calls: [{ changes: [{ op: 'update', path: 'name', before: 'member 0', after: 'renamed' }], warnings: [] }],
    })
    expect(exitCode).toBe(0)
    expect(txDecodeText(data, plainPaint)).toMatch(
      /now → then\n {2}~ name {2}member 0 → renamed\n[\s\S]*compared with 0x\w+ on chain 31337 at block \d+/,
    )
  })

  const unsigned = (changes: object) =>
    renderUnsignedFile({ ...document, chainId: 31337, contract: now.contract, to: now.contract, ...changes })
  const asked = async (text: string, options: object = {}) => {
    const made = services({ privateKey: null, files: { 'tx.json': text }, ...options })
    return { ...(await run(made.services, { call: 'tx.json' })), said: made.said }
  }

  it('asks the contract whether it would refuse it', async () => {
    const { data } = await asked(unsigned({ from: OWNER, data: calldata('acceptOwnership') }))
    expect(data.calls[0]?.warnings).toEqual([
      expect.stringMatching(/^the contract would refuse this: only the cluster's owner/),
    ])
    const known = await asked(unsigned({ from: member(3), data: addOperator() }))
    expect(known.data.calls[0]?.warnings).toEqual([
      expect.stringMatching(/^the contract would refuse this: only the cluster's owner/),
    ])
    const fine = await asked(unsigned({ from: OWNER, data: addOperator() }))
    expect(fine.data.calls[0]?.warnings).toEqual([])
  })

  describe('tells why the contract would refuse', () => {
    const sixth = () => now.cluster.write(OWNER, 'addNodeOperator', [{ addr: member(5), data: blob('m5', OWN_NODES) }])
    const inMaintenance = () => now.cluster.write(member(1), 'setMaintenance', [true])
    const start = (mask: bigint) => ({ operatorBitmask: mask, replicationStrategy: 0 })
    const migrating = async () => {
      await sixth()
      await now.cluster.write(OWNER, 'startMigration', [start(0b111110n)])
    }
    const limits = { maxOperatorDataBytes: 4096, minOperators: 7, extra: '0x0100' }
    const add = (addr: Hex) => calldata('addNodeOperator', { addr, data: operatorBlob('a') })

    it.each<readonly [string, Hex, () => Hex, (() => Promise<unknown>) | null, RegExp]>([
      ['somebody else’s data', member(1), () => update('a'), null, /Unauthorized/],
      ['an owner’s call', member(4), () => calldata('removeNodeOperator', member(4)), null, /only the cluster's owner/],
      ['a call by a stranger', APPLICANT, () => calldata('setMaintenance', true), null, /Unauthorized/],
      ['data of nobody', OWNER, () => update('a', APPLICANT), null, /not an operator of this cluster/],
      ['no data', OWNER, () => calldata('updateNodeOperatorData', OPERATOR, '0x'), null, /data is empty/],
      ['an operator twice', OWNER, () => add(member(0)), null, /operator of this cluster already/],
      ['the zero address', OWNER, () => add(ZERO_ADDRESS), null, /zero address/],
      ['removing nobody', OWNER, () => calldata('removeNodeOperator', APPLICANT), null, /not an operator/],
      ['removing who stores data', OWNER, () => calldata('removeNodeOperator', member(0)), sixth, /still stores data/],
      ['removing one too many', OWNER, () => calldata('removeNodeOperator', member(4)), null, /too few operators/],
      ['a taken slot', member(2), () => calldata('setMaintenance', true), inMaintenance, /slot is taken/],
      ['another’s slot', member(2), () => calldata('setMaintenance', false), inMaintenance, /Unauthorized/],
      ['more operators than there are', OWNER, () => calldata('updateSettings', limits), null, /too few operators/],
      ['a migration in maintenance', OWNER, () => calldata('startMigration', start(0b11111n)), inMaintenance, /slot/],
      ['a second migration', OWNER, () => calldata('startMigration', start(0b11111n)), migrating, /is in progress/],
      ['a small keyspace', OWNER, () => calldata('startMigration', start(0b1111n)), null, /too few operators/],
      ['empty slots', OWNER, () => calldata('startMigration', start(0b11011111n)), null, /not an operator/],
      ['the same keyspace', OWNER, () => calldata('startMigration', start(0b11111n)), null, /equals the current one/],
      ['no migration to abort', OWNER, () => calldata('abortMigration', 4n), null, /no data migration/],
      ['another migration', OWNER, () => calldata('abortMigration', 4n), migrating, /another migration/],
      ['a second founding', OWNER, () => calldata('initialize', limits, []), null, /founded already/],
    ])('%s', async (_, from, data, before, reason) => {
      await before?.()
      const { data: decoded } = await asked(unsigned({ from, data: data() }))
      expect(decoded.calls[0]?.warnings).toContainEqual(
        expect.stringMatching(new RegExp(`^the contract would refuse this: .*${reason.source}`)),
      )
    })

    it('calldata, of which nobody knows who sends it, as if the owner did', async () => {
      const given = async (call: Hex) => {
        const made = services({ privateKey: null })
        const { data } = await run(made.services, { call })
        return { warnings: data.calls[0]?.warnings, said: made.said }
      }
      const fine = await given(calldata('setMaintenance', true))
      expect(fine.warnings).toEqual([])
      expect(fine.said).toContainEqual(expect.stringMatching(/simulated as the owner's call/))
      await inMaintenance()
      expect((await given(calldata('setMaintenance', true))).warnings).toEqual([
        expect.stringMatching(/^the contract would refuse this: the maintenance slot is taken/),
      ])
      const open = await given(calldata('acceptOwnership'))
      expect(open.warnings).toEqual([])
      expect(open.said).toContainEqual(expect.stringMatching(/^warning: whether the contract takes it is not known/))
    })

    it('each call of a batch by itself', async () => {
      const one = JSON.parse(batch)
      const { checksum: _, ...meta } = one.meta
      const transactions = [add(member(0)), update('b')].map((data) => ({
        ...one.transactions[0],
        to: now.contract,
        data,
      }))
      const safe = { ...one, chainId: '31337', meta: { ...meta, createdFromSafeAddress: OWNER }, transactions }
      const { data } = await asked(JSON.stringify(safe))
      expect(data.calls.map(({ warnings }) => warnings.filter((one) => /would refuse/.test(one)))).toEqual([
        [expect.stringMatching(/operator of this cluster already/)],
        [],
      ])
    })
  })

  it('reads the contract that it goes to where none is configured', async () => {
    const made = services({ privateKey: null, files: { 'tx.json': unsigned({ from: OWNER }) } })
    const settings = {
      ...made.services.settings,
      contractAddress: () => {
        throw new WcnError('SETTING_MISSING', 'not set')
      },
    }
    const { data } = await run({ ...made.services, settings }, { call: 'tx.json' })
    expect(data.compared_with).toMatchObject({ contract: now.contract })
    // And nothing is compared where nobody knows with what.
    const calldataOnly = await run({ ...made.services, settings }, { call: addOperator() })
    expect(calldataOnly.data.compared_with).toBeNull()
  })

  it('says where it goes elsewhere, or is for another chain', async () => {
    const elsewhere = await asked(unsigned({ contract: APPLICANT, to: APPLICANT }))
    expect(elsewhere.data.calls).toMatchObject([
      { changes: null, warnings: [expect.stringMatching(/^it does not go to the contract/)] },
    ])
    const other = await asked(renderUnsignedFile({ ...document, chainId: 10 }))
    expect(other.data.compared_with).toBeNull()
    expect(other.said).toContainEqual(expect.stringMatching(/^warning: it is for chain 10, and 31337 is configured/))
  })

  it('goes on in words where the chain does not answer', async () => {
    const made = services({ privateKey: null, url: 'http://127.0.0.1:1' })
    const { data } = await run(made.services, { call: update('renamed') })
    expect(data).toMatchObject({ compared_with: null, calls: [{ changes: null }] })
    expect(made.said).toContainEqual(expect.stringMatching(/^warning: it was not compared with the chain: /))
  })

  it('warns where the encryption key is not the cluster’s', async () => {
    const made = services({ privateKey: null, encryptionKey: WRONG_KEY })
    await run(made.services, { call: update('renamed') })
    expect(made.said).toContainEqual(expect.stringMatching(/^warning: the encryption key does not fit/))
  })

  it('compares each call of a batch with the chain as it is', async () => {
    const one = JSON.parse(batch)
    const { checksum: _, ...meta } = one.meta
    const calls = ['a', 'b'].map((name) => ({ ...one.transactions[0], to: now.contract, data: update(name) }))
    const text = JSON.stringify({
      ...one,
      chainId: '31337',
      meta: { ...meta, createdFromSafeAddress: OWNER },
      transactions: calls,
    })
    const { data, said } = await asked(text)
    expect(data.calls).toMatchObject([
      { changes: [{ before: 'member 0', after: 'a' }] },
      { changes: [{ before: 'member 0', after: 'b' }] },
    ])
    expect(said).toContainEqual(expect.stringMatching(/^each call is compared with the chain as it is now/))
  })
})
