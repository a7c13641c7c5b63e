/**
 * A write of the cluster's owner that is signed elsewhere, by the built tool: written down without a key, explained to
 * those who approve it, signed without a network, and sent once, or not at all where anything is not as it was.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import {
  parseTransaction,
  recoverTransactionAddress,
  type TransactionSerializableEIP1559,
  type TransactionSerialized,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decodeOperatorData, encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { type Applicant, applicant, requestOf } from '../support/applicant.js'
import { watch } from '../support/chain-watch.js'
import { sandbox } from '../support/cli.js'
import { useDevnet, type Variables } from '../support/devnet.js'
import { SEND, startFaultProxy } from '../support/fault-proxy.js'
import { wcnInProcess as wcn, wcnJsonInProcess as wcnJson } from '../support/in-process.js'
import { lightKeystore } from '../support/light-keystore.js'
import { ENTER, wcnInTerminal } from '../support/pty.js'
import { calldata } from '../support/unsigned.js'

type Json = Record<string, unknown>

const net = useDevnet()
const elsewhere = useDevnet()
const box = sandbox()
afterAll(box.remove)
const chain = watch(
  () => net.rpcUrl,
  () => net.contract,
)

let runs = 0
let stateDirectory: string
/** What a test or a group of them works with: unsigned, and signed. */
let unsigned: string
let signed: string
let ownerKey: string

beforeAll(() => {
  ownerKey = box.path('owner.key')
  writeFileSync(ownerKey, `${net.owner.privateKey}\n`, { mode: 0o600 })
})
beforeEach(newNames)

function newNames(): void {
  stateDirectory = box.path(`state-${++runs}`)
  unsigned = box.path(`unsigned-${runs}.json`)
  signed = box.path(`signed-${runs}.json`)
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
/** Where there is a network: no private key is known there. */
const online = (more: Variables = {}) => ({ ...net.cluster, WCN_STATE_DIR: stateDirectory, ...more })
/** Where the key is: no provider, no contract, not even the encryption key. */
const OFFLINE = { WCN_CHAIN_ID: '31337' }
const approve = (request: string, ...flags: readonly string[]) =>
  wcnJson(['admin', 'operator', 'approve', request, ...flags], { env: online() })
const sign = (file = unsigned, out = signed, env: Variables = OFFLINE) =>
  wcnJson(['tx', 'sign', file, '--out', out, '--private-key-file', ownerKey, '--yes'], { env })
const send = (file = signed, env: Variables = online()) => wcnJson(['tx', 'send', file, '--yes'], { env })
const isMember = async ({ address }: Applicant) =>
  (await chain.view()).operatorSlots.some(({ addr }) => addr.toLowerCase() === address.toLowerCase())

/** A request, written down as an unsigned transaction and signed. */
async function prepare(): Promise<Applicant> {
  const who = await applicant(net, box)
  const made = await approve(await requestOf(net, who), '--unsigned', unsigned)
  expect(made, made.stdout).toMatchObject({ code: 0 })
  const done = await sign()
  expect(done, done.stdout).toMatchObject({ code: 0 })
  return who
}

/** The same for all tests of a group, none of which sends it. */
function preparedOnce(): { readonly who: Applicant } {
  const shared = {} as { who: Applicant; files: readonly [string, string] }
  beforeAll(async () => {
    newNames()
    Object.assign(shared, { who: await prepare(), files: [unsigned, signed] })
  })
  beforeEach(() => {
    ;[unsigned, signed] = shared.files
  })
  return shared
}

/** A copy of the signed file with other fields. */
function changed(name: string, changes: Json): string {
  const path = box.path(`changed-${runs}-${name.replace(/\W/g, '_')}.json`)
  writeFileSync(path, JSON.stringify({ ...read(signed), ...changes }, null, 2))
  return path
}

describe('--unsigned', () => {
  it('writes a transaction and a Safe batch without any key, and sends nothing', async () => {
    const who = await applicant(net, box)
    const request = await requestOf(net, who)
    const before = await net.state()
    const run = await wcn(['admin', 'operator', 'approve', request, '--unsigned', unsigned], { env: online() })
    expect(run, run.stderr).toMatchObject({ code: 0 })
    const batchFile = unsigned.replace('.json', '.safe.json')
    for (const shown of [unsigned, batchFile, 'nothing was sent', 'wcn tx sign', 'wcn tx send'])
      expect(run.stdout).toContain(shown)
    for (const shown of ['applicant', who.peerIds[0] ?? '', 'cost at most']) expect(run.stderr).toContain(shown)
    expect(await net.state()).toEqual(before)
    expect(existsSync(`${stateDirectory}/journal`)).toBe(false)

    const document = read(unsigned)
    expect(document).toMatchObject({
      type: 'wcn-unsigned-transaction',
      version: 1,
      chain_id: 31337,
      from: net.owner.address,
      to: net.contract,
      contract: net.contract,
      nonce: await net.nonceOf(net.owner),
      value: '0',
      what: { kind: 'operator-add' },
      base: { operator: { id: who.address, data: null }, maintenance: null },
    })
    const { data } = read(request)
    expect(document.data).toBe(calldata('addNodeOperator', { addr: who.address, data }))
    const batch = read(batchFile)
    expect(batch).toMatchObject({ version: '1.0', chainId: '31337', meta: { checksum: expect.any(String) } })
    expect(batch.transactions).toMatchObject([{ value: '0', data: document.data }])
    expect(batch.transactions[0].to.toLowerCase()).toBe(net.contract)
    expect(batch.meta.createdFromSafeAddress.toLowerCase()).toBe(net.owner.address)

    // A file that is there is somebody's.
    const kept = [readFileSync(unsigned, 'utf8'), readFileSync(batchFile, 'utf8')]
    const again = await approve(request, '--unsigned', unsigned)
    expect(again, again.stdout).toMatchObject({ code: 2, error: { code: 'FILE_EXISTS' } })
    const beside = box.path(`beside-${runs}`)
    writeFileSync(`${beside}.safe.json`, 'mine')
    expect(await approve(request, '--unsigned', `${beside}.json`)).toMatchObject({ error: { code: 'FILE_EXISTS' } })
    expect(existsSync(`${beside}.json`)).toBe(false)
    expect([readFileSync(unsigned, 'utf8'), readFileSync(batchFile, 'utf8')]).toEqual(kept)
  })

  it('is refused for standard output and for a folder that is not there', async () => {
    const request = await requestOf(net, await applicant(net, box))
    expect(await approve(request, '--unsigned', '-')).toMatchObject({ code: 2, error: { code: 'USAGE' } })
    const lost = await approve(request, '--unsigned', box.path('nowhere/tx.json'))
    expect(lost).toMatchObject({ code: 2, error: { code: 'FILE_UNWRITABLE' } })
    const dry = await approve(request, '--unsigned', unsigned, '--dry-run')
    expect(dry).toMatchObject({ code: 0, data: { changed: false, dry_run: true } })
    expect(existsSync(unsigned)).toBe(false)
  })

  it('is nothing to do where it is on chain already', async () => {
    const who = await applicant(net, box)
    const request = await requestOf(net, who)
    await chain.include(net.owner.address, 'addNodeOperator', [{ addr: who.address, data: read(request).data }])
    const made = await approve(request, '--unsigned', unsigned)
    expect(made, made.stdout).toMatchObject({ code: 0, data: { changed: false } })
    expect(existsSync(unsigned)).toBe(false)
  })
})

describe('tx decode', () => {
  it('explains the transaction, the batch, the signed bytes and bare calldata alike', async () => {
    const who = await prepare()
    const { raw, hash, data, nonce } = read(signed)
    const forms = [
      [unsigned, 'unsigned'],
      [signed, 'signed'],
      [unsigned.replace('.json', '.safe.json'), 'safe-batch'],
      [raw, 'raw-transaction'],
      [data, 'calldata'],
    ] as const
    for (const [given, source] of forms) {
      const decoded = await wcnJson(['tx', 'decode', given], { env: online() })
      expect(decoded, decoded.stdout).toMatchObject({
        code: 0,
        data: {
          source,
          faults: [],
          compared_with: { chain_id: 31337, contract: net.contract },
          calls: [{ function: 'addNodeOperator((address,bytes))', arguments: { operator: who.address }, warnings: [] }],
        },
      })
      const [{ words, changes }] = decoded.data.calls
      expect(words).toMatch(/^add operator 0x\w{40} "applicant \d+"$/)
      expect(changes.map(({ op, path }: { op: string; path: string }) => [op, path])).toEqual([
        ['add', 'name'],
        ['add', 'nodes[0]'],
        ['add', 'nodes[1]'],
      ])
      expect(changes[1]).toMatchObject({ before: null, after: { peer_id: who.peerIds[0], primary_port: 3010 } })
      const enveloped = ['unsigned', 'signed', 'raw-transaction'].includes(source)
      expect(decoded.data.transaction).toEqual(
        enveloped
          ? expect.objectContaining({
              chain_id: 31337,
              from: net.owner.address,
              nonce,
              value: '0',
              hash: source === 'unsigned' ? null : hash,
            })
          : null,
      )
      const shown = await wcn(['tx', 'decode', given], { env: online() })
      expect(shown, shown.stderr).toMatchObject({ code: 0 })
      for (const part of ['add operator', who.peerIds[0] ?? '', '20.9.', 'now → then', '+ nodes[1]'])
        expect(shown.stdout).toContain(part)
      expect(shown.stdout).not.toContain('warning')
    }
  })

  it('shows an update as before → after, and without a provider what it says alone', async () => {
    const [operator] = net.operators
    const { data: now } = await chain.sight(operator?.address ?? '')
    const data = decodeOperatorData(Buffer.from(now.slice(2), 'hex'))
    const after = `0x${Buffer.from(encodeOperatorData({ ...data, name: 'another name' })).toString('hex')}`
    const call = calldata('updateNodeOperatorData', operator?.address, after)
    const changes = [{ op: 'update', path: 'name', before: data.name, after: 'another name' }]
    // From standard input too: calldata of many nodes is too long for a command line.
    for (const [given, input] of [
      [call, ''],
      ['-', `${call}\n`],
    ] as const) {
      const decoded = await wcnJson(['tx', 'decode', given], { env: online(), input })
      expect(decoded, decoded.stdout).toMatchObject({ code: 0, data: { source: 'calldata', calls: [{ changes }] } })
    }
    const shown = await wcn(['tx', 'decode', call], { env: online() })
    expect(shown.stdout).toMatch(new RegExp(`name +${data.name}\\s+→ another name`))

    const { RPC_PROVIDER_URL: _, SMART_CONTRACT_ENCRYPTION_KEY: __, ...alone } = online() as Record<string, string>
    const words = await wcnJson(['tx', 'decode', call], { env: alone })
    expect(words, words.stdout).toMatchObject({
      code: 0,
      data: { calls: [{ changes: null, arguments: { data: { name: 'another name' } } }], compared_with: null },
    })
    expect((await wcn(['tx', 'decode', call], { env: alone })).stdout).toContain('not compared with a chain')
  })

  it('fails for what nobody knows, what was changed, and what does harm', async () => {
    const who = await prepare()
    const batch = unsigned.replace('.json', '.safe.json')
    writeFileSync(batch, readFileSync(batch, 'utf8').replace(who.address.slice(2), net.contract.slice(2)))
    const other = changed('data', { data: calldata('removeNodeOperator', who.address) })
    const stranger = calldata('transferOwnership', who.address)
    const runs = await Promise.all(
      ['0xdeadbeef', batch, other].map((given) => wcnJson(['tx', 'decode', given], { env: online() })),
    )
    for (const run of runs) expect(run, run.stdout).toMatchObject({ code: 8, ok: false })
    expect(runs[1]?.data.faults).toEqual(['its checksum does not fit: it was changed after it was made'])
    expect(runs[2]?.data.faults).toEqual(['data is not what was signed'])
    // What counts are the bytes that would be sent.
    expect(runs[2]?.data.calls).toMatchObject([{ function: 'addNodeOperator((address,bytes))' }])
    const owned = await wcn(['tx', 'decode', stranger], { env: online() })
    expect(owned.code).toBe(0)
    expect(owned.stdout.toLowerCase()).toContain(who.address)
    expect(owned.stdout).toContain('warning')
    for (const [given, code] of [
      ['0xzz', 'DOCUMENT_INVALID'],
      ['0x123', 'DOCUMENT_INVALID'],
      [box.path('nowhere.json'), 'FILE_UNREADABLE'],
      [ownerKey, 'DOCUMENT_INVALID'],
    ] as const) {
      const refused = await wcnJson(['tx', 'decode', given], { env: online() })
      expect(refused, refused.stdout).toMatchObject({ code: 2, error: { code } })
      expect(refused.stdout + refused.stderr).not.toContain(net.owner.privateKey.slice(2))
    }
  })
})

describe('tx sign', () => {
  preparedOnce()

  it('makes the signature of that account over just that transaction, without a network', async () => {
    expect(statSync(signed).mode & 0o777).toBe(0o600)
    const { raw, hash, type, ...rest } = read(signed)
    const { type: before, ...written } = read(unsigned)
    expect([before, type]).toEqual(['wcn-unsigned-transaction', 'wcn-signed-transaction'])
    expect(rest).toEqual(written)
    const serializedTransaction = raw as TransactionSerialized
    expect(parseTransaction(serializedTransaction)).toMatchObject({
      chainId: 31337,
      nonce: rest.nonce,
      to: net.contract,
      data: rest.data,
      gas: BigInt(rest.gas),
      maxFeePerGas: BigInt(rest.max_fee_per_gas),
      maxPriorityFeePerGas: BigInt(rest.max_priority_fee_per_gas),
    })
    expect((await recoverTransactionAddress({ serializedTransaction })).toLowerCase()).toBe(net.owner.address)
    expect(hash).toMatch(/^0x[0-9a-f]{64}$/)
  })

  it('asks nobody on the network, wherever settings point', async () => {
    const listener = await startFaultProxy(() => net.rpcUrl)
    try {
      const args = ['tx', 'sign', unsigned, '--out', box.path(`again-${runs}.json`), '--yes', '--private-key-file']
      const env = { ...online(), RPC_PROVIDER_URL: listener.url, WCN_RPC_QUORUM: '7' }
      const run = await wcn([...args, ownerKey], { env })
      expect(run, run.stderr).toMatchObject({ code: 0 })
      expect(listener.seen).toEqual([])
      // Who signs sees what it is, with the addresses where the encryption key is at hand.
      for (const shown of ['add operator', '20.9.', `chain 31337`, 'nonce', 'costs at most'])
        expect(run.stderr).toContain(shown)
    } finally {
      await listener.stop()
    }
  })

  it('asks for consent, and takes a keystore', async () => {
    const keystore = box.path(`keystore-${runs}.json`)
    writeFileSync(keystore, lightKeystore(net.owner.privateKey, 'pass'), { mode: 0o600 })
    const out = box.path(`asked-${runs}.json`)
    const args = ['tx', 'sign', unsigned, '--out', out, '--keystore', keystore]
    const declined = wcnInTerminal(args, { env: OFFLINE })
    await declined.until('add operator')
    await declined.until('Password of')
    declined.type(`pass${ENTER}`)
    await declined.until('Sign this transaction?')
    declined.type(ENTER)
    expect(await declined.ended).toBe(3)
    expect(existsSync(out)).toBe(false)
    const nobody = await wcnJson(args, { env: { ...OFFLINE, WCN_OWNER_KEYSTORE_PASSWORD: 'pass' } })
    expect(nobody).toMatchObject({ code: 3, error: { code: 'CONFIRMATION_REQUIRED' } })
    expect(existsSync(out)).toBe(false)
    const asked = wcnInTerminal(args, { env: OFFLINE })
    await asked.until('Password of')
    asked.type(`pass${ENTER}`)
    await asked.until('Sign this transaction?')
    asked.type(`y${ENTER}`)
    expect(await asked.ended).toBe(0)
    // Deterministic (RFC 6979): the same as with the bare key.
    expect(read(out)).toEqual(read(signed))
  })

  it.each<readonly [string, (document: Json) => unknown, Variables, number, string]>([
    ['for another chain than is expected', (document) => document, { WCN_CHAIN_ID: '10' }, 4, 'WRONG_CHAIN'],
    [
      'for another contract than is configured',
      (document) => document,
      { SMART_CONTRACT_ADDRESS: `0x${'12'.repeat(20)}` },
      4,
      'TRANSACTION_INVALID',
    ],
    ['that goes elsewhere', (document) => ({ ...document, to: `0x${'12'.repeat(20)}` }), {}, 4, 'TRANSACTION_INVALID'],
    [
      'with calldata that nobody knows',
      (document) => ({ ...document, data: `${document.data}00` }),
      {},
      4,
      'TRANSACTION_INVALID',
    ],
    [
      'with another call than it says',
      (document) => ({ ...document, data: calldata('transferOwnership', `0x${'12'.repeat(20)}`) }),
      {},
      4,
      'TRANSACTION_INVALID',
    ],
    ['for another account', (document) => ({ ...document, from: `0x${'12'.repeat(20)}` }), {}, 4, 'WRONG_SIGNER'],
    [
      'with fees that were raised ten thousandfold',
      (document) => ({
        ...document,
        max_fee_per_gas: `${document.max_fee_per_gas}0000`,
        max_priority_fee_per_gas: `${document.max_priority_fee_per_gas}0000`,
      }),
      {},
      4,
      'FEE_TOO_HIGH',
    ],
    ['with ETH', (document) => ({ ...document, value: '1' }), {}, 2, 'DOCUMENT_INVALID'],
    ['with a field more', (document) => ({ ...document, more: 1 }), {}, 2, 'DOCUMENT_INVALID'],
    ['with a nonce in words', (document) => ({ ...document, nonce: '1' }), {}, 2, 'DOCUMENT_INVALID'],
    ['of a newer version', (document) => ({ ...document, version: 2 }), {}, 2, 'DOCUMENT_INVALID'],
    ['that is cut short', (document) => JSON.stringify(document).slice(0, 300), {}, 2, 'DOCUMENT_INVALID'],
    ['that is no JSON', () => 'hello', {}, 2, 'DOCUMENT_INVALID'],
    ['that is empty', () => '', {}, 2, 'DOCUMENT_INVALID'],
  ])('signs nothing %s', async (_, change, env, exit, code) => {
    const now = change(read(unsigned))
    const file = box.path(`tampered-${runs}.json`)
    const out = box.path(`tampered-${runs}.signed.json`)
    writeFileSync(file, typeof now === 'string' ? now : JSON.stringify(now))
    const refused = await sign(file, out, { ...OFFLINE, ...env })
    expect(refused, refused.stdout).toMatchObject({ code: exit, error: { code } })
    expect(refused.error.message).toContain(code === 'WRONG_SIGNER' ? net.owner.address : file)
    expect(existsSync(out)).toBe(false)
  })

  it('signs no file over another, and none that is signed already or a batch', async () => {
    const kept = readFileSync(signed, 'utf8')
    expect(await sign()).toMatchObject({ code: 2, error: { code: 'FILE_EXISTS' } })
    expect(readFileSync(signed, 'utf8')).toBe(kept)
    const out = box.path(`not-${runs}.json`)
    const twice = await sign(signed, out)
    expect(twice).toMatchObject({ code: 2, error: { code: 'DOCUMENT_INVALID', hint: '`wcn tx send` sends it' } })
    expect(await sign(unsigned.replace('.json', '.safe.json'), out)).toMatchObject({ code: 2 })
    expect(existsSync(out)).toBe(false)
  })
})

describe('tx send', () => {
  it('sends it once, however often and from wherever it is asked to', async () => {
    const who = await prepare()
    const nonce = await net.nonceOf(net.owner)
    const refused = await wcnJson(['tx', 'send', signed], { env: online() })
    expect(refused).toMatchObject({ code: 3, error: { code: 'CONFIRMATION_REQUIRED' } })
    const dry = await wcnJson(['tx', 'send', signed, '--dry-run'], { env: online() })
    expect(dry, dry.stdout).toMatchObject({ code: 0, data: { changed: false, dry_run: true, transaction: null } })
    expect(dry.data.changes).toHaveLength(3)
    expect(await net.nonceOf(net.owner)).toBe(nonce)

    const there = { WCN_STATE_DIR: box.path(`there-${runs}`) }
    const sent = await send()
    expect(sent, sent.stdout).toMatchObject({ code: 0, data: { changed: true, operator: { id: who.address } } })
    expect(await net.nonceOf(net.owner)).toBe(nonce + 1)
    expect(await isMember(who)).toBe(true)

    const { hash } = read(signed)
    const before = await net.state()
    for (const env of [online(), online(there), online({ WCN_STATE_DIR: box.path(`new-${runs}`) })]) {
      const again = await wcn(['tx', 'send', signed, '--yes'], { env })
      expect(again, again.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do') })
      expect(again.stdout).toContain(hash)
      expect(await send(signed, env)).toMatchObject({ code: 0, data: { changed: false, transaction: { hash } } })
    }
    expect(await net.state()).toEqual(before)
    const { data } = await wcnJson(['tx', 'list'], { env: online() })
    expect(data.transactions).toMatchObject([{ hash, state: 'included', what: { kind: 'operator-add' } }])
  })

  it.each(['eth_estimateGas', SEND])('is done where another machine sends the same before its %s', async (method) => {
    const who = await prepare()
    const nonce = await net.nonceOf(net.owner)
    const proxy = await startFaultProxy(() => net.rpcUrl)
    try {
      let first = true
      proxy.decide = (exchange) => {
        if (!first || !exchange.asks(method)) return undefined
        first = false
        return async () => {
          expect(await send(signed, online({ WCN_STATE_DIR: box.path(`there-${runs}`) }))).toMatchObject({ code: 0 })
          exchange.answer(await exchange.deliver())
        }
      }
      const late = await send(signed, online({ RPC_PROVIDER_URL: proxy.url }))
      expect(late, late.stdout).toMatchObject({ code: 0, data: { operator: { id: who.address } } })
      expect(first).toBe(false)
      expect(await net.nonceOf(net.owner)).toBe(nonce + 1)
    } finally {
      await proxy.stop()
    }
  })

  it('shows and asks in a terminal', async () => {
    const who = await prepare()
    const asked = wcnInTerminal(['tx', 'send', signed], { env: online() })
    await asked.until('add operator')
    await asked.until('cost at most')
    await asked.until('Send this transaction?')
    asked.type(`y${ENTER}`)
    expect(await asked.ended).toBe(0)
    expect(asked.screen).not.toContain(read(signed).raw.slice(0, 100))
    expect(await isMember(who)).toBe(true)
  })
})

describe('tx send refuses', () => {
  const prepared = preparedOnce()

  it('a file of which any field is not what was signed', async () => {
    const { who } = prepared
    const document = read(signed)
    const other = calldata('addNodeOperator', { addr: net.owner.address, data: '0x01' })
    const stranger = privateKeyToAccount(net.operators[0]?.privateKey as `0x${string}`)
    const strangers = stranger.address.toLowerCase()
    const { r: _, s: __, yParity: ___, v: ____, ...same } = parseTransaction(document.raw as `0x02${string}`)
    const resigned = await stranger.signTransaction(same as TransactionSerializableEIP1559)
    const invalid: Readonly<Record<string, Json>> = {
      chain_id: { chain_id: 31338 },
      contract: { contract: `0x${'12'.repeat(20)}` },
      to: { to: `0x${'12'.repeat(20)}`, contract: `0x${'12'.repeat(20)}` },
      from: { from: strangers },
      nonce: { nonce: document.nonce + 1 },
      gas: { gas: '21000' },
      max_fee_per_gas: { max_fee_per_gas: '1' },
      max_priority_fee_per_gas: { max_priority_fee_per_gas: '1' },
      data: { data: other },
      raw: { raw: document.raw.replace(who.address.slice(2), strangers.slice(2)) },
      'raw by another key': { raw: resigned },
      'raw and from by another key': { raw: resigned, from: strangers },
      'raw cut short': { raw: document.raw.slice(0, -2) },
      'raw of something else': { raw: document.data },
      hash: { hash: `0x${'12'.repeat(32)}` },
      kind: { what: { ...document.what, kind: 'operator-data' } },
      'base operator': { base: { ...document.base, operator: { id: net.owner.address, data: null } } },
      genesis_hash: { genesis_hash: `0x${'12'.repeat(32)}` },
      'base data': { base: { ...document.base, operator: { ...document.base.operator, data: '0x01' } } },
      'base migration': { base: { ...document.base, migration: { id: '7', pulling: true } } },
      'base maintenance': { base: { ...document.base, maintenance: strangers } },
    }
    const codes: Readonly<Record<string, string>> = {
      genesis_hash: 'WRONG_CHAIN',
      'base data': 'STATE_CHANGED',
      'base migration': 'STATE_CHANGED',
      'base maintenance': 'STATE_CHANGED',
    }
    const before = await net.state()
    for (const [name, changes] of Object.entries(invalid)) {
      const refused = await send(changed(name, changes))
      const expected = { code: 4, error: { code: codes[name] ?? 'TRANSACTION_INVALID' } }
      expect(refused, `${name}: ${refused.stdout}`).toMatchObject(expected)
      expect(refused.error.hint, name).toBeTruthy()
      expect(refused.stdout + refused.stderr).not.toContain(document.raw.slice(2, 60))
    }
    expect(await net.state()).toEqual(before)
    expect(await wcnJson(['tx', 'list'], { env: online() })).toMatchObject({ data: { transactions: [] } })
  })

  it('what is no signed transaction at all', async () => {
    const text = readFileSync(signed, 'utf8')
    const put = (name: string, content: string) => {
      const path = box.path(`${name}-${runs}.json`)
      writeFileSync(path, content)
      return path
    }
    const { raw: _, ...incomplete } = read(signed)
    const before = await net.state()
    for (const [file, code] of [
      [put('truncated', text.slice(0, -100)), 'DOCUMENT_INVALID'],
      [put('half', text.slice(0, text.length / 2)), 'DOCUMENT_INVALID'],
      [put('empty', ''), 'DOCUMENT_INVALID'],
      [put('text', 'hello'), 'DOCUMENT_INVALID'],
      [put('list', '[]'), 'DOCUMENT_INVALID'],
      [put('incomplete', JSON.stringify(incomplete)), 'DOCUMENT_INVALID'],
      [put('more', JSON.stringify({ ...read(signed), more: 1 })), 'DOCUMENT_INVALID'],
      [put('later', JSON.stringify({ ...read(signed), version: 2 })), 'DOCUMENT_INVALID'],
      [put('twice', text.replace('"nonce"', '"nonce": 0,\n"nonce"')), 'DOCUMENT_INVALID'],
      [unsigned, 'DOCUMENT_INVALID'],
      [unsigned.replace('.json', '.safe.json'), 'DOCUMENT_INVALID'],
      [box.path('nowhere.json'), 'FILE_UNREADABLE'],
      [box.path('.'), 'FILE_UNREADABLE'],
    ] as const) {
      const refused = await send(file)
      expect(refused, refused.stdout).toMatchObject({ code: 2, error: { code } })
      expect(refused.error.message).toContain(file.split('/').at(-1))
    }
    expect(await net.state()).toEqual(before)
  })

  it('what comes too early: its nonce is not the next', async () => {
    const early = privateKeyToAccount(net.owner.privateKey as `0x${string}`)
    const document = read(signed)
    const nonce = document.nonce + 1
    const { data, to, gas, max_fee_per_gas, max_priority_fee_per_gas } = document
    const raw = await early.signTransaction({
      ...{ type: 'eip1559', chainId: 31337, nonce, data, to, gas: BigInt(gas) },
      maxFeePerGas: BigInt(max_fee_per_gas),
      maxPriorityFeePerGas: BigInt(max_priority_fee_per_gas),
    })
    const decoded = await wcnJson(['tx', 'decode', raw], { env: online() })
    const file = changed('early', { nonce, raw, hash: decoded.data.transaction.hash })
    const before = await net.state()
    const refused = await send(file)
    expect(refused, refused.stdout).toMatchObject({ code: 4, error: { code: 'STATE_CHANGED' } })
    expect(refused.error.message).toContain(`has nonce ${nonce}, and the next one`)
    expect(await net.state()).toEqual(before)
  })

  it('what is for another chain, by its ID, its first block or its contract', async () => {
    const before = [await net.state(), await elsewhere.state()]
    const { SMART_CONTRACT_ADDRESS: _, ...there } = { ...elsewhere.cluster, WCN_STATE_DIR: stateDirectory } as Record<
      string,
      string
    >
    const refusals = await Promise.all([
      send(signed, online({ WCN_CHAIN_ID: '10' })),
      send(signed, { ...there, ...elsewhere.cluster }),
      // The same ID, and no such contract.
      send(signed, there),
      send(signed, online({ SMART_CONTRACT_ADDRESS: elsewhere.contract })),
    ])
    expect(refusals.map(({ code }) => code)).toEqual([4, 4, 4, 4])
    expect(refusals.map(({ error }) => error.code)).toEqual([
      'WRONG_CHAIN',
      'TRANSACTION_INVALID',
      'NOT_A_CONTRACT',
      'TRANSACTION_INVALID',
    ])
    expect([await net.state(), await elsewhere.state()]).toEqual(before)
  })

  it('what costs more than --max-fee and --max-cost allow, which were not known when it was signed', async () => {
    const before = await net.state()
    for (const [flag, value, says] of [
      ['--max-fee', '0.001', 'and --max-fee allows 0.001'],
      ['--max-cost', '0.0000001', 'and --max-cost allows 0.0000001'],
    ] as const) {
      const refused = await wcnJson(['tx', 'send', signed, '--yes', flag, value], { env: online() })
      expect(refused, refused.stdout).toMatchObject({ code: 4, error: { code: 'FEE_TOO_HIGH' } })
      expect(refused.error.message).toContain(says)
    }
    expect(await net.state()).toEqual(before)
  })

  it('what went stale: its nonce is used, or its ground has changed', async () => {
    const { who } = prepared
    const [operator] = net.operators
    const enter = (away: boolean) => chain.include(operator?.address ?? '', 'setMaintenance', [away])
    await enter(true)
    const maintained = await send()
    expect(maintained, maintained.stdout).toMatchObject({ code: 4, error: { code: 'STATE_CHANGED' } })
    expect(maintained.error.message).toContain(`${operator?.address} took the maintenance slot`)
    expect(maintained.error.hint).toContain('--unsigned')
    await enter(false)

    // Another one of the owner's, that was signed later, comes first.
    const { data } = read(signed)
    await chain.include(net.owner.address, 'setMaintenance', [true])
    await chain.include(net.owner.address, 'setMaintenance', [false])
    const before = await net.state()
    const late = await send()
    expect(late, late.stdout).toMatchObject({ code: 4, error: { code: 'STATE_CHANGED' } })
    expect(late.error.message).toMatch(/stale, so it was not sent: nonce \d+ of account 0x\w+ was used by another/)
    expect(await net.state()).toEqual(before)
    expect(await isMember(who)).toBe(false)
    expect((await wcnJson(['tx', 'decode', data], { env: online() })).code).toBe(0)
  })
})
