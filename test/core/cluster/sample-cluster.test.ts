import { describe, expect, it } from 'vitest'
import { placeholderOperator } from '../../../src/core/cluster/placeholder-nodes.js'
import { plainNode } from '../../../src/core/cluster/plain-node.js'
import {
  requireDistinctEndpoints,
  requireUsableNode,
  requireValidOperatorData,
} from '../../../src/core/cluster/preconditions.js'
import { MAX_SAMPLE_OPERATORS, sampleOperator, samplePeerIds } from '../../../src/core/cluster/sample-cluster.js'
import { isDocumentation, isPrivateUse } from '../../../src/core/ipv4.js'
import { parseEncryptionKey } from '../../../src/core/keys/encryption-key.js'
import { keypairFromSecret } from '../../../src/core/keys/node-keypair.js'
import { describePeerId } from '../../../src/core/keys/peer-id.js'
import { Secret } from '../../../src/core/secret.js'

const key = parseEncryptionKey('5a'.repeat(32), 'test')
const limits = { maxOperatorDataBytes: 4096 }
const { peerId } = await keypairFromSecret(new Secret(new Uint8Array(32).fill(7)))

describe('sampleOperator', () => {
  it('is an operator that could really be, each with names and addresses of its own', () => {
    const operators = Array.from({ length: MAX_SAMPLE_OPERATORS }, (_, slot) =>
      sampleOperator(
        slot,
        Array.from({ length: samplePeerIds(slot) }, () => peerId),
        key,
      ),
    )
    for (const operator of operators) requireValidOperatorData(operator, limits)
    expect(new Set(operators.map(({ name }) => name)).size).toBe(MAX_SAMPLE_OPERATORS)
    expect(operators.slice(0, 2).map(({ clients }) => clients.length)).toEqual([1, 2])

    const nodes = operators.flatMap((operator) => operator.nodes.map((node) => plainNode(node, key)))
    expect(nodes).toHaveLength(2 * MAX_SAMPLE_OPERATORS)
    for (const node of nodes) requireUsableNode(node, true, 'the sample')
    expect(nodes.every(({ ipv4Addr }) => isDocumentation(ipv4Addr))).toBe(true)
    requireDistinctEndpoints(nodes)
    expect(nodes.every(({ privateIpv4Addr }) => privateIpv4Addr !== null && isPrivateUse(privateIpv4Addr))).toBe(true)
    expect(new Set(nodes.map(({ privateIpv4Addr }) => privateIpv4Addr)).size).toBe(nodes.length)
  })
})

describe('placeholderOperator', () => {
  it('has two equal nodes that nobody can be', () => {
    const operator = placeholderOperator('Operator0', new Uint8Array(32).fill(9), key)
    requireValidOperatorData(operator, limits)
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
