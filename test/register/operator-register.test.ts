/** `operator register`: one file with everything proven, drafts for secrets that stay away, and where it stands. */
import { describe, expect, it } from 'vitest'
import { bytesToHex, type Hex } from '../../src/base/hex.js'
import { typedData } from '../../src/chain/typed-data.js'
import { plainPaint } from '../../src/cli/paint.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { JoinRequest } from '../../src/register/join-request-document.js'
import { run as prove } from '../../src/register/key-prove.js'
import { examineRequest } from '../../src/register/model/examine.js'
import { type Input, run } from '../../src/register/operator-register.js'
import { registerView } from '../../src/register/view.js'
import type { Settings } from '../../src/settings/settings.js'
import { memoryContexts } from '../support/memory-contexts.js'
import {
  ENCRYPTION_KEY,
  keypair,
  NOW,
  node,
  OPERATOR,
  OWNER_KEY,
  operatorData,
  SAMPLE_PEER_ID,
  secretText,
  world,
} from '../support/onboarding.js'
import { rejectionOf } from '../support/rejection.js'

const OUT = `./wcn-join-request-${OPERATOR}.json`
const paint = plainPaint
/** Of the secret key that the onboarding document shows. */
const PUBLISHED = '12D3KooWRW3ukeDN2s6C8cdUCMBAUwwqybouHDBtJsfk8TCZvFVt'

async function applicant() {
  const [a, b] = [await keypair(1), await keypair(2)]
  const yaml = [
    'name: acme',
    'nodes:',
    ...[
      [a, '5.6.7.8'],
      [b, '5.6.7.9'],
    ].flatMap(([pair, ip]) => [
      `  - peer_id: ${(pair as typeof a).peerId}`,
      `    ipv4_addr: ${ip}`,
      '    primary_port: 3010',
      '    secondary_port: 3011',
    ]),
  ].join('\n')
  const made = await world({
    'nodes.yaml': yaml,
    'a.key': secretText(a),
    'b.key': secretText(b),
    'db.key': secretText(await keypair(3)),
  })
  return { ...made, a, b, data: operatorData([node(a, '5.6.7.8'), node(b, '5.6.7.9')]) }
}

const complete: Input = { file: 'nodes.yaml', secretKeyFile: ['a.key', 'b.key'] }

describe('the settings that it has proven', () => {
  it('are kept as a context by the flag, which a script gives', async () => {
    const { services, said } = await applicant()
    const contexts = memoryContexts()
    const own = { ...services, contexts, settings: { ...services.settings, describe: () => FOUND } }
    await run(own, { ...complete, addContext: 'eu' })
    expect(contexts.document).toEqual({
      current: 'eu',
      contexts: {
        eu: {
          ...{ contract_address: expect.stringMatching(/^0x/), chain_id: 10, rpc_urls: ['http://127.0.0.1:1'] },
          ...{ encryption_key_file: '/keys/encryption.key', operator: expect.stringMatching(/^0x/) },
        },
      },
    })
    expect(said.join('\n')).toContain('made the context eu')
  })

  it('are asked about at a terminal, once, and never without one', async () => {
    const made = await applicant()
    const contexts = memoryContexts()
    const asked: string[] = []
    const choose = async ({ text }: { readonly text: string }) => {
      asked.push(text)
      return 'no'
    }
    const own = { ...made.services, contexts, talk: { ...made.services.talk, interactive: true, choose } }
    expect((await run(own, complete)).data.status).toBe('written')
    expect((await run(own, complete)).data.status).toBe('pending')
    expect(asked).toEqual([expect.stringContaining('Keep these settings as the context mine')])
    const quiet = { ...own, talk: { ...own.talk, interactive: false } }
    await run(quiet, { ...complete, out: 'other.json' })
    expect(asked).toHaveLength(1)
    expect(contexts.document.contexts).toEqual({})
  })

  it('that cannot be kept cost a sentence, and the request stays', async () => {
    const { services, files, said } = await applicant()
    const update = async () => {
      throw new WcnError('FILE_UNWRITABLE', 'cannot write /etc/wcn', { hint: 'set WCN_CONFIG_DIR' })
    }
    const own = { ...services, contexts: { ...memoryContexts(), update } }
    const { data, exitCode } = await run(own, { ...complete, addContext: 'eu' })
    expect(data.status).toBe('written')
    expect(exitCode).toBeUndefined()
    expect(files.contents.get(OUT)).toBeDefined()
    expect(said.at(-1)).toBe('warning: no context was made: cannot write /etc/wcn (set WCN_CONFIG_DIR)')
    expect((await rejectionOf(run(own, { ...complete, addContext: 'A/b' }))).code).toBe('USAGE')
  })
})

const FOUND = [
  {
    ...{ name: 'encryption_key_file', title: 'the file', value: '/keys/encryption.key' },
    ...{ source: 'WCN_ENCRYPTION_KEY_FILE', problem: null },
  },
]

describe('operator register', () => {
  it('writes one request that stands up to every check', async () => {
    const { services, files } = await applicant()
    const { data, exitCode } = await run(services, complete)
    const request = JSON.parse(files.contents.get(OUT) ?? '') as JoinRequest
    const tools = { typedData, now: NOW, key: ENCRYPTION_KEY, allowPrivateAddresses: false }
    const { checks, opened } = await examineRequest(request, tools)
    expect(checks.filter(({ status }) => status !== 'pass')).toEqual([])
    expect(data).toEqual({
      status: 'written',
      request_file: OUT,
      draft_file: null,
      operator: OPERATOR,
      digest: opened?.digest,
      expires_at: NOW + 30 * 86_400,
      changes: [],
      reason: null,
      missing_proofs: [],
    })
    expect(exitCode).toBeUndefined()
    expect(registerView(data, paint)).toContain(OUT)
    expect(files.contents.size).toBe(5)
  })

  it('takes nodes from flags', async () => {
    const { services, files, a, b } = await applicant()
    const node = [`${a.peerId},5.6.7.8,3010,3011`, `${b.peerId},5.6.7.9,3010,3011,private=10.0.0.9`]
    const input = { ...complete, file: undefined, name: 'acme', node, out: 'out.json', expiresInDays: '7' }
    const { data } = await run(services, input as unknown as Input)
    expect(data).toMatchObject({ status: 'written', request_file: 'out.json', expires_at: NOW + 7 * 86_400 })
    expect(JSON.parse(files.contents.get('out.json') ?? '')).toMatchObject({
      name: 'acme',
      peer_ids: [a.peerId, b.peerId],
    })
  })

  it('lets a secret stay on its host: draft, proof, request', async () => {
    const { services, files, a, b } = await applicant()
    const first = await run(services, { file: 'nodes.yaml', secretKeyFile: ['a.key'], draft: 'draft' })
    expect(first.data).toMatchObject({
      status: 'draft',
      draft_file: 'draft',
      request_file: null,
      missing_proofs: [b.peerId],
    })
    expect(registerView(first.data, paint)).toContain(b.peerId)
    expect(Object.keys(JSON.parse(files.contents.get('draft') ?? '').node_signatures)).toEqual([a.peerId])
    expect(files.contents.has(OUT)).toBe(false)

    await prove(services, { draft: 'draft', secretKeyFile: 'b.key', out: 'proof' })
    const second = await run(services, { draft: 'draft', proof: ['proof'] })
    expect(second.data).toMatchObject({ status: 'written', digest: first.data.digest })
    expect(Object.keys(JSON.parse(files.contents.get(OUT) ?? '').node_signatures).sort()).toEqual(
      [a.peerId, b.peerId].sort(),
    )
  })

  it('says that it writes no draft where the request is there', async () => {
    const { services, files, said } = await applicant()
    await run(services, { file: 'nodes.yaml', secretKeyFile: ['a.key', 'b.key'] })
    expect((await run(services, { file: 'nodes.yaml', draft: 'draft' })).data.draft_file).toBeNull()
    expect(said.join()).toContain(`${OUT} is there already, so no draft is written`)
    expect(files.contents.has('draft')).toBe(false)
  })

  it('collects proofs in the draft one by one', async () => {
    const { services, files, a, b, facts } = await applicant()
    await run(services, { file: 'nodes.yaml', draft: 'draft' })
    await prove(services, { draft: 'draft', secretKeyFile: 'a.key', out: 'of-a' })
    await prove(services, { draft: 'draft', secretKeyFile: 'b.key', out: 'of-b' })
    facts.now += 3600
    expect((await run(services, { file: 'nodes.yaml', draft: 'draft', proof: ['of-b'] })).data.missing_proofs).toEqual([
      a.peerId,
    ])
    expect(Object.keys(JSON.parse(files.contents.get('draft') ?? '').node_signatures)).toEqual([b.peerId])
    expect((await run(services, { draft: 'draft', proof: ['of-a'] })).data.status).toBe('written')
  })

  it('refuses proofs that are not of this draft', async () => {
    const { services, files, facts } = await applicant()
    await run(services, { file: 'nodes.yaml', draft: 'draft' })
    await prove(services, { draft: 'draft', secretKeyFile: 'a.key', out: 'of-a' })
    const proof = JSON.parse(files.contents.get('of-a') ?? '')
    const variants = {
      digest: { ...proof, digest: `0x${'00'.repeat(32)}` },
      signature: { ...proof, signature: Buffer.alloc(64, 1).toString('base64') },
      peer: { ...proof, peer_id: (await keypair(3)).peerId },
      swapped: { ...proof, peer_id: (await keypair(2)).peerId },
    }
    for (const [name, variant] of Object.entries(variants)) {
      files.contents.set(name, JSON.stringify(variant))
      expect((await rejectionOf(run(services, { draft: 'draft', proof: [name] }))).code).toBe('REQUEST_INVALID')
    }
    files.contents.set('unknown', JSON.stringify({ ...proof, note: '' }))
    expect((await rejectionOf(run(services, { draft: 'draft', proof: ['unknown'] }))).code).toBe('DOCUMENT_INVALID')
    expect((await rejectionOf(run(services, { draft: 'draft', proof: ['draft'] }))).code).toBe('DOCUMENT_INVALID')

    facts.now += 60
    const anew = await rejectionOf(
      run(services, { ...complete, force: true, secretKeyFile: ['b.key'], proof: ['of-a'] }),
    )
    expect(anew.message).toBe('of-a was not made for this request')

    const draft = JSON.parse(files.contents.get('draft') ?? '')
    files.contents.set('draft', JSON.stringify({ ...draft, node_signatures: { [proof.peer_id]: 'AAAA' } }))
    expect((await rejectionOf(run(services, { draft: 'draft' }))).message).toMatch(/^the draft's signature/)
  })

  it('does not continue a draft that is about something else', async () => {
    const { services, files, facts } = await applicant()
    await run(services, { file: 'nodes.yaml', draft: 'draft' })
    const other = await rejectionOf(run(services, { file: 'nodes.yaml', name: 'other', draft: 'draft' }))
    expect([other.code, other.message]).toEqual([
      'FILE_EXISTS',
      'draft exists and holds other data than what is asked for now',
    ])
    facts.signerKey = OWNER_KEY
    expect((await rejectionOf(run(services, { draft: 'draft' }))).message).toMatch(/^draft exists and is of operator/)
    const text = files.contents.get('draft')
    await run(services, { file: 'nodes.yaml', name: 'other', draft: 'draft', force: true })
    expect(files.contents.get('draft')).not.toBe(text)
    facts.now += 31 * 86_400
    expect((await rejectionOf(run(services, { draft: 'draft' }))).message).toMatch(/^draft: it expired/)
  })

  it('says what is missing when no draft is wanted', async () => {
    const { services, files, b } = await applicant()
    const error = await rejectionOf(run(services, { ...complete, secretKeyFile: ['a.key'] }))
    expect([error.code, error.details]).toEqual(['INPUT_REQUIRED', { missing_proofs: [b.peerId] }])
    expect((await rejectionOf(run(services, {}))).code).toBe('USAGE')
    expect(files.contents.size).toBe(4)
  })

  it.each<[string, Partial<Input>, string]>([
    ['the key of the database', { secretKeyFile: ['a.key', 'b.key', 'db.key'] }, 'REQUEST_INVALID'],
    ['a file that is no key', { secretKeyFile: ['nodes.yaml'] }, 'KEY_INVALID'],
    ['a key file that is not there', { secretKeyFile: ['nowhere'] }, 'FILE_UNREADABLE'],
    ['a nodes file that is no such', { file: 'a.key' }, 'DOCUMENT_INVALID'],
    ['nodes from two places', { node: ['x'] }, 'USAGE'],
    ['a long name', { name: 'ä'.repeat(17) }, 'NAME_TOO_LONG'],
    ['no name', { name: '' }, 'USAGE'],
    ['a lifetime of no days', { expiresInDays: '0' }, 'USAGE'],
    ['a lifetime of years', { expiresInDays: '366' }, 'USAGE'],
    ['a lifetime in words', { expiresInDays: '1e1' }, 'USAGE'],
    ['a draft that is none', { draft: 'nodes.yaml' }, 'DOCUMENT_INVALID'],
  ])('refuses %s', async (_, changes, code) => {
    const { services, files } = await applicant()
    expect((await rejectionOf(run(services, { ...complete, ...changes }))).code).toBe(code)
    expect(files.contents.size).toBe(4)
  })

  it.each<[string, readonly string[], string]>([
    ['one node', ['A,5.6.7.8,1,2'], 'TOO_FEW_NODES'],
    ['none', [], 'TOO_FEW_NODES'],
    ['the sample peer ID', [`${SAMPLE_PEER_ID},5.6.7.8,1,2`, 'A,5.6.7.9,1,2'], 'PEER_ID_NOT_A_KEY'],
    ['the key that everybody knows', [`${PUBLISHED},5.6.7.8,1,2`, 'A,5.6.7.9,1,2'], 'PEER_ID_NOT_A_KEY'],
    ['garbage for a peer ID', ['12D3KooW,5.6.7.8,1,2', 'A,5.6.7.9,1,2'], 'PEER_ID_INVALID'],
    ['a private address', ['A,10.0.0.1,1,2', 'B,5.6.7.9,1,2'], 'ADDRESS_NOT_ROUTABLE'],
    ['a host name', ['A,example.org,1,2', 'B,5.6.7.9,1,2'], 'IP_ADDRESS_INVALID'],
    ['IPv6', ['A,2001:db8::1,1,2', 'B,5.6.7.9,1,2'], 'IP_ADDRESS_INVALID'],
    ['a port out of range', ['A,5.6.7.8,65536,2', 'B,5.6.7.9,1,2'], 'PORT_INVALID'],
    ['a port in powers of ten', ['A,5.6.7.8,1e3,2', 'B,5.6.7.9,1,2'], 'PORT_INVALID'],
    ['equal ports', ['A,5.6.7.8,2,2', 'B,5.6.7.9,1,2'], 'PORTS_COLLIDE'],
    ['an endpoint twice', ['A,5.6.7.8,1,2', 'B,5.6.7.8,2,3'], 'PORTS_COLLIDE'],
    ['a node twice', ['A,5.6.7.8,1,2', 'A,5.6.7.8,1,2'], 'DUPLICATE_NODE'],
    ['too few parts', ['A,5.6.7.8,1', 'B,5.6.7.9,1,2'], 'USAGE'],
    ['too many parts', ['A,5.6.7.8,1,2,private=10.0.0.1,x', 'B,5.6.7.9,1,2'], 'USAGE'],
    ['a part that means nothing', ['A,5.6.7.8,1,2,10.0.0.1', 'B,5.6.7.9,1,2'], 'USAGE'],
    ['a private address that is none', ['A,5.6.7.8,1,2,private=', 'B,5.6.7.9,1,2'], 'IP_ADDRESS_INVALID'],
  ])('refuses nodes: %s', async (_, nodes, code) => {
    const { services, files, a, b } = await applicant()
    const node = nodes.map((text) => text.replace(/^A/, a.peerId).replace(/^B/, b.peerId))
    const error = await rejectionOf(run(services, { name: 'acme', node, secretKeyFile: ['a.key', 'b.key'] }))
    expect(error.code).toBe(code)
    expect(files.contents.size).toBe(4)
  })

  it('takes private addresses where that is allowed', async () => {
    const { services, facts, a, b } = await applicant()
    facts.settings = { allowPrivateAddresses: () => true }
    const nodes = [`${a.peerId},127.0.0.1,3010,3011`, `${b.peerId},127.0.0.1,3020,3021`]
    const { data } = await run(services, { name: 'acme', node: nodes, secretKeyFile: ['a.key', 'b.key'] })
    expect(data.status).toBe('written')
  })

  it('asks the cluster first', async () => {
    const { services, facts, members, files, data, said } = await applicant()
    const refusal = async () => (await rejectionOf(run(services, complete))).code
    facts.balanceWei = 0n
    expect(await refusal()).toBe('INSUFFICIENT_FUNDS')
    facts.balanceWei = 5n
    facts.maxOperatorDataBytes = 50
    expect(await refusal()).toBe('DATA_TOO_LARGE')
    facts.maxOperatorDataBytes = 4096
    facts.trouble = new WcnError('NETWORK', 'down')
    expect(await refusal()).toBe('NETWORK')
    facts.trouble = null
    const other = { ...data, name: 'older' }
    members.push({ addr: OPERATOR, data: bytesToHex(encodeOperatorData(other)) })
    expect(await refusal()).toBe('OPERATOR_EXISTS')
    members.pop()
    const five = [...members]
    while (members.length < 256)
      members.push({ addr: `0x${members.length.toString(16).padStart(40, 'e')}`, data: '0x01' })
    expect(await refusal()).toBe('CLUSTER_FULL')
    expect(files.contents.size).toBe(4)
    members.splice(0, members.length, ...five)
    await run(services, complete)
    expect(said.join()).toMatch(/pays for a few transactions only/)
  })

  it('warns of a peer ID or a name that another operator has', async () => {
    const { services, members, data, said } = await applicant()
    members.push({ addr: `0x${'77'.repeat(20)}`, data: bytesToHex(encodeOperatorData(data)) })
    await run(services, complete)
    expect(said.filter((line) => line.startsWith('warning: another operator has peer ID'))).toHaveLength(2)
    expect(said.filter((line) => line.includes(`has the name ${JSON.stringify(data.name)} as well`))).toHaveLength(1)
  })

  it('asks nobody with --offline', async () => {
    const { services, facts } = await applicant()
    facts.trouble = new WcnError('NETWORK', 'down')
    expect((await run(services, { ...complete, offline: true })).data.status).toBe('written')
    expect((await rejectionOf(run(services, { ...complete, offline: true }))).code).toBe('FILE_EXISTS')
  })

  it('signs with the operator’s own key only', async () => {
    const { services, facts, files } = await applicant()
    facts.settings = { operator: async () => OPERATOR }
    facts.signerKey = OWNER_KEY
    expect((await rejectionOf(run(services, complete))).code).toBe('WRONG_SIGNER')
    expect(files.contents.size).toBe(4)
  })

  it('writes nothing when it is on chain already', async () => {
    const { services, members, files, data } = await applicant()
    members.push({ addr: OPERATOR, data: bytesToHex(encodeOperatorData(data)) })
    const result = (await run(services, complete)).data
    expect(result).toMatchObject({ status: 'on-chain', request_file: null, digest: null, expires_at: null })
    expect(registerView(result, paint)).not.toMatch(/null|digest|valid/)
    expect(files.contents.size).toBe(4)
  })
})

describe('where a request stands', () => {
  async function registered() {
    const made = await applicant()
    await run(made.services, complete)
    const blob: Hex = bytesToHex(encodeOperatorData(made.data))
    const add = (data: Hex = blob) => void made.members.push({ addr: OPERATOR, data })
    return { ...made, add, text: made.files.contents.get(OUT) ?? '' }
  }

  it('is told by running register again, and by --status', async () => {
    const { services, files, add, text, members, data: wanted } = await registered()
    for (const input of [complete, {}, { status: OUT }])
      expect((await run(services, input)).data.status).toBe('pending')
    add()
    const { data, exitCode } = await run(services, { status: OUT })
    expect([data.status, data.changes, exitCode]).toEqual(['on-chain', [], undefined])
    expect(registerView(data, paint)).toMatch(/exactly as requested/)
    members.pop()
    add(bytesToHex(encodeOperatorData({ ...wanted, name: 'acme 2' })))
    const other = (await run(services, {})).data
    expect(other).toMatchObject({ status: 'different', changes: [{ path: 'name', before: 'acme', after: 'acme 2' }] })
    expect(registerView(other, paint)).toMatch(/not as requested.*\n.*acme/)
    members.pop()
    add('0x02')
    expect((await run(services, {})).data).toMatchObject({
      status: 'different',
      changes: [],
      reason: expect.stringMatching(/decode/),
    })
    expect(files.contents.get(OUT)).toBe(text)
  })

  it('is not mixed up with another application', async () => {
    const { services, files, text } = await registered()
    const error = await rejectionOf(run(services, { ...complete, name: 'other' }))
    expect(error.code).toBe('FILE_EXISTS')
    expect(files.contents.get(OUT)).toBe(text)
    await run(services, { ...complete, name: 'other', force: true })
    expect(JSON.parse(files.contents.get(OUT) ?? '').name).toBe('other')
  })

  it('is waited for', async () => {
    const { services, facts, add, said } = await registered()
    const sleeps: number[] = []
    facts.meanwhile = () => {
      sleeps.push(facts.now)
      facts.trouble = sleeps.length === 2 ? new WcnError('NETWORK', 'the provider is down') : null
      if (sleeps.length === 6) add()
    }
    const { data, exitCode } = await run(services, { status: OUT, wait: true })
    expect([data.status, exitCode, sleeps.length]).toEqual(['on-chain', undefined, 6])
    // Blocks come every two seconds, and two of them are the limit.
    expect(sleeps.map((now, index) => now - (sleeps[index - 1] ?? now)).slice(1)).toEqual([3, 3, 3, 3, 3])
    expect(said.join()).toMatch(/, 6 s so far, until 2026-10-21 14:13 UTC: the provider is down; trying again/)
  })

  it('is waited for right after it was written', async () => {
    const made = await applicant()
    const blob = bytesToHex(encodeOperatorData(made.data))
    made.facts.meanwhile = () => void made.members.push({ addr: OPERATOR, data: blob })
    expect((await run(made.services, { ...complete, wait: true })).data).toMatchObject({
      status: 'on-chain',
      request_file: OUT,
    })
  })

  it('is waited for no longer than --timeout or its own life', async () => {
    const { services, facts } = await registered()
    facts.settings = { ...facts.settings, timeoutMs: () => 90_000 }
    const { data, exitCode } = await run(services, { status: OUT, wait: true })
    expect([data.status, exitCode, facts.now]).toEqual(['pending', 8, NOW + 90])
    facts.settings = { ...facts.settings, timeoutMs: () => null }
    await run(services, { ...complete, expiresInDays: '1', force: true })
    expect((await run(services, { wait: true })).exitCode).toBe(8)
    expect(facts.now).toBe(NOW + 90 + 86_400)
    facts.trouble = new WcnError('NETWORK', 'down')
    expect((await rejectionOf(run(services, { wait: true }))).code).toBe('NETWORK')
  })

  it('ends the wait with exit 8 when something else is on chain', async () => {
    const { services, facts, add, data } = await registered()
    facts.meanwhile = () => add(bytesToHex(encodeOperatorData({ ...data, name: 'x' })))
    const result = await run(services, { wait: true })
    expect([result.data.status, result.exitCode]).toEqual(['different', 8])
  })

  it('is not looked up in another cluster, nor for a file that was tampered with', async () => {
    const { services, facts, files, text } = await registered()
    const changed: Partial<Settings> = { chainId: () => 31337 }
    facts.settings = changed
    expect((await rejectionOf(run(services, { status: OUT }))).code).toBe('REQUEST_INVALID')
    facts.settings = {}
    files.contents.set(OUT, text.replace('"acme"', '"acma"'))
    expect((await rejectionOf(run(services, { status: OUT }))).message).toMatch(/"name" is "acma"/)
    expect((await rejectionOf(run(services, { status: 'nowhere' }))).code).toBe('FILE_UNREADABLE')
  })
})
