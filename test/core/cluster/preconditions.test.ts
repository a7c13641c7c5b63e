import { describe, expect, it } from 'vitest'
import { storeNode } from '../../../src/core/cluster/plain-node.js'
import {
  requireDistinctEndpoints,
  requireName,
  requireUsableNode,
  requireValidOperatorData,
} from '../../../src/core/cluster/preconditions.js'
import { parseEncryptionKey } from '../../../src/core/keys/encryption-key.js'
import { parsePeerId } from '../../../src/core/keys/parse-peer-id.js'
import { decodeOperatorData, type OperatorData } from '../../../src/core/onchain/operator-data.js'
import { ip, node, peerId, placeholder } from '../../support/nodes.js'
import { SAMPLE_PEER_ID } from '../../support/onboarding.js'
import { sentenceOf, thrownBy } from '../../support/thrown.js'

const key = parseEncryptionKey('42'.repeat(32), 'the test')
const limits = { maxOperatorDataBytes: 4096 }
const operator = (values: Partial<OperatorData> = {}): OperatorData => ({
  name: 'acme',
  nodes: [node(0), node(1)].map((plain) => storeNode(plain, key)),
  clients: [],
  ...values,
})

describe('operator data', () => {
  it('is encoded when it is fine', () => {
    expect(decodeOperatorData(requireValidOperatorData(operator(), limits))).toMatchObject(operator())
  })

  it.each([0, 1])('needs two nodes, not %i', (count) => {
    const error = thrownBy(() =>
      requireValidOperatorData(operator({ nodes: operator().nodes.slice(0, count) }), limits),
    )
    expect(error.code).toBe('TOO_FEW_NODES')
    expect(error.message).toContain(`would leave ${count}`)
  })

  it('may be as large as the cluster allows and no byte larger', () => {
    const { length } = requireValidOperatorData(operator(), limits)
    expect(requireValidOperatorData(operator(), { maxOperatorDataBytes: length })).toHaveLength(length)
    const error = thrownBy(() => requireValidOperatorData(operator(), { maxOperatorDataBytes: length - 1 }))
    expect(error.code).toBe('DATA_TOO_LARGE')
    expect(error.details).toEqual({ data_bytes: length, max_operator_data_bytes: length - 1 })
  })

  it('has a name of at most 32 bytes', () => {
    expect(thrownBy(() => requireValidOperatorData(operator({ name: 'x'.repeat(33) }), limits)).code).toBe(
      'NAME_TOO_LONG',
    )
  })
})

describe('a name', () => {
  it.each(['', 'x'.repeat(32), 'é'.repeat(16), '日本日本日本日本日本ab', '🦀'.repeat(8)])('%j fits', (name) => {
    expect(requireName(name)).toBe(name)
  })

  it.each([
    ['x'.repeat(33), 33],
    [`x${'é'.repeat(16)}`, 33],
    ['日本日本日本日本日本abc', 33],
    [`${'🦀'.repeat(8)}!`, 33],
  ])('%j does not: bytes are counted', (name, bytes) => {
    const error = thrownBy(() => requireName(name))
    expect(error.code).toBe('NAME_TOO_LONG')
    expect(error.message).toContain(`is ${bytes} bytes long`)
    expect(error.details).toEqual({ bytes, max_bytes: 32 })
  })
})

describe('a node that is written', () => {
  const check = (values: Parameters<typeof node>[1], allowPrivate = false) =>
    sentenceOf(() => requireUsableNode(node(0, values), allowPrivate, 'node 3'))

  it('is fine with a key of its own and a public address', () => {
    expect(requireUsableNode(node(0), false, 'x')).toEqual(node(0))
  })

  it("is refused with the onboarding document's sample, and the sentence says why", () => {
    expect(check({ peerId: parsePeerId(SAMPLE_PEER_ID, 'x') }, true)).toMatch(
      /^PEER_ID_NOT_A_KEY: node 3 is 12D3KpoW.*no ed25519 public key/,
    )
  })

  it('is refused with a placeholder, permission or not', () => {
    expect(check({ peerId: placeholder(1).peerId }, true)).toMatch(/^PEER_ID_NOT_A_KEY/)
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
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
  ])('is refused at %s, which nobody can dial, unless permitted', (address) => {
    expect(check({ ipv4Addr: ip(address) })).toMatch(/^ADDRESS_NOT_ROUTABLE: node 3: .* no public address/)
    // Not even on a development chain does a host have one of these.
    if (/^(?:0|22|24|25)/.test(address)) expect(check({ ipv4Addr: ip(address) }, true)).toMatch(/^ADDRESS_NOT_ROUTABLE/)
    else expect(requireUsableNode(node(0, { ipv4Addr: ip(address) }), true, 'x')).toBeDefined()
  })

  it.each(['0.0.0.0', '127.0.0.1', '169.254.1.1', '224.0.0.1', '255.255.255.255'])(
    'is refused with the private address %s, which is no other machine, unless permitted',
    (address) => {
      const values = { privateIpv4Addr: ip(address) }
      expect(check(values)).toMatch(/^ADDRESS_NOT_ROUTABLE: node 3: no other machine can reach the private address/)
      expect(requireUsableNode(node(0, values), true, 'x')).toBeDefined()
    },
  )

  it.each(['10.1.2.3', '192.168.0.1', '100.64.0.1', '20.0.9.9'])('is fine with the private address %s', (address) => {
    const values = { privateIpv4Addr: ip(address) }
    expect(requireUsableNode(node(0, values), false, 'x')).toEqual(node(0, values))
  })

  it('is refused with one port for both servers, permission or not', () => {
    expect(check({ secondaryPort: 3010 }, true)).toMatch(/^PORTS_COLLIDE: node 3: .*both 3010/)
  })
})

describe('endpoints', () => {
  const at = (n: number, address: string, primaryPort: number, secondaryPort: number) =>
    node(n, { ipv4Addr: ip(address), primaryPort, secondaryPort })

  it('may share an address with other ports, and a peer ID', () => {
    const twin = at(0, '20.0.0.1', 3012, 3013)
    expect(() => requireDistinctEndpoints([node(0), twin, at(1, '20.0.0.2', 3010, 3011)])).not.toThrow()
  })

  it.each([
    ['primary and primary', at(1, '20.0.0.1', 3010, 4000)],
    ['primary and secondary', at(1, '20.0.0.1', 4000, 3010)],
    ['secondary and primary', at(1, '20.0.0.1', 3011, 4000)],
    ['secondary and secondary', at(1, '20.0.0.1', 4000, 3011)],
    ['both', at(1, '20.0.0.1', 3010, 3011)],
  ])('collide: %s', (_, other) => {
    for (const list of [
      [at(0, '20.0.0.1', 3010, 3011), other],
      [other, at(0, '20.0.0.1', 3010, 3011)],
    ]) {
      const error = thrownBy(() => requireDistinctEndpoints(list))
      expect(error.code).toBe('PORTS_COLLIDE')
      expect(error.message).toContain('20.0.0.1:')
      expect(error.message).toContain(peerId(1))
    }
  })

  it('an equal node is called a duplicate', () => {
    expect(sentenceOf(() => requireDistinctEndpoints([node(0), node(1), node(0)]))).toMatch(
      /^DUPLICATE_NODE: node 12D3KooW\w+ at 20\.0\.0\.1:3010 is in the list twice/,
    )
  })

  it('what is on chain already is left alone, but nothing may join it', () => {
    const old = [placeholder(1), placeholder(1)]
    const elsewhere = node(0)
    expect(() => requireDistinctEndpoints([...old, elsewhere], new Set([elsewhere]))).not.toThrow()
    const fresh = at(0, '10.0.0.0', 3011, 5000)
    expect(thrownBy(() => requireDistinctEndpoints([...old, fresh], new Set([fresh]))).code).toBe('PORTS_COLLIDE')
    expect(thrownBy(() => requireDistinctEndpoints([fresh, ...old], new Set([fresh]))).code).toBe('PORTS_COLLIDE')
  })
})
