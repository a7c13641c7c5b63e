/** `tx sign`: no network, nothing but the calldata believed, nothing signed that is not understood. */
import { describe, expect, it } from 'vitest'
import { checksumAddress, parseAddress } from '../../src/base/address.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { rawTransactions } from '../../src/chain/raw-transactions.js'
import type { Signer } from '../../src/chain/transaction.js'
import { plainPaint } from '../../src/cli/paint.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { Settings } from '../../src/settings/settings.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { run } from '../../src/tx/tx-sign.js'
import { txSignText } from '../../src/tx/view.js'
import {
  parseSignedFile,
  renderSignedFile,
  renderUnsignedFile,
  type UnsignedDocument,
} from '../../src/write/unsigned-file.js'
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

const input = { file: 'tx.json', out: 'signed.json' }
const KEY = parseEncryptionKey('42'.repeat(32), 'the test')
const OTHER = parseAddress('0e'.repeat(20), 'the test')

interface Circumstances {
  readonly settings?: Partial<Settings>
  readonly signer?: Signer
  readonly consents?: boolean
  readonly text?: string
}

/** Whatever reaches for a chain fails: the services have none. */
function signing(document: UnsignedDocument, circumstances: Circumstances = {}) {
  const { settings = {}, signer = privateKeySigner(OFFLINE_KEY), consents = true } = circumstances
  const files = memoryFiles({ 'tx.json': circumstances.text ?? renderUnsignedFile(document) })
  const asked: string[] = []
  const confirm = async (question: string) => {
    asked.push(question)
    return consents
  }
  const services = testServices({ files, settings, talk: { confirm }, signer: async () => signer })
  return { services, files, asked, signed: () => files.contents.get('signed.json') }
}

describe('tx sign', () => {
  it('signs exactly what the file says, and writes it down privately', async () => {
    const document = unsignedDocument()
    const { services, signed, asked } = signing(document)
    const { data } = await run(services, input)
    const written = parseSignedFile(signed() ?? '', 'signed.json')
    const { chainId, nonce, gas, fees, to, data: bytes } = document
    expect(await rawTransactions.parse(written.raw)).toEqual({
      transaction: { chainId, nonce, gas, fees, to, value: 0n, data: bytes },
      hash: written.hash,
      from: OFFLINE_OWNER,
    })
    expect(written).toEqual({ ...document, raw: written.raw, hash: written.hash })
    expect(asked).toEqual(['Sign this transaction?'])
    expect(data).toMatchObject({ file: 'signed.json', hash: written.hash, chain_id: 10, nonce: 7, from: OFFLINE_OWNER })
    expect(JSON.stringify(data)).not.toContain(written.raw)
    expect(txSignText(data, plainPaint)).toMatch(/signed\.json[\s\S]*0x[\s\S]*wcn tx send signed\.json/)
  })

  it('tells what it does from the calldata alone, before it asks', async () => {
    const document = unsignedDocument({ what: { kind: 'operator-add', title: 'a harmless thing' } })
    const { services } = signing(document, { settings: { encryptionKey: async () => KEY } })
    await run(services, input)
    const said = services.said.join('\n')
    expect(said).toContain(`add operator ${checksumAddress(APPLICANT)} "acme"`)
    expect(said).toMatch(/node 12D3\w+ at 20\.0\.20\.1, ports 3010 and 3011/)
    expect(said).toContain(`chain 10, contract ${checksumAddress(document.contract)}`)
    expect(said).toContain(`from ${checksumAddress(OFFLINE_OWNER)}, nonce 7`)
    // 200 000 gas at 5 000 000 wei.
    expect(said).toContain('costs at most 0.000001 ETH')
    expect(said).not.toContain('harmless')
  })

  it('shows addresses as encrypted where the key is not at hand', async () => {
    const { services } = signing(unsignedDocument())
    await run(services, input)
    expect(services.said.join('\n')).toContain('at an encrypted address')
  })

  it('warns of what is dangerous', async () => {
    const data = calldata('upgradeToAndCall', OTHER, '0x')
    const base = { ...unsignedDocument().base, operator: null }
    const { services } = signing(unsignedDocument({ data, base, what: { kind: 'other', title: '' } }))
    await run(services, input)
    expect(services.said).toContainEqual(expect.stringMatching(/^warning: THIS REPLACES THE CONTRACT'S CODE/))
  })

  it.each<readonly [string, Partial<UnsignedDocument>, Circumstances, string, RegExp]>([
    [
      'another kind than it does',
      { what: { kind: 'operator-data', title: '' } },
      {},
      'TRANSACTION_INVALID',
      /says operator-data, .* addNodeOperator/,
    ],
    [
      'a kind that is never made unsigned',
      { what: { kind: 'cancel', title: '' } },
      {},
      'TRANSACTION_INVALID',
      /says cancel/,
    ],
    ['another contract than it goes to', { to: OTHER }, {}, 'TRANSACTION_INVALID', /goes to 0x0e/],
    ['an unknown call', { data: '0xdeadbeef' }, {}, 'TRANSACTION_INVALID', /not known here/],
    ['no call', { data: '0x' }, {}, 'TRANSACTION_INVALID', /not known here/],
    ['bytes behind the call', { data: `${addOperator()}00` }, {}, 'TRANSACTION_INVALID', /not known here/],
    [
      'data that the network could not read',
      { data: calldata('addNodeOperator', { addr: APPLICANT, data: '0x09' }) },
      {},
      'TRANSACTION_INVALID',
      /not known here/,
    ],
    [
      'settings that it could not read',
      {
        data: calldata('updateSettings', { maxOperatorDataBytes: 1, minOperators: 1, extra: '0x' }),
        what: { kind: 'other', title: '' },
      },
      {},
      'TRANSACTION_INVALID',
      /not known here/,
    ],
    [
      'a plan for another operator',
      { data: calldata('addNodeOperator', { addr: OTHER, data: operatorBlob('acme') }) },
      {},
      'TRANSACTION_INVALID',
      /planned for operator 0xab/,
    ],
    ['another chain', { chainId: 1 }, {}, 'WRONG_CHAIN', /for chain 1, and chain 10 is expected/],
    ['a development chain', {}, { settings: { chainId: () => 31337 } }, 'WRONG_CHAIN', /for chain 10/],
    [
      'a contract that is not the configured one',
      {},
      { settings: { contractAddress: () => OTHER } },
      'TRANSACTION_INVALID',
      /0x0e\w+ is configured/,
    ],
    ['somebody else to sign', { from: OTHER }, {}, 'WRONG_SIGNER', /for 0x0e\w+ to sign/],
    ['no consent', {}, { consents: false }, 'DECLINED', /nothing was signed/],
    [
      'fees that somebody raised ten thousandfold',
      { fees: { maxFeePerGas: 50_000_000_000n, maxPriorityFeePerGas: 10_000_000_000n } },
      {},
      'FEE_TOO_HIGH',
      /^"?tx\.json"? tips up to 10 gwei per gas, and the limit is 3 unless --max-fee allows more/,
    ],
    [
      'a bid that somebody raised',
      { fees: { maxFeePerGas: 50_000_000_000n, maxPriorityFeePerGas: 1_000_000n } },
      {},
      'FEE_TOO_HIGH',
      /bids up to 50 gwei per gas, and the limit is 20 unless/,
    ],
    [
      'gas that somebody raised',
      { gas: 20_000_000_000n },
      {},
      'FEE_TOO_HIGH',
      /may cost 0\.1 ETH, and the limit is 0\.05 unless --max-cost allows more/,
    ],
    [
      'a bid above --max-fee',
      {},
      { settings: { maxFeePerGas: () => 1n } },
      'FEE_TOO_HIGH',
      /--max-fee allows 0\.000000001$/,
    ],
    ['a cost above --max-cost', {}, { settings: { maxCostWei: () => 1n } }, 'FEE_TOO_HIGH', /--max-cost allows/],
    [
      'a private address',
      { data: calldata('addNodeOperator', { addr: APPLICANT, data: operatorBlob('acme', ['20.0.0.1', '10.0.0.1']) }) },
      { settings: { encryptionKey: async () => KEY } },
      'ADDRESS_NOT_ROUTABLE',
      /10\.0\.0\.1 is no public address/,
    ],
  ])('signs nothing with %s', async (_, changes, circumstances, code, sentence) => {
    const { services, signed } = signing(unsignedDocument(changes), circumstances)
    const error = await rejectedBy(run(services, input))
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(sentence)])
    expect(signed()).toBeUndefined()
  })

  it('signs what is dear where that is allowed', async () => {
    const fees = { maxFeePerGas: 50_000_000_000n, maxPriorityFeePerGas: 10_000_000_000n }
    const settings = { maxFeePerGas: () => 50_000_000_000n, maxCostWei: () => 10n ** 18n }
    const { services, signed } = signing(unsignedDocument({ fees, gas: 2_000_000n }), { settings })
    await run(services, input)
    expect(services.said).toContain('bids up to 50 gwei per gas, 10 gwei of them as a tip')
    expect(parseSignedFile(signed() ?? '', 'signed.json').fees).toEqual(fees)
  })

  it('says that addresses were not checked where the key is not at hand', async () => {
    const { services } = signing(unsignedDocument())
    await run(services, input)
    expect(services.said).toContainEqual(expect.stringMatching(/^warning: the addresses in it are encrypted/))
  })

  it('asks nobody about what it refuses', async () => {
    const { services, asked } = signing(unsignedDocument({ from: OTHER }))
    await rejectedBy(run(services, input))
    expect(asked).toEqual([])
  })

  it.each<readonly [string, Signer['signDigest']]>([
    ['of another key', (digest) => privateKeySigner(OFFLINE_KEY).signDigest(`0x${'77'.repeat(31)}${digest.slice(-2)}`)],
    ['with an s that is too large', async () => `0x${'11'.repeat(32)}${'ee'.repeat(32)}1b`],
  ])('keeps no signature %s', async (_, signDigest) => {
    const { services, signed } = signing(unsignedDocument(), { signer: { address: OFFLINE_OWNER, signDigest } })
    expect((await rejectedBy(run(services, input))).code).toBe('WRONG_SIGNER')
    expect(signed()).toBeUndefined()
  })

  it('never replaces a file', async () => {
    const { services, files } = signing(unsignedDocument())
    files.contents.set('signed.json', 'older')
    expect((await rejectedBy(run(services, input))).code).toBe('FILE_EXISTS')
    expect(files.contents.get('signed.json')).toBe('older')
  })

  it.each<readonly [string, string]>([
    ['what is signed already', renderSignedFile({ ...unsignedDocument(), raw: '0x', hash: `0x${'00'.repeat(32)}` })],
    ['a cut file', renderUnsignedFile(unsignedDocument()).slice(0, 300)],
    ['something else', '{"type":"wcn-nodes-plan"}'],
    ['nothing', ''],
  ])('refuses %s', async (_, text) => {
    const { services, signed } = signing(unsignedDocument(), { text })
    expect((await rejectedBy(run(services, input))).code).toBe('DOCUMENT_INVALID')
    expect(signed()).toBeUndefined()
  })

  it('needs a key, and consent where nobody can be asked', async () => {
    const { services } = signing(unsignedDocument())
    const refuse = (code: 'SETTING_MISSING' | 'CONFIRMATION_REQUIRED') => () => Promise.reject(new WcnError(code, 'no'))
    const without = { ...services, signer: refuse('SETTING_MISSING') }
    expect((await rejectedBy(run(without, input))).code).toBe('SETTING_MISSING')
    const unasked = { ...services, talk: { ...services.talk, confirm: refuse('CONFIRMATION_REQUIRED') } }
    expect((await rejectedBy(run(unasked, input))).code).toBe('CONFIRMATION_REQUIRED')
  })
})
