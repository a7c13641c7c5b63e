/** `operator verify-request`: offline always, online where configured; what fails makes exit 8, not an error. */
import { beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex } from '../../src/base/hex.js'
import { parseIpv4 } from '../../src/base/ipv4.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { plainPaint } from '../../src/cli/paint.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { JoinRequest } from '../../src/register/join-request-document.js'
import { run } from '../../src/register/operator-verify-request.js'
import { verifyRequestView } from '../../src/register/view.js'
import {
  CONTRACT,
  draftOf,
  goodRequest,
  keypair,
  node,
  OPERATOR,
  operatorData,
  signed,
  type World,
  world,
} from '../support/onboarding.js'
import { rejectionOf } from '../support/rejection.js'

const paint = plainPaint
const input = { file: 'request.json' }

let good: JoinRequest
beforeAll(async () => {
  good = await goodRequest()
})

async function verify(request: unknown, prepare: (made: World) => void = () => {}) {
  const made = await world({ 'request.json': JSON.stringify(request, null, 2) })
  prepare(made)
  const { data, exitCode } = await run(made.services, input)
  const of = (wanted: string) => data.checks.filter(({ status }) => status === wanted).map(({ id }) => id)
  return {
    data,
    exitCode,
    failed: of('fail'),
    skipped: of('skip'),
    warned: of('warn'),
    text: verifyRequestView(data, paint),
  }
}

function unset(): never {
  throw new WcnError('SETTING_MISSING', 'not set')
}

describe('operator verify-request', () => {
  it('proves a good one against the cluster', async () => {
    const { data, exitCode, failed, skipped, warned, text } = await verify(good)
    expect([exitCode, failed, skipped, warned]).toEqual([undefined, [], [], []])
    expect(data.checks.map(({ id }) => id).slice(8)).toEqual([
      'cluster',
      'chain',
      'membership',
      'slot',
      'size',
      'encryption-key',
      'peer-ids',
      'name',
      'funds',
    ])
    expect(data.request).toMatchObject({
      operator: OPERATOR,
      contract: CONTRACT,
      chain_id: 10,
      name: 'acme',
      nodes: [{ peer_id: good.peer_ids[0], ipv4_addr: '5.6.7.8', primary_port: 3010 }, { ipv4_addr: '5.6.7.9' }],
    })
    expect(text).toMatch(/5\.6\.7\.8[\s\S]*The request is sound/)
  })

  it('says what was not looked at, and fetches nothing then', async () => {
    const bare = await verify(good, ({ facts }) => {
      facts.settings = { contractAddress: unset, rpcUrl: unset, encryptionKey: async () => null }
    })
    expect([bare.exitCode, bare.skipped]).toEqual([undefined, ['addresses', 'cluster']])
    expect(bare.data.request).toMatchObject({
      addresses: 'encrypted',
      nodes: [{ ipv4_addr: null }, { ipv4_addr: null }],
    })
    expect(bare.text).toMatch(/encrypted[\s\S]*2 not looked at/)
    const offline = await verify(good, ({ facts }) => {
      facts.settings = { rpcUrl: unset }
    })
    expect([offline.exitCode, offline.skipped]).toEqual([undefined, ['chain']])
  })

  it('fails with exit 8 for anything that was changed', async () => {
    expect(await verify({ ...good, name: 'acne' })).toMatchObject({ exitCode: 8, failed: ['agreement'] })
    const other = await verify({ ...good, chain_id: 31337 })
    expect(other.failed).toEqual(['operator-signature', 'node-signatures', 'cluster'])
    expect(other.text).toMatch(/FAIL[\s\S]*Do not approve it: 3 checks failed, /)
    const unreadable = await verify({ ...good, data: '0x' })
    expect(unreadable).toMatchObject({ exitCode: 8, failed: ['data'], data: { request: null } })
  })

  it('finds properly signed requests that break a rule', async () => {
    const [a, b] = [await keypair(1), await keypair(2)]
    const nearby = operatorData([node(a, '192.168.0.1'), node(b, '5.6.7.9')])
    const request = await signed(await draftOf(nearby), [a, b])
    expect((await verify(request)).failed).toEqual(['addresses'])
    const allowed = await verify(request, ({ facts }) => {
      facts.settings = { allowPrivateAddresses: () => true }
    })
    expect(allowed.failed).toEqual([])
    const elsewhere = await signed(await draftOf(nearby, { contract: `0x${'12'.repeat(20)}` }), [a, b])
    expect((await verify(elsewhere)).failed).toEqual(['addresses', 'cluster'])
    const late = await verify(good, ({ facts }) => {
      facts.now = good.expires_at
    })
    expect(late.failed).toEqual(['validity'])
  })

  it('asks the cluster', async () => {
    const member = (data: string) => (made: World) => void made.members.push({ addr: OPERATOR, data: data as '0x' })
    expect((await verify(good, member('0x01'))).failed).toEqual(['membership'])
    const done = await verify(good, member(good.data))
    expect([done.failed, done.data.checks.at(-1)?.summary]).toEqual([[], expect.stringMatching(/exactly as requested/)])
    expect((await verify(good, ({ facts }) => void Object.assign(facts, { maxOperatorDataBytes: 9 }))).failed).toEqual([
      'size',
    ])
    expect((await verify(good, ({ facts }) => void Object.assign(facts, { balanceWei: 0n }))).warned).toEqual(['funds'])
    const full = await verify(good, ({ members }) => {
      while (members.length < 256)
        members.push({ addr: `0x${members.length.toString(16).padStart(40, 'e')}`, data: '0x01' })
    })
    expect(full.failed).toEqual(['slot'])
    const shared = await verify(
      good,
      ({ members }) => void members.push({ addr: `0x${'77'.repeat(20)}`, data: good.data as '0x' }),
    )
    expect(shared.warned).toEqual(['peer-ids', 'name'])
    expect(shared.text).toContain('has the name "acme" as well')
    const down = await verify(
      good,
      ({ facts }) => void Object.assign(facts, { trouble: new WcnError('NETWORK', 'the provider is down') }),
    )
    expect([down.exitCode, down.failed]).toEqual([8, ['chain']])
    const small = await verify(good, ({ members }) => void members.pop())
    expect(small.warned).toEqual(['chain'])
  })

  it('finds out that the key is not the one of the cluster', async () => {
    const pair = await keypair(50)
    const privateIpv4Addr = parseIpv4('10.0.0.5', 'test')
    const inside = operatorData([
      { ...node(pair, '20.0.0.1'), privateIpv4Addr },
      { ...node(pair, '20.0.0.2'), privateIpv4Addr },
    ])
    const replaceFirst = ({ members }: World) =>
      void members.splice(0, 1, { addr: `0x${'55'.repeat(20)}`, data: bytesToHex(encodeOperatorData(inside)) })
    expect((await verify(good, replaceFirst)).failed).toEqual([])
    const wrong = await verify(good, (made) => {
      replaceFirst(made)
      made.facts.settings = { encryptionKey: async () => parseEncryptionKey('77'.repeat(32), 'test') }
    })
    expect(wrong.failed).toContain('encryption-key')
  })

  it('escapes what a stranger wrote', async () => {
    const [a, b] = [await keypair(1), await keypair(2)]
    const data = operatorData([node(a, '5.6.7.8'), node(b, '5.6.7.9')], '\u001b[2Jx\u202e')
    const { text, failed } = await verify(await signed(await draftOf(data), [a, b]))
    expect(failed).toEqual(['rules'])
    for (const control of ['\u001b', '\u202e']) expect(text).not.toContain(control)
  })

  it('keeps any name that may be written through the file', async () => {
    const [a, b] = [await keypair(1), await keypair(2)]
    for (const name of ['😀 "q" \\', 'a: b # c', '- ? !x &y *z', 'a\u00a0b', '日本']) {
      const data = operatorData([node(a, '5.6.7.8'), node(b, '5.6.7.9')], name)
      expect((await verify(await signed(await draftOf(data), [a, b]))).failed).toEqual([])
    }
  })

  it.each<[string, (good: JoinRequest) => string]>([
    ['nothing', () => ''],
    ['garbage', () => '{{{'],
    ['something else', () => '{"type":"package"}'],
    ['a draft', (g) => JSON.stringify({ ...g, type: 'wcn-join-request-draft', signature: undefined })],
    ['a later version', (g) => JSON.stringify({ ...g, version: 2 })],
    ['no version', (g) => JSON.stringify({ ...g, version: undefined })],
    ['an unknown field', (g) => JSON.stringify({ ...g, note: 'hi' })],
    ['a missing field', (g) => JSON.stringify({ ...g, data: undefined })],
    ['a field of another type', (g) => JSON.stringify({ ...g, chain_id: '10' })],
    ['fractions of a second', (g) => JSON.stringify({ ...g, created_at: 1.5 })],
    ['a negative chain', (g) => JSON.stringify({ ...g, chain_id: -10 })],
    ['a field twice', (g) => JSON.stringify(g).replace('{', `{"name":"${g.name}",`)],
    ['two documents', (g) => `${JSON.stringify(g)}\n---\n${JSON.stringify(g)}`],
  ])('takes %s for no join request at all', async (_, text) => {
    const { services } = await world({ 'request.json': text(good) })
    expect((await rejectionOf(run(services, input))).code).toBe('DOCUMENT_INVALID')
  })

  it('has nothing to say about a file that can not be read', async () => {
    const { services } = await world()
    expect((await rejectionOf(run(services, input))).code).toBe('FILE_UNREADABLE')
  })

  it('shows the data of the request as it would be on chain', async () => {
    const [a, b] = [await keypair(1), await keypair(2)]
    const plain = operatorData([node(a, '5.6.7.8'), node(b, '5.6.7.9')])
    const data = { ...plain, clients: [{ peerId: (await keypair(3)).peerId, namespaces: [3, 4] }] }
    const { data: result, text } = await verify(await signed(await draftOf(data), [a, b]))
    expect(result.request?.clients).toEqual([{ peer_id: (await keypair(3)).peerId, authorized_namespaces: [3, 4] }])
    expect(result.request?.data_bytes).toBe(encodeOperatorData(data).length)
    expect(text).toMatch(/for namespaces 3, 4/)
    expect(bytesToHex(encodeOperatorData(plain))).toBe(good.data)
  })
})
