import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { decode } from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { type PeerId, peerIdToBytes } from '../../src/base/keys/peer-id.js'
import { storeNode } from '../../src/cluster/plain-node.js'
import { selectNode, selectsByAddress } from '../../src/cluster/select-node.js'
import { ip, node, peerId, placeholder, placeholderId } from '../support/nodes.js'
import { sentenceOf, thrownBy } from '../support/thrown.js'

const key = parseEncryptionKey('42'.repeat(32), 'the test')
const shared = node(2, { ipv4Addr: ip('20.0.1.1'), primaryPort: 4010, secondaryPort: 4011 })
const nodes = [node(0), node(1), shared, node(1, { ipv4Addr: ip('20.9.9.9') }), placeholder(7), node(5)].map((plain) =>
  storeNode(plain, key),
)
const select = (selector: string) => selectNode(nodes, selector, key)
const cid = (id: PeerId) => CID.createV1(0x72, decode(peerIdToBytes(id)))

describe('a node is selected', () => {
  it.each([
    ['its index', '0', 0],
    ['the last index', '5', 5],
    ['its peer ID', peerId(2), 2],
    ['its peer ID as a CID in base32', cid(peerId(2)).toString(), 2],
    ['its peer ID as a CID in base58', cid(peerId(2)).toString(base58btc), 2],
    ['a peer ID without a key, of a placeholder', placeholderId(7), 4],
    ['that as a CID', cid(placeholderId(7)).toString(), 4],
    ['address and primary port', '20.0.0.1:3010', 0],
    ['address and secondary port', '20.0.0.1:3011', 0],
    ['address and port where two share the address', '20.0.1.1:4010', 2],
  ])('by %s', (_, selector, index) => expect(select(selector)).toBe(index))
})

describe('no node is selected', () => {
  it.each([
    ['by an index past the end', '6'],
    ['by a large index', '9999'],
    ['by a peer ID that is not in the list', peerId(9)],
    ['by an address that is not in the list', '20.0.0.2:3010'],
    ['by a port that is not in the list', '20.0.0.1:3012'],
  ])('%s', (_, selector) => {
    const error = thrownBy(() => select(selector))
    expect(error.code).toBe('SELECTOR_NO_MATCH')
    expect(error.hint).toContain('wcn nodes list')
    expect(error.details).toEqual({ nodes: 6 })
  })

  it('by an address without the key', () => {
    expect(thrownBy(() => selectNode(nodes, '20.0.0.1:3010', null)).code).toBe('SELECTOR_NO_MATCH')
  })

  it('from an empty list', () => {
    expect(thrownBy(() => selectNode([], '0', key)).code).toBe('SELECTOR_NO_MATCH')
  })
})

it('a peer ID that two nodes have is ambiguous, and both are named', () => {
  const error = thrownBy(() => select(peerId(1)))
  expect(error.code).toBe('SELECTOR_AMBIGUOUS')
  expect(error.message).toContain('2 nodes: 1, 3')
  expect(error.details).toEqual({ matches: [1, 3] })
})

it('an endpoint that two nodes have is ambiguous', () => {
  const twins = [placeholder(1), placeholder(2)].map((plain) => storeNode(plain, key))
  expect(thrownBy(() => selectNode(twins, '10.0.0.0:3010', key)).code).toBe('SELECTOR_AMBIGUOUS')
})

describe('what is no selector at all is a usage error', () => {
  it.each([
    ['-1', /^PEER_ID_INVALID/],
    ['1.0', /^PEER_ID_INVALID/],
    ['', /^PEER_ID_INVALID/],
    ['node-a', /^PEER_ID_INVALID/],
    ['20.0.0.1', /^PEER_ID_INVALID/],
    ['20.0.0.1:', /^PORT_INVALID: the port of the node/],
    ['20.0.0.1:0', /^PORT_INVALID/],
    ['20.0.0.1:1e3', /^PORT_INVALID/],
    ['20.0.0.1:3010:3011', /^IP_ADDRESS_INVALID/],
    ['[::1]:3010', /^IP_ADDRESS_INVALID.*IPv6/],
    ['example.org:3010', /^IP_ADDRESS_INVALID.*host name/],
    ['020.0.0.1:3010', /^IP_ADDRESS_INVALID.*octal/],
  ])('%j', (selector, sentence) => expect(sentenceOf(() => select(selector))).toMatch(sentence))
})

it.each(['nope', '20.0.0.1', '-1', '', `${peerId(0)}x`])('%j: all three forms of a selector are named', (selector) => {
  const error = thrownBy(() => select(selector))
  expect(error.code).toBe('PEER_ID_INVALID')
  expect(error.message).not.toContain('base58btc peer IDs')
  expect(error.hint).toMatch(/index \(from 0\), .*peer ID or .*ip:port.*`wcn nodes list`/)
})

it('only addresses take the key', () => {
  expect(['1', peerId(0), placeholderId(1)].some(selectsByAddress)).toBe(false)
  expect(selectsByAddress('20.0.0.1:3010')).toBe(true)
})
