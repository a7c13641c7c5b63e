import { describe, expect, it } from 'vitest'
import { isDocumentation, isPrivateUse } from '../../../src/base/ipv4.js'
import { parseEncryptionKey } from '../../../src/base/keys/encryption-key.js'
import { describePeerId } from '../../../src/base/keys/peer-id.js'
import type { OperatorData } from '../../../src/cluster/codec/operator-data.js'
import { writeFaults } from '../../../src/cluster/judge-write.js'
import { NOTHING_MORE } from '../../../src/cluster/judged-write.js'
import { placeholderOperator } from '../../../src/cluster/placeholder-nodes.js'
import { plainNode } from '../../../src/cluster/plain-node.js'
import {
  MAX_SAMPLE_NODES,
  nobodysPlaces,
  sampleClients,
  sampleOperator,
} from '../../../src/devnet/model/sample-cluster.js'
import { peerId } from '../../support/nodes.js'

const key = parseEncryptionKey('5a'.repeat(32), 'test')
const judged = (after: OperatorData, privateAddresses: boolean) => {
  const allowed = { ...NOTHING_MORE, privateAddresses }
  return writeFaults({ slot: null, after, key, maxDataBytes: 4096, allowed }).map(({ code }) => code)
}

describe('sampleOperator', () => {
  it('is an operator that could really be, each with names and addresses of its own', () => {
    const count = MAX_SAMPLE_NODES / 2
    const operators = Array.from({ length: count }, (_, slot) => {
      const clients = Array.from({ length: sampleClients(slot) }, (_, n) => peerId(n + 2))
      return sampleOperator(slot, { nodes: [peerId(0), peerId(1)], clients }, nobodysPlaces(slot, 2), key)
    })
    for (const operator of operators) expect(judged(operator, true)).toEqual([])
    expect(new Set(operators.map(({ name }) => name)).size).toBe(count)
    expect(operators.slice(0, 2).map(({ clients }) => clients.length)).toEqual([1, 2])

    const nodes = operators.flatMap((operator) => operator.nodes.map((node) => plainNode(node, key)))
    expect(nodes).toHaveLength(MAX_SAMPLE_NODES)
    expect(nodes.every(({ ipv4Addr }) => isDocumentation(ipv4Addr))).toBe(true)
    expect(new Set(nodes.map(({ ipv4Addr }) => ipv4Addr)).size).toBe(nodes.length)
    expect(nodes.every(({ privateIpv4Addr }) => privateIpv4Addr !== null && isPrivateUse(privateIpv4Addr))).toBe(true)
    expect(new Set(nodes.map(({ privateIpv4Addr }) => privateIpv4Addr)).size).toBe(nodes.length)
  })
})

describe('placeholderOperator', () => {
  it('has two equal nodes that nobody can be', () => {
    const operator = placeholderOperator('Operator0', new Uint8Array(32).fill(9), key)
    expect(new Set(judged(operator, false))).toEqual(
      new Set(['PEER_ID_NOT_A_KEY', 'ADDRESS_NOT_ROUTABLE', 'DUPLICATE_NODE']),
    )
    const [first, second] = operator.nodes
    expect(first).toEqual(second)
    expect(first && plainNode(first, key)).toMatchObject({
      ipv4Addr: '10.0.0.0',
      privateIpv4Addr: null,
      primaryPort: 3010,
      secondaryPort: 3011,
    })
    expect(first && describePeerId(first.peerId)).toBe('no-key')
  })
})
