/** `admin operator approve`: the owner writes exactly what was proven, once. */
import { beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/admin/admin-operator-approve.js'
import { bytesToHex, hexToBytes } from '../../src/base/hex.js'
import { plainPaint } from '../../src/cli/paint.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { JoinRequest } from '../../src/register/join-request-document.js'
import { approveView } from '../../src/register/view.js'
import {
  draftOf,
  goodRequest,
  keypair,
  node,
  OPERATOR,
  OPERATOR_KEY,
  OWNER_KEY,
  operatorData,
  SENT_HASH,
  signed,
  type World,
  world,
} from '../support/onboarding.js'
import { rejectionOf } from '../support/rejection.js'

const input = { file: 'request.json' }
const paint = plainPaint

let good: JoinRequest
beforeAll(async () => {
  good = await goodRequest()
})

async function owner(request: unknown = good): Promise<World> {
  const made = await world({ 'request.json': JSON.stringify(request) })
  made.facts.signerKey = OWNER_KEY
  return made
}

describe('admin operator approve', () => {
  it('writes the blob byte for byte and reads it back', async () => {
    const { services, sent, said, asked } = await owner()
    const { data } = await run(services, input)
    expect(sent).toEqual([{ fn: 'addNodeOperator', operator: OPERATOR, data: hexToBytes(good.data) }])
    expect(data).toMatchObject({
      changed: true,
      dry_run: false,
      changes: [
        { op: 'add', path: 'name', after: 'acme' },
        { op: 'add', path: 'nodes[0]', after: { ipv4_addr: '5.6.7.8' } },
        { op: 'add', path: 'nodes[1]' },
      ],
      transaction: { nonce: 7 },
      version: 2,
      operator: { slot: 5, id: OPERATOR, name: 'acme', in_keyspace: false },
    })
    expect(said[0]).toMatch(/^add operator "acme" 0x.* to cluster 0x.*: 3 changes$/)
    expect(asked).toHaveLength(1)
    expect(approveView(data, paint)).toMatch(new RegExp(`byte for byte[^]*${SENT_HASH}`))
  })

  it('finds nothing to do where it is on chain already', async () => {
    const { services, sent, members, asked } = await owner()
    members.push({ addr: OPERATOR, data: good.data as '0x' })
    const { data } = await run(services, input)
    expect(data).toMatchObject({ changed: false, changes: [], transaction: null, operator: { slot: 5 } })
    expect([sent, asked]).toEqual([[], []])
    expect(approveView(data, paint)).toMatch(/^nothing to do/)
  })

  it('sends nothing in a dry run, nor when declined', async () => {
    const { services, sent, facts, said } = await owner()
    const { data } = await run(services, { ...input, dryRun: true })
    expect(data).toMatchObject({ changed: false, dry_run: true, transaction: null, operator: null })
    expect(data.changes).toHaveLength(3)
    expect(said).toHaveLength(1)
    facts.consents = false
    expect((await rejectionOf(run(services, input))).code).toBe('DECLINED')
    expect(sent).toEqual([])
  })

  it.each<[string, (made: World) => void, string]>([
    [
      'somebody who is not the owner',
      ({ facts }) => void Object.assign(facts, { signerKey: OPERATOR_KEY }),
      'NOT_THE_OWNER',
    ],
    [
      'an operator with other data',
      ({ members }) => void members.push({ addr: OPERATOR, data: '0x01' }),
      'OPERATOR_EXISTS',
    ],
    ['data over the limit', ({ facts }) => void Object.assign(facts, { maxOperatorDataBytes: 20 }), 'DATA_TOO_LARGE'],
    [
      'another chain',
      ({ facts }) => void Object.assign(facts, { settings: { chainId: () => 31337 } }),
      'REQUEST_INVALID',
    ],
    ['a request that expired', ({ facts }) => void Object.assign(facts, { now: good.expires_at }), 'REQUEST_INVALID'],
    ['a file that is none', ({ files }) => void files.contents.set('request.json', '{}'), 'DOCUMENT_INVALID'],
    [
      'a chain out of reach',
      ({ facts }) => void Object.assign(facts, { trouble: new WcnError('NETWORK', 'down') }),
      'NETWORK',
    ],
    [
      'a full cluster',
      ({ members }) => {
        while (members.length < 256)
          members.push({ addr: `0x${members.length.toString(16).padStart(40, 'e')}`, data: '0x01' })
      },
      'CLUSTER_FULL',
    ],
    [
      'an unknown encryption key',
      ({ facts }) => {
        facts.settings = {
          requireEncryptionKey: async () => {
            throw new WcnError('SETTING_MISSING', 'not set')
          },
        }
      },
      'SETTING_MISSING',
    ],
  ])('refuses %s', async (_, prepare, code) => {
    const made = await owner()
    prepare(made)
    expect((await rejectionOf(run(made.services, input))).code).toBe(code)
    expect(made.sent).toEqual([])
  })

  it('refuses what was tampered with, and says which check failed', async () => {
    for (const change of [
      { name: 'acne' },
      { expires_at: good.expires_at + 1 },
      { data: good.data.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) },
      { node_signatures: {} },
      { signature: good.signature.replace(/1[bc]$/, (v) => (v === '1b' ? '1c' : '1b')) },
    ]) {
      const made = await owner({ ...good, ...change })
      const error = await rejectionOf(run(made.services, input))
      expect(error.code).toBe('REQUEST_INVALID')
      expect(error.message).toMatch(/^request\.json: /)
      expect(error.details?.checks).toBeInstanceOf(Array)
      expect(made.sent).toEqual([])
    }
  })

  it('takes private addresses only where that is allowed', async () => {
    const [a, b] = [await keypair(1), await keypair(2)]
    const data = operatorData([node(a, '10.0.0.1'), node(b, '5.6.7.9')])
    const made = await owner(await signed(await draftOf(data), [a, b]))
    expect((await rejectionOf(run(made.services, input))).message).toMatch(/no public address/)
    made.facts.settings = { allowPrivateAddresses: () => true }
    expect((await run(made.services, input)).data.changed).toBe(true)
  })

  it('says so when the chain holds something else afterwards', async () => {
    const made = await owner()
    made.facts.onAdd = (data) => bytesToHex(Uint8Array.from([...hexToBytes(data), 0]))
    const error = await rejectionOf(run(made.services, input))
    expect([error.code, error.details?.hash]).toEqual(['SETTLED_OTHERWISE', SENT_HASH])
  })

  it.each([
    ['reverted', 'REVERTED'],
    // Tried again and again, and always overtaken.
    ['replaced', 'ACCOUNT_BUSY'],
    ['unknown', 'OUTCOME_UNKNOWN'],
    ['rejected', 'RPC_ERROR'],
  ] as const)('reports a transaction that is %s', async (outcome, code) => {
    const made = await owner()
    made.facts.outcome = outcome
    expect((await rejectionOf(run(made.services, input))).code).toBe(code)
  })

  it('warns of an applicant without funds, or with another operator’s peer IDs or name', async () => {
    const made = await owner()
    made.members.push({ addr: `0x${'77'.repeat(20)}`, data: good.data as '0x' })
    const chain = await made.services.chain()
    const readAccount: typeof chain.readAccount = async (address) => {
      const read = await chain.readAccount(address)
      return { ...read, account: { ...read.account, balanceWei: 0n } }
    }
    await run({ ...made.services, chain: async () => ({ ...chain, readAccount }) }, input)
    expect(made.said.filter((line) => line.startsWith('warning'))).toEqual([
      expect.stringContaining('has peer ID'),
      expect.stringContaining('has peer ID'),
      expect.stringContaining('has the name "acme" as well'),
      expect.stringContaining('holds no ETH'),
    ])
  })
})
