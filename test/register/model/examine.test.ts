/** A join request is believed only as a whole: whatever is changed after signing, or breaks a rule, is found. */
import { verifyAsync } from '@noble/ed25519'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { base64 } from '@scure/base'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex, type Hex, hexToBytes } from '../../../src/base/hex.js'
import type { NodeKeypair } from '../../../src/base/keys/node-keypair.js'
import { parsePeerId } from '../../../src/base/keys/parse-peer-id.js'
import { ed25519PeerId, peerIdFromBytes } from '../../../src/base/keys/peer-id.js'
import { typedData } from '../../../src/chain/typed-data.js'
import { encodeOperatorData, type OperatorData } from '../../../src/cluster/codec/operator-data.js'
import type { JoinRequest, JoinRequestDraft } from '../../../src/register/join-request-document.js'
import { examineRequest } from '../../../src/register/model/examine.js'
import { privateKeySigner } from '../../../src/signers/create-signer.js'
import {
  CONTRACT,
  digestOf,
  draftOf,
  ENCRYPTION_KEY,
  goodRequest,
  keypair,
  NOW,
  node,
  OPERATOR,
  OWNER_KEY,
  operatorData,
  SAMPLE_PEER_ID,
  signed,
} from '../../support/onboarding.js'

const tools = { typedData, now: NOW, key: ENCRYPTION_KEY, allowPrivateAddresses: false }

/** As a fresh deployment has them: 32 bytes that are no key. */
const PLACEHOLDER = peerIdFromBytes(Uint8Array.of(0, 32, ...new Uint8Array(32).fill(7)))

/** Of the secret key that the onboarding document shows. */
const PUBLISHED = '12D3KooWRW3ukeDN2s6C8cdUCMBAUwwqybouHDBtJsfk8TCZvFVt'

let a: NodeKeypair
let b: NodeKeypair
let good: JoinRequest

beforeAll(async () => {
  a = await keypair(1)
  b = await keypair(2)
  good = await goodRequest()
})

async function failures(request: JoinRequest, changes: Partial<typeof tools> = {}): Promise<readonly string[]> {
  const { checks } = await examineRequest(request, { ...tools, ...changes })
  return checks.filter(({ status }) => status === 'fail').map(({ id, summary }) => `${id}: ${summary}`)
}

function twoNodes(): OperatorData {
  return operatorData([node(a, '5.6.7.8'), node(b, '5.6.7.9')])
}

async function signedWith(changes: Partial<JoinRequestDraft>): Promise<JoinRequest> {
  return signed(await draftOf(twoNodes(), changes), [a, b])
}

async function signedData(data: OperatorData, pairs = [a, b]): Promise<JoinRequest> {
  return signed(await draftOf(data), pairs)
}

describe('a sound request', () => {
  it('passes every check', async () => {
    const { checks, opened } = await examineRequest(good, tools)
    expect(checks.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'accounts pass',
      'validity pass',
      'data pass',
      'rules pass',
      'agreement pass',
      'addresses pass',
      'operator-signature pass',
      'node-signatures pass',
    ])
    expect(opened?.content.operator).toBe(OPERATOR)
  })

  it('has the digest of EIP-712 as the specification writes it out', () => {
    const text = (value: string) => keccak_256(new TextEncoder().encode(value))
    const word = (value: bigint) => hexToBytes(value.toString(16).padStart(64, '0'))
    const domain = keccak_256(
      Uint8Array.from([
        ...text('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
        ...text('WCN join request'),
        ...text('1'),
        ...word(10n),
        ...word(BigInt(CONTRACT)),
      ]),
    )
    const struct = keccak_256(
      Uint8Array.from([
        ...text('JoinRequest(address operator,bytes32 dataHash,uint64 createdAt,uint64 expiresAt)'),
        ...word(BigInt(OPERATOR)),
        ...keccak_256(hexToBytes(good.data)),
        ...word(BigInt(good.created_at)),
        ...word(BigInt(good.expires_at)),
      ]),
    )
    const digest = keccak_256(Uint8Array.from([0x19, 0x01, ...domain, ...struct]))
    expect(digestOf({ ...good, type: 'wcn-join-request-draft' })).toBe(bytesToHex(digest))
  })

  it('has node signatures over tag, zero byte and digest', async () => {
    const digest = hexToBytes(digestOf({ ...good, type: 'wcn-join-request-draft' }))
    const message = Uint8Array.from([...Buffer.from('wcn-join-request/1', 'ascii'), 0, ...digest])
    const signature = base64.decode(good.node_signatures[a.peerId] ?? '')
    expect(await verifyAsync(signature, message, a.publicKey, { zip215: false })).toBe(true)
  })

  it('needs one signature for a peer ID that two nodes share', async () => {
    const data = operatorData([node(a, '5.6.7.8'), node(a, '5.6.7.8', 4010)])
    expect(await failures(await signedData(data, [a]))).toEqual([])
    const draft = await draftOf(data, { peer_ids: [a.peerId] })
    expect(await failures(await signed(draft, [a]))).toEqual([])
  })

  it('keeps its addresses to itself without the key, and says so', async () => {
    const { checks } = await examineRequest(good, { ...tools, key: null })
    expect(checks.find(({ id }) => id === 'addresses')?.status).toBe('skip')
    expect(checks.some(({ status }) => status === 'fail')).toBe(false)
  })
})

describe('what was changed after signing', () => {
  const flipped = (hex: string, index: number, bit: number): Hex => {
    const bytes = hexToBytes(hex)
    const at = index % bytes.length
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
    return bytesToHex(bytes)
  }
  const spot = [fc.nat(), fc.integer({ min: 0, max: 7 })] as const

  it('any bit of data, contract, operator or signature', async () => {
    const field = fc.constantFrom('data', 'contract', 'operator', 'signature')
    await fc.assert(
      fc.asyncProperty(field, ...spot, async (name, index, bit) => {
        expect(await failures({ ...good, [name]: flipped(good[name], index, bit) })).not.toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('any bit of a node signature', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1), ...spot, async (which, index, bit) => {
        const [peerId = '', signature = ''] = Object.entries(good.node_signatures)[which] ?? []
        const changed = base64.encode(hexToBytes(flipped(bytesToHex(base64.decode(signature)), index, bit)))
        const node_signatures = { ...good.node_signatures, [peerId]: changed }
        expect(await failures({ ...good, node_signatures })).toEqual([
          `node-signatures: the signature of node ${peerId} is not one of its key over this content`,
        ])
      }),
      { numRuns: 40 },
    )
  })

  it('any number, the name, and the list of peer IDs', async () => {
    const number = fc.constantFrom('chain_id', 'created_at', 'expires_at')
    await fc.assert(
      fc.asyncProperty(number, fc.integer({ min: 1, max: 1000 }), async (name, by) => {
        expect(await failures({ ...good, [name]: good[name] + by })).not.toEqual([])
      }),
      { numRuns: 40 },
    )
    expect(await failures({ ...good, name: 'acme ' })).toHaveLength(1)
    expect(await failures({ ...good, peer_ids: [a.peerId] })).toHaveLength(1)
    expect(await failures({ ...good, peer_ids: [a.peerId, a.peerId] })).toHaveLength(1)
    expect(await failures({ ...good, peer_ids: [...good.peer_ids, 'x'] })).toHaveLength(1)
  })

  it('the operator signature in another spelling', async () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const s = BigInt(`0x${good.signature.slice(66, 130)}`)
    const v = good.signature.endsWith('1b') ? 27 : 28
    const otherHalf = (order - s).toString(16).padStart(64, '0')
    const highS = `${good.signature.slice(0, 66)}${otherHalf}${v === 27 ? '1c' : '1b'}`
    const parity = `${good.signature.slice(0, 130)}0${v - 27}`
    for (const signature of [highS, parity, good.signature.slice(0, 130), `${good.signature}00`, '0x', 'x', ''])
      expect(await failures({ ...good, signature })).toEqual([
        'operator-signature: the operator signature is not 65 bytes of hex with a low s and v 27 or 28',
      ])
    expect(await failures({ ...good, signature: `0x${'00'.repeat(64)}1b` })).toEqual([
      'operator-signature: the operator signature is no signature',
    ])
  })

  it('signatures of somebody else, missing, surplus or loosely encoded', async () => {
    const digest = digestOf({ ...good, type: 'wcn-join-request-draft' })
    const foreign = await privateKeySigner(OWNER_KEY).signDigest(digest)
    expect(await failures({ ...good, signature: foreign })).toHaveLength(1)

    const { [a.peerId]: ofA = '', [b.peerId]: ofB = '' } = good.node_signatures
    const loose = (ofA.match(/[-+/]/) ? ofA : ofB).replaceAll('+', '-').replaceAll('/', '_')
    for (const node_signatures of [
      {},
      { [a.peerId]: ofA },
      { [a.peerId]: ofB, [b.peerId]: ofA },
      { [a.peerId]: ofA, [b.peerId]: ofB, [(await keypair(3)).peerId]: ofA },
      { [a.peerId]: ofA, [b.peerId]: ofB, constructor: ofB },
      { [a.peerId]: ofA.replace(/=+$/, ''), [b.peerId]: ofB },
      { [a.peerId]: loose, [b.peerId]: loose },
      { [a.peerId]: '', [b.peerId]: ofB },
    ])
      expect(await failures({ ...good, node_signatures })).toHaveLength(1)
  })
})

describe('what nobody may sign', () => {
  it('accounts that are none', async () => {
    const miscased = good.operator.replace(/[a-f](?=[^a-f]*$)/i, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    )
    expect((await failures({ ...good, operator: miscased }))[0]).toMatch(/^accounts: .*EIP-55/)
    expect(await failures(await signedWith({ operator: `0x${'0'.repeat(40)}` }))).toContain(
      'accounts: "operator" is the zero address',
    )
    expect(await failures({ ...good, operator: 'me' })).toHaveLength(1)
  })

  it('a request out of its time', async () => {
    expect(await failures(good, { now: good.expires_at })).toHaveLength(1)
    expect(await failures(good, { now: good.expires_at - 1 })).toEqual([])
    expect((await failures(await signedWith({ created_at: NOW + 301 })))[0]).toMatch(/in the future/)
    expect(await failures(await signedWith({ created_at: NOW + 300 }))).toEqual([])
    expect((await failures(await signedWith({ created_at: NOW - 5, expires_at: NOW - 5 })))[0]).toMatch(
      /expires before/,
    )
    expect(await failures(good, { now: Number.MAX_SAFE_INTEGER })).toHaveLength(1)
  })

  it('data that this tool would not write', async () => {
    const blob = bytesToHex(encodeOperatorData(twoNodes()))
    const longVarint = `0x01${'8400'}${blob.slice(6)}`
    for (const [data, why] of [
      [`${blob}00`, 'after its end'],
      [`0x00${blob.slice(4)}`, ''],
      [longVarint, 'shortest'],
      [blob.slice(0, -2), 'no operator data'],
      [blob.slice(0, -1), 'even number'],
      ['0x', 'even number'],
      [blob.slice(2), 'even number'],
      ['0x02', 'no operator data'],
      [`0x01${'00'.repeat(70_000)}`, 'more than any cluster allows'],
    ] as const)
      expect((await failures({ ...good, data }))[0]).toMatch(new RegExp(`^data: .*${why}`))
  })

  it('the old schema', async () => {
    const { nodes } = twoNodes()
    const old = [0, 4, ...Buffer.from('acme'), nodes.length]
    const blob = encodeOperatorData(twoNodes())
    // Schema 0 has no option byte after the address: drop it from both nodes, each 38 + 1 + 4 + 1 + 2 + 2 bytes.
    for (let start = 7; start < 7 + 2 * 48; start += 48)
      old.push(...blob.subarray(start, start + 43), ...blob.subarray(start + 44, start + 48))
    const data = bytesToHex(Uint8Array.from([...old, 0]))
    expect((await failures(await signedWith({ data })))[0]).toMatch(/^data: .*schema 0/)
  })

  it.each<[string, () => OperatorData, RegExp]>([
    ['one node', () => operatorData([node(a, '5.6.7.8')]), /fewer than 2/],
    ['a long name', () => operatorData(twoNodesPlain(), 'ä'.repeat(17)), /34 bytes/],
    ['equal ports', () => withFirst({ secondaryPort: 3010 }), /both 3010/],
    ['port 0', () => withFirst({ primaryPort: 0 }), /out of range/],
    ['the sample peer ID', () => withFirst({ peerId: parsePeerId(SAMPLE_PEER_ID, 'test') }), /no node can ever/],
    [
      'the key that everybody knows',
      () => withFirst({ peerId: parsePeerId(PUBLISHED, 'test') }),
      /which everybody has/,
    ],
    [
      'a key of small order',
      () => withFirst({ peerId: ed25519PeerId(Uint8Array.of(1, ...new Uint8Array(31))) }),
      /small order/,
    ],
    ['a placeholder', () => withFirst({ peerId: PLACEHOLDER }), /no node can ever/],
    ['the same node twice', () => operatorData([node(a, '5.6.7.8'), node(a, '5.6.7.8')]), /twice/],
    ['a private address', () => operatorData([node(a, '10.1.2.3'), node(b, '5.6.7.9')]), /private use/],
    ['one endpoint for two', () => operatorData([node(a, '5.6.7.8'), node(b, '5.6.7.8', 3011)]), /two nodes would use/],
    [
      'a client without a key',
      () => ({ ...twoNodes(), clients: [{ peerId: parsePeerId(SAMPLE_PEER_ID, 'test'), namespaces: [1] }] }),
      /clients\[0\]/,
    ],
  ])('%s', async (_, data, why) => {
    expect((await failures(await signedData(data())))[0]).toMatch(why)
  })

  it('takes private addresses where that is allowed', async () => {
    const data = operatorData([node(a, '10.1.2.3'), node(b, '5.6.7.9')])
    expect(await failures(await signedData(data), { allowPrivateAddresses: true })).toEqual([])
  })

  function twoNodesPlain() {
    return [node(a, '5.6.7.8'), node(b, '5.6.7.9')]
  }

  function withFirst(changes: Partial<ReturnType<typeof node>>): OperatorData {
    return operatorData([{ ...node(a, '5.6.7.8'), ...changes }, node(b, '5.6.7.9')])
  }
})

describe('fields of any content', () => {
  it('never make it throw', async () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom(CONTRACT, good?.data ?? '0x'))
    const request = fc.record({
      type: fc.constant('wcn-join-request' as const),
      version: fc.constant(1 as const),
      chain_id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      contract: fc.oneof(text, fc.constant(CONTRACT as string)),
      operator: fc.oneof(text, fc.constant(OPERATOR as string)),
      name: text,
      peer_ids: fc.array(text),
      data: fc.oneof(
        text,
        fc.uint8Array().map((bytes) => bytesToHex(bytes) as string),
      ),
      created_at: fc.maxSafeNat(),
      expires_at: fc.maxSafeNat(),
      signature: text,
      node_signatures: fc.dictionary(text, text),
    })
    await fc.assert(
      fc.asyncProperty(request, async (any) => {
        expect(await failures(any)).not.toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
