/** Each way in which files, chain and a running node may differ gives its row, and no other row differs. */
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../../src/base/address.js'
import { parseIpv4 } from '../../../src/base/ipv4.js'
import { type ClusterOnChain, driftRows, type NodeInFiles, type RunningNode } from '../../../src/lint/model/drift.js'
import { CONTRACT, nodeKeys, OPERATOR } from '../../support/deployment.js'

const contract = parseAddress(CONTRACT, 'test')
const operator = parseAddress(OPERATOR, 'test')
const other = parseAddress(`0x${'11'.repeat(20)}`, 'test')
const [n0, n1] = nodeKeys.map(({ peerId }) => peerId)
if (!n0 || !n1) throw new Error('two keys')

const inFiles: NodeInFiles = {
  name: 'wcn_node_n0.env',
  peerId: n0,
  primaryPort: 3010,
  secondaryPort: 3011,
  publicAddress: parseIpv4('52.1.2.3', 'test'),
  contract,
  signer: operator,
}
const onChain: ClusterOnChain = {
  contract,
  operator,
  version: 9n,
  keyspaceVersion: 2n,
  nodes: [{ peerId: n0, ipv4Addr: parseIpv4('52.1.2.3', 'test'), primaryPort: 3010, secondaryPort: 3011 }],
}
const running: RunningNode = { clusterVersion: 9, keyspaceVersion: 2, softwareVersion: 260209.1 }

const differing = (
  node: Partial<NodeInFiles> = {},
  chain: Partial<ClusterOnChain> = {},
  metrics: RunningNode | null | undefined = undefined,
) =>
  driftRows(
    [{ ...inFiles, ...node }],
    { ...onChain, ...chain },
    new Map(metrics === undefined ? [] : [[inFiles.name, metrics]]),
  )
    .filter(({ drift }) => drift)
    .map(({ node: name, field, files, chain: there, running: now }) => [name, field, files, there, now])

describe('a difference', () => {
  it('is none where all agree', () => {
    expect(differing({}, {}, running)).toEqual([])
  })

  it.each<[string, Partial<NodeInFiles>, unknown]>([
    ['primary_port', { primaryPort: 1 }, ['1', '3010']],
    ['secondary_port', { secondaryPort: 1 }, ['1', '3011']],
    ['ipv4_addr', { publicAddress: parseIpv4('52.1.2.9', 'test') }, ['52.1.2.9', '52.1.2.3']],
    ['contract_address', { contract: other }, [other, contract]],
    ['operator', { signer: other }, [other, operator]],
  ])('of %s', (field, node, values) => {
    expect(differing(node)).toEqual([[inFiles.name, field, ...(values as string[]), null]])
  })

  it('is a key that the chain does not list, and a node that no file has', () => {
    expect(differing({ peerId: n1 })).toEqual([
      [inFiles.name, 'peer_id', n1, null, null],
      ['nodes[0]', 'peer_id', null, n0, null],
    ])
  })

  it('is a node that has not caught up, or does not answer', () => {
    expect(differing({}, {}, { ...running, clusterVersion: 8 })).toEqual([
      [inFiles.name, 'cluster_version', null, '9', '8'],
    ])
    expect(differing({}, {}, { ...running, keyspaceVersion: Number.NaN })).toEqual([
      [inFiles.name, 'keyspace_version', null, '2', null],
    ])
    expect(differing({}, {}, null).map(([, field, , , now]) => [field, now])).toEqual([
      ['cluster_version', 'no answer'],
      ['keyspace_version', 'no answer'],
    ])
  })

  it('is not what one side does not say', () => {
    const silent = {
      peerId: n0,
      primaryPort: null,
      secondaryPort: null,
      publicAddress: null,
      contract: null,
      signer: null,
    }
    expect(differing(silent)).toEqual([])
    expect(differing({}, { nodes: onChain.nodes.map((node) => ({ ...node, ipv4Addr: null })) })).toEqual([])
  })
})
