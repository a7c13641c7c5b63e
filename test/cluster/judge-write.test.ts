/** Every rule for operator data: what it refuses, what it lets pass, what allows it all the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { parsePeerId } from '../../src/base/keys/parse-peer-id.js'
import {
  decodeOperatorData,
  encodeOperatorData,
  type OperatorData,
  type StoredClient,
} from '../../src/cluster/codec/operator-data.js'
import {
  decodeOwnEncoding,
  requireEditable,
  requireName,
  requireWritable,
  WRITE_RULES,
  writeFaults,
} from '../../src/cluster/judge-write.js'
import { type Allowances, NOTHING_MORE, type OperatorWrite } from '../../src/cluster/judged-write.js'
import { type PlainNode, storeNode } from '../../src/cluster/plain-node.js'
import { ip, node, peerId, placeholder, placeholderId } from '../support/nodes.js'
import { SAMPLE_PEER_ID } from '../support/onboarding.js'
import { sentenceOf, thrownBy } from '../support/thrown.js'

const key = parseEncryptionKey('42'.repeat(32), 'the test')
const OWN = [node(0), node(1), node(2)]
const client = (n: number, ...namespaces: number[]): StoredClient => ({ peerId: peerId(n), namespaces })

interface Plain {
  readonly name?: string
  readonly nodes?: readonly PlainNode[]
  readonly clients?: readonly StoredClient[]
}

function data({ name = 'acme', nodes = OWN, clients = [] }: Plain = {}): OperatorData {
  return { name, nodes: nodes.map((plain) => storeNode(plain, key)), clients }
}

/** What is on chain; `trailing`: bytes behind it. */
const slotOf = (plain: Plain, trailing = 0) => {
  return { decoded: { ...data(plain), schema: 1, trailingBytes: trailing } as const, reason: null }
}

type Circumstances = Partial<Omit<OperatorWrite, 'after' | 'allowed'>> & { readonly allowed?: Partial<Allowances> }

const write = (after: Plain, { allowed, ...rest }: Circumstances = {}): OperatorWrite => {
  const all = { ...NOTHING_MORE, ...allowed }
  return { slot: slotOf({}), after: data(after), key, maxDataBytes: 4096, ...rest, allowed: all }
}
const faults = (after: Plain, circumstances?: Circumstances) =>
  writeFaults(write(after, circumstances)).map(({ code, message }) => `${code}: ${message}`)
const withNode = (values: Partial<PlainNode>, n = 5) => ({ nodes: [...OWN, node(n, values)] })

describe('a write', () => {
  it('is encoded when it is fine', () => {
    const wanted = { name: 'new', nodes: [node(0), node(1), node(9)], clients: [client(5, 1)] }
    expect(decodeOperatorData(requireWritable(write(wanted)))).toMatchObject(data(wanted))
  })

  it('of what is there is fine, whatever that is', () => {
    const odd = {
      name: ' \u202e',
      nodes: [
        placeholder(1),
        placeholder(1),
        node(3, { ipv4Addr: ip('192.168.0.1'), primaryPort: 0, secondaryPort: 0 }),
      ],
      clients: [client(5), client(5, 1), { peerId: placeholderId(1), namespaces: [] }],
    }
    expect(faults(odd, { slot: slotOf(odd) })).toEqual([])
  })

  it('tells all faults at once where that is asked for, and throws the first', () => {
    const bad = { name: 'x'.repeat(33), nodes: [node(0, { ipv4Addr: ip('10.0.0.1'), secondaryPort: 3010 })] }
    const all = writeFaults(write(bad, { slot: null }))
    expect(all.map(({ code }) => code)).toEqual([
      'NAME_TOO_LONG',
      'TOO_FEW_NODES',
      'PORTS_COLLIDE',
      'ADDRESS_NOT_ROUTABLE',
    ])
    expect(thrownBy(() => requireWritable(write(bad, { slot: null }))).message).toBe(all[0]?.message)
  })

  it('is judged for any data, never with another error than its own', () => {
    const anyNode = fc.record({
      n: fc.integer({ min: 0, max: 3 }),
      ipv4Addr: fc.constantFrom('20.0.0.1', '10.0.0.1', '0.0.0.0', '127.0.0.1', '224.0.0.1').map(ip),
      privateIpv4Addr: fc.constantFrom(null, '127.0.0.1', '10.0.0.1').map((text) => text && ip(text)),
      primaryPort: fc.integer({ min: 0, max: 2 }),
      secondaryPort: fc.integer({ min: 0, max: 2 }),
    })
    const any = fc.record({
      name: fc.string({ unit: 'binary', maxLength: 12 }),
      nodes: fc.array(
        anyNode.map(({ n, ...values }) => node(n, values)),
        { maxLength: 5 },
      ),
      clients: fc
        .array(
          fc.record({
            n: fc.integer({ min: 0, max: 2 }),
            ids: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 2 }),
          }),
          { maxLength: 3 },
        )
        .map((list) => list.map(({ n, ids }) => client(n, ...ids))),
    })
    fc.assert(
      fc.property(any, any, fc.boolean(), (before, after, withKey) => {
        const circumstances = { slot: slotOf(before), key: withKey ? key : null }
        const found = writeFaults(write(after, circumstances))
        expect(found.every(({ code, hint }) => code !== 'INTERNAL' && hint !== undefined)).toBe(true)
        // What can be told without the key is told with it as well.
        const blind = writeFaults(write(after, { ...circumstances, key: null })).map(({ code }) => code)
        const seeing = writeFaults(write(after, { ...circumstances, key })).map(({ code }) => code)
        expect(blind.filter((code) => code !== 'TOO_MANY_REMOVALS' && !seeing.includes(code))).toEqual([])
      }),
    )
  })
})

describe('what is on chain', () => {
  const broken = { decoded: null, reason: 'the data is empty', slot: 0, id: '0x0', data: new Uint8Array() } as never

  it('is not replaced where it does not decode, unless that is allowed', () => {
    expect(faults({}, { slot: broken })).toEqual([expect.stringMatching(/^DATA_UNDECODABLE: .*the data is empty/)])
    expect(faults({}, { slot: broken, allowed: { undecodable: true } })).toEqual([])
    expect(thrownBy(() => requireEditable(broken, { ...NOTHING_MORE, undecodable: true })).code).toBe(
      'DATA_UNDECODABLE',
    )
  })

  it('loses no bytes that are not understood, unless that is allowed', () => {
    expect(faults({}, { slot: slotOf({}, 3) })).toEqual([expect.stringMatching(/^DATA_TRAILING_BYTES: .* 3 bytes/)])
    expect(faults({}, { slot: slotOf({}, 3), allowed: { trailingBytes: true } })).toEqual([])
  })
})

describe('bytes that others encoded', () => {
  const blob = encodeOperatorData(data())

  it('are those that this tool would write', () => {
    expect(decodeOwnEncoding(blob)).toMatchObject(data())
    expect(faults({}, { bytes: blob })).toEqual([])
  })

  it.each([
    ['bytes after the end', Uint8Array.from([...blob, 0]), /1 bytes after its end/],
    ['longer numbers', Uint8Array.from([1, 0x84, 0, ...blob.slice(2)]), /shortest encoding/],
    [
      'the old schema',
      Uint8Array.from([0, 0, 2, ...[1, 2].flatMap((n) => [2, 0, 0, 1, 1, 1, n, 1, 2]), 0]),
      /old schema 0/,
    ],
  ])('not with %s', (_, bytes, sentence) => {
    const error = thrownBy(() => decodeOwnEncoding(bytes))
    expect([error.code, error.message]).toEqual(['DATA_NOT_CANONICAL', expect.stringMatching(sentence)])
    expect(faults({}, { bytes })[0]).toMatch(sentence)
  })
})

describe('a name', () => {
  it.each([
    'x'.repeat(32),
    'é'.repeat(16),
    '日本日本日本日本日本ab',
    '🦀'.repeat(8),
    'Ünï-code & Söhne (2)',
    '❤️ nodes',
    '👨‍👩‍👧 & Co',
    'a\u00a0b',
  ])('%j is fine', (name) => {
    expect(requireName(name)).toBe(name)
    expect(faults({ name })).toEqual([])
  })

  it.each([
    ['x'.repeat(33), 33],
    [`x${'é'.repeat(16)}`, 33],
    ['日本日本日本日本日本abc', 33],
    [`${'🦀'.repeat(8)}!`, 33],
  ])('%j is too long: bytes are counted', (name, bytes) => {
    const error = thrownBy(() => requireName(name))
    expect(error.code).toBe('NAME_TOO_LONG')
    expect(error.message).toContain(`is ${bytes} bytes long`)
    expect(error.details).toEqual({ bytes, max_bytes: 32 })
    expect(faults({ name })).toHaveLength(1)
  })

  it.each([
    'a\nb',
    'a\tb',
    '\u001b[31mred',
    'a\u0000',
    'a\u007f',
    'a\u0085b',
    '\u202eevil',
    'a\u200bb',
    'a\u2028b',
    '\ufeffacme',
    'a\u00adb',
    '\u3164',
    'a\ufe0f',
    '\u2800',
    'a\u{1d159}',
    '\u{16fe4}',
    'a\u{13441}b',
    '\u{13442}',
    'a\u115fb',
    '\u{e0061}',
    'a\u200d',
    'a\ud800',
    '',
    ' ',
    '\u3000 ',
  ])('%j is refused', (name) => {
    expect(sentenceOf(() => requireName(name))).toMatch(
      /^NAME_INVALID: [\s\S]*(?:U\+[0-9A-F]{4,5}, which nobody can see|is blank)$/,
    )
    expect(faults({ name }, { slot: null, maxDataBytes: null })).toEqual([expect.stringMatching(/^NAME_INVALID/)])
    // It may stay: nobody has to rename an operator to change its nodes.
    expect(faults({ name }, { slot: slotOf({ name }), maxDataBytes: null })).toEqual([])
  })
})

describe('nodes that go', () => {
  const four = [0, 1, 2, 3].map((n) => node(n))
  const slot = slotOf({ nodes: four })

  it('are one at most, unless more are allowed', () => {
    expect(faults({ nodes: four.slice(1) }, { slot })).toEqual([])
    const [error] = writeFaults(write({ nodes: four.slice(2) }, { slot }))
    expect(error).toMatchObject({ code: 'TOO_MANY_REMOVALS', details: { removals: 2, max_removals: 1 } })
    expect(error?.hint).toContain('--max-removals 2')
    expect(faults({ nodes: four.slice(2) }, { slot, allowed: { removals: 2 } })).toEqual([])
    expect(faults({ nodes: four.slice(1) }, { slot, allowed: { removals: 0 } })).toHaveLength(1)
  })

  it('are also those in whose place others stand', () => {
    expect(faults({ nodes: [node(0), node(1), node(8), node(9)] }, { slot })[0]).toMatch(/remove 2 nodes/)
    expect(faults({ nodes: [node(0), node(1), node(8), node(9)] }, { slot, key: null })[0]).toMatch(/remove 2 nodes/)
  })

  it('are not those that moved or got a new key', () => {
    const wanted = [node(0, { ipv4Addr: ip('20.9.9.1') }), node(9, { ipv4Addr: ip('20.0.1.1') }), node(2), node(3)]
    expect(faults({ nodes: wanted }, { slot, allowed: { removals: 0 } })).toEqual([])
  })

  it('are not placeholders', () => {
    const placeholders = slotOf({ nodes: [placeholder(1), placeholder(1), node(3)] })
    expect(faults({ nodes: [node(0), node(1)] }, { slot: placeholders })).toEqual([])
  })

  it.each([0, 1])('leave two at least, not %i', (count) => {
    const circumstances = { slot, allowed: { removals: 9 } }
    expect(faults({ nodes: four.slice(0, count) }, circumstances)).toEqual([
      expect.stringMatching(new RegExp(`^TOO_FEW_NODES: .*would leave ${count}`)),
    ])
  })
})

describe('clients that go', () => {
  const slot = slotOf({ clients: [client(5, 1, 2), client(6)] })

  it('are not all of them, unless that is allowed', () => {
    expect(faults({}, { slot })).toEqual(['REVOKES_EVERYTHING: this would revoke every client (2)'])
    expect(faults({}, { slot, allowed: { revokeAll: true } })).toEqual([])
    expect(faults({ clients: [client(6)] }, { slot })).toEqual([])
    expect(faults({}, { slot: null })).toEqual([])
  })

  it('are not left without a namespace either', () => {
    expect(faults({ clients: [client(5), client(6)] }, { slot })).toEqual([
      `REVOKES_EVERYTHING: this leaves client ${peerId(5)} without a namespace`,
    ])
    expect(faults({ clients: [client(5), client(6)] }, { slot, allowed: { revokeAll: true } })).toEqual([])
  })

  it('are listed once', () => {
    expect(faults({ clients: [client(5, 1), client(5, 2)] })).toEqual([
      `DOCUMENT_INVALID: client ${peerId(5)} is listed twice`,
    ])
  })

  it('can be clients', () => {
    const odd = { peerId: parsePeerId(SAMPLE_PEER_ID, 'x'), namespaces: [1] }
    expect(faults({ clients: [odd] })).toEqual([
      expect.stringMatching(/^PEER_ID_NOT_A_KEY: clients\[0\]\.peer_id is 12D3Kpo/),
    ])
    // What is there keeps its place with other namespaces.
    expect(faults({ clients: [{ ...odd, namespaces: [2] }] }, { slot: slotOf({ clients: [odd] }) })).toEqual([])
  })
})

describe('a node that is new or changed', () => {
  const found = (values: Partial<PlainNode>, privateAddresses = false) =>
    faults(withNode(values), { allowed: { privateAddresses } })

  it('is fine with a key of its own and a public address', () => {
    expect(found({})).toEqual([])
  })

  it("is refused with the onboarding document's sample, and the sentence says why", () => {
    expect(found({ peerId: parsePeerId(SAMPLE_PEER_ID, 'x') }, true)).toEqual([
      expect.stringMatching(/^PEER_ID_NOT_A_KEY: nodes\[3\]\.peer_id is 12D3KpoW.*no ed25519 public key/),
    ])
  })

  it('is refused with a placeholder, permission or not', () => {
    expect(found({ peerId: placeholder(1).peerId }, true)).toEqual([expect.stringMatching(/^PEER_ID_NOT_A_KEY/)])
  })

  it.each([
    '0.0.0.0',
    '10.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.1.1',
    '172.16.0.1',
    '192.0.2.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
  ])('is refused at %s, which nobody can dial, unless permitted', (address) => {
    const refused = [expect.stringMatching(/^ADDRESS_NOT_ROUTABLE: nodes\[3\] \(12D3\w+\): .* is no public address/)]
    expect(found({ ipv4Addr: ip(address) })).toEqual(refused)
    // Not even on a development chain does a host have one of these.
    expect(found({ ipv4Addr: ip(address) }, true)).toEqual(/^(?:0|22|24|25)/.test(address) ? refused : [])
    // Ciphertext tells nothing.
    expect(faults(withNode({ ipv4Addr: ip(address) }), { key: null })).toEqual([])
  })

  it.each(['0.0.0.0', '127.0.0.1', '169.254.1.1', '224.0.0.1', '255.255.255.255'])(
    'is refused with the private address %s, which is no other machine, unless permitted',
    (address) => {
      const values = { privateIpv4Addr: ip(address) }
      expect(found(values)).toEqual([
        expect.stringMatching(
          /^ADDRESS_NOT_ROUTABLE: nodes\[3\] \(12D3\w+\): no other machine can reach the private address/,
        ),
      ])
      expect(found(values, true)).toEqual([])
    },
  )

  it.each(['10.1.2.3', '192.168.0.1', '100.64.0.1', '20.0.9.9'])('is fine with the private address %s', (address) => {
    expect(found({ privateIpv4Addr: ip(address) })).toEqual([])
  })

  it('is refused with one port for both servers, permission or not', () => {
    expect(found({ secondaryPort: 3010 }, true)).toEqual([
      expect.stringMatching(/^PORTS_COLLIDE: nodes\[3\] .*both 3010/),
    ])
  })

  it.each(['primaryPort', 'secondaryPort'])('is refused with 0 as its %s', (port) => {
    expect(found({ [port]: 0 })).toEqual([expect.stringMatching(/^PORT_INVALID: \w+_port of nodes\[3\] .* is 0/)])
  })
})

describe('endpoints', () => {
  const at = (n: number, address: string, primaryPort: number, secondaryPort: number) =>
    node(n, { ipv4Addr: ip(address), primaryPort, secondaryPort })

  it('may share an address with other ports, and a peer ID', () => {
    expect(faults({ nodes: [...OWN, at(0, '20.0.0.1', 3012, 3013), at(1, '20.0.0.2', 3010, 3011)] })).toEqual([])
  })

  it.each([
    ['primary and primary', at(5, '20.0.0.1', 3010, 4000)],
    ['primary and secondary', at(5, '20.0.0.1', 4000, 3010)],
    ['secondary and primary', at(5, '20.0.0.1', 3011, 4000)],
    ['secondary and secondary', at(5, '20.0.0.1', 4000, 3011)],
    ['both', at(5, '20.0.0.1', 3010, 3011)],
  ])('collide: %s', (_, other) => {
    for (const nodes of [
      [...OWN, other],
      [other, ...OWN],
    ])
      for (const slot of [null, slotOf({})]) {
        const [first] = faults({ nodes }, { slot })
        expect(first).toMatch(/^PORTS_COLLIDE: two nodes would use 20\.0\.0\.1:/)
        expect(first).toContain(peerId(5))
      }
  })

  it('an equal node is called a duplicate, also where addresses are not seen', () => {
    const again = { nodes: [...OWN, node(0)] }
    for (const slot of [null, slotOf({})]) {
      const sentence = `DUPLICATE_NODE: node ${peerId(0)} at 20.0.0.1:3010 is listed twice`
      expect(faults(again, { slot })).toEqual([sentence])
      expect(faults(again, { slot, key: null })).toEqual([sentence.replace(' at 20.0.0.1:3010', '')])
    }
  })

  it('what is on chain already is left alone, but nothing may join it', () => {
    const old = [placeholder(1), placeholder(1)]
    const slot = slotOf({ nodes: old })
    expect(faults({ nodes: [...old, node(0)] }, { slot })).toEqual([])
    const fresh = at(0, '10.0.0.0', 3011, 5000)
    const allowed = { privateAddresses: true }
    expect(faults({ nodes: [...old, fresh] }, { slot, allowed })[0]).toMatch(/^PORTS_COLLIDE/)
    expect(faults({ nodes: [fresh, ...old] }, { slot, allowed })[0]).toMatch(/^PORTS_COLLIDE/)
    expect(faults({ nodes: [...old, placeholder(1)] }, { slot, allowed })).toContainEqual(
      expect.stringMatching(/^DUPLICATE_NODE/),
    )
  })
})

it('may be as large as the cluster allows and no byte larger', () => {
  const { length } = requireWritable(write({}))
  expect(faults({}, { maxDataBytes: length })).toEqual([])
  const [error] = writeFaults(write({}, { maxDataBytes: length - 1 }))
  expect(error).toMatchObject({
    code: 'DATA_TOO_LARGE',
    details: { data_bytes: length, max_operator_data_bytes: length - 1 },
  })
  expect(faults({}, { maxDataBytes: null })).toEqual([])
})

it('every flag that allows something is told by the sentence or the hint of what it allows', () => {
  const flags = Object.values(WRITE_RULES).flatMap(({ override }) => override ?? [])
  expect(new Set(flags).size).toBe(5)
})
