/** Files against the chain: the same cluster, operator, nodes, ports and key, and no second word about one mistake. */
import { describe, expect, it } from 'vitest'
import { type Address, parseAddress } from '../../../src/base/address.js'
import { parseEncryptionKey } from '../../../src/base/keys/encryption-key.js'
import { parseOperatorPrivateKey } from '../../../src/base/keys/operator-key.js'
import type { OperatorSlot } from '../../../src/cluster/cluster-view.js'
import { type PlainNode, storeNode } from '../../../src/cluster/plain-node.js'
import { checkServices } from '../../../src/lint/model/checked-service.js'
import type { Finding } from '../../../src/lint/model/finding.js'
import type { Found } from '../../../src/lint/model/found.js'
import { type ChainSide, checkOnline, type KeyVerdict, keyName } from '../../../src/lint/model/online.js'
import { privateKeySigner } from '../../../src/signers/create-signer.js'
import { CONTRACT, ENCRYPTION_KEY, keypairOf, nodeKeys, OPERATOR, secretOf } from '../../support/deployment.js'
import { deployment, found, inShort, N0, N1, service, TOOLS, without } from '../../support/found.js'
import { ip } from '../../support/nodes.js'

const KEY = parseEncryptionKey(ENCRYPTION_KEY, 'test')
const ME = parseAddress(OPERATOR, 'test')
const OTHER = parseAddress('11'.repeat(20), 'test')
const PORTS = { primaryPort: 3010, secondaryPort: 3011, privateIpv4Addr: null }
const MINE: readonly PlainNode[] = [
  { ...PORTS, peerId: nodeKeys[0].peerId, ipv4Addr: ip('52.1.2.3') },
  { ...PORTS, peerId: nodeKeys[1].peerId, ipv4Addr: ip('52.1.2.4') },
]
const stranger = await keypairOf(9)
const THEIRS: readonly PlainNode[] = [
  { ...PORTS, peerId: stranger.peerId, ipv4Addr: ip('53.1.2.3') },
  { ...PORTS, peerId: (await keypairOf(10)).peerId, ipv4Addr: ip('53.1.2.4') },
]

function slot(number: number, id: Address, nodes: readonly PlainNode[] | null): OperatorSlot {
  const stored = nodes?.map((node) => storeNode(node, KEY))
  const decoded = stored ? { name: 'x', nodes: stored, clients: [], schema: 1 as const, trailingBytes: 0 } : null
  return { slot: number, id, data: new Uint8Array(), decoded, reason: decoded ? null : 'damaged' }
}

interface Setting extends Partial<ChainSide> {
  readonly mine?: readonly PlainNode[] | null
  readonly verdict?: KeyVerdict
}

async function all(what: Found, { mine = MINE, verdict = { kind: 'proven' }, ...rest }: Setting = {}) {
  const { nodes } = await checkServices(what, TOOLS)
  return checkOnline(nodes, {
    contract: parseAddress(CONTRACT, 'test'),
    view: { operators: [slot(0, OTHER, THEIRS), slot(1, ME, mine)] },
    operator: null,
    keys: new Map([[keyName(KEY), verdict]]),
    isBlamed: () => false,
    ...rest,
  })
}
const bad = (checks: readonly Finding[]) =>
  checks.filter(({ status }) => status === 'fail' || status === 'warn').map(inShort)
const faults = async (what: Found, setting: Setting = {}) => bad(await all(what, setting))

it('finds nothing wrong with what is as on chain', async () => {
  const checks = await all(deployment({ n0: { PUBLIC_ADDRESS: '52.1.2.3' } }))
  expect(checks.map(({ status, id }) => `${status} ${id}`)).toEqual([
    'pass contract-on-chain',
    'pass operator-on-chain',
    'pass node-on-chain',
    'pass ports-on-chain',
    'pass nodes-served',
    'pass encryption-key-on-chain',
    'pass public-address-on-chain',
  ])
})

describe('the cluster', () => {
  it('is the one that is configured', async () => {
    const contract = parseAddress('33'.repeat(20), 'test')
    // Of another cluster's chain nothing else is compared.
    expect(new Set((await all(deployment(), { contract })).map(({ id }) => id))).toEqual(new Set(['contract-on-chain']))
    expect(await faults(deployment(), { contract })).toEqual([
      'fail contract-on-chain n0.env:9',
      'fail contract-on-chain n1.env:9',
    ])
    expect(await faults(deployment({ n1: { SMART_CONTRACT_ADDRESS: contract } }))).toEqual([
      'fail contract-on-chain n1.env:9',
    ])
  })

  it('is not blamed twice', async () => {
    const what = deployment({ n1: { SMART_CONTRACT_ADDRESS: '33'.repeat(20) } })
    expect(await faults(what, { isBlamed: ({ file, line }) => file === 'n1.env' && line === 9 })).toEqual([])
  })
})

describe('the operator', () => {
  const key = `0x${'b8'.repeat(32)}`
  const other = privateKeySigner(parseOperatorPrivateKey(key, 'test')).address
  it('is a member, by its signing key', async () => {
    const checks = await all(deployment({ n0: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: key } }))
    expect(bad(checks)).toEqual(['fail operator-on-chain n0.env:12'])
    expect(checks).toContainEqual(expect.objectContaining({ summary: expect.stringMatching(new RegExp(other, 'i')) }))
  })

  it('is a member, as configured', async () => {
    expect(await faults(deployment(), { operator: other, isBlamed: () => true })).toEqual([
      'fail operator-on-chain -:-',
    ])
  })

  it('that has nothing on chain is about to join, which is no failure, and is told how', async () => {
    const keys = [await keypairOf(77), await keypairOf(78)].map((pair) => ({ SECRET_KEY: secretOf(pair) }))
    const what = deployment({ n0: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: key, ...keys[0] }, n1: keys[1] ?? {} })
    for (const operator of [null, other]) {
      const checks = await all(what, { operator })
      expect(bad(checks)).toEqual(['warn operator-on-chain -:-'])
      expect(checks.map(({ id }) => id)).toEqual(['contract-on-chain', 'encryption-key-on-chain', 'operator-on-chain'])
      expect(checks.at(-1)?.hint).toContain('wcn operator register -f deployment.yaml')
    }
    // Whoever is a member, or has a node that somebody lists, has keys mixed up.
    expect(await faults(what, { operator: ME })).toContain('fail operator-on-chain n0.env:12')
    const half = deployment({ n0: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: key, ...keys[0] } })
    expect(await faults(half)).toContain('fail operator-on-chain n0.env:12')
  })

  it('is not blamed twice', async () => {
    const what = deployment({ n0: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: key } })
    const isBlamed: ChainSide['isBlamed'] = ({ file, line }) => file === 'n0.env' && line === 12
    expect(await faults(what, { operator: ME, isBlamed })).toEqual([])
    expect(await faults(what, { operator: ME })).toEqual(['fail operator-on-chain n0.env:12'])
  })

  it('is told by the nodes where nobody names it', async () => {
    const what = found([service('node', 'n1.env', N1)])
    expect(await all(what)).toContainEqual(
      expect.objectContaining({ id: 'operator-on-chain', status: 'pass', summary: expect.stringContaining(OPERATOR) }),
    )
    const unknown = found([service('node', 'n1.env', { ...N1, SECRET_KEY: secretOf(await keypairOf(77)) })])
    expect(await all(unknown)).toContainEqual(expect.objectContaining({ id: 'operator-on-chain', status: 'skip' }))
    expect(await faults(unknown)).toEqual(['fail node-on-chain n1.env:1'])
  })

  it('may have data that nobody can read', async () => {
    const checks = await all(deployment(), { mine: null })
    expect(bad(checks)).toEqual([])
    expect(checks).toContainEqual(expect.objectContaining({ id: 'node-on-chain', status: 'skip' }))
  })
})

describe('nodes', () => {
  it('have keys that are on the list of their operator', async () => {
    expect(await faults(deployment({ n1: { SECRET_KEY: secretOf(await keypairOf(77)) } }))).toEqual([
      'fail node-on-chain n1.env:1',
    ])
    const checks = await all(deployment({ n1: { SECRET_KEY: secretOf(stranger) } }))
    expect(bad(checks)).toEqual(['fail node-on-chain n1.env:1'])
    expect(checks.find(({ status }) => status === 'fail')?.summary).toContain('0x1111')
  })

  it('listen on their ports on chain', async () => {
    expect(await faults(deployment({ n0: { PRIMARY_RPC_SERVER_PORT: '3030' } }))).toEqual([
      'fail ports-on-chain n0.env:2',
    ])
    expect(await faults(deployment({ n0: { SECONDARY_RPC_SERVER_PORT: '3030' } }))).toEqual([
      'fail ports-on-chain n0.env:3',
    ])
  })

  it('are reached at the ports they are mapped to', async () => {
    const mapped = (hostPort: number): Found => {
      const what = deployment({ n0: { PRIMARY_RPC_SERVER_PORT: '4000' } })
      const place = { file: 'compose.yaml', line: 5 }
      const published = [
        { address: null, hostPort, port: 4000, protocol: 'udp', how: 'ports', place },
        { address: null, hostPort: 3011, port: 3011, protocol: 'udp', how: 'ports', place },
      ] as const
      const image = { reference: 'wcn-node:1', place }
      return {
        ...what,
        services: what.services.map((one) => (one.name === 'n0.env' ? { ...one, published, image } : one)),
      }
    }
    expect(await faults(mapped(3010))).toEqual([])
    expect(await faults(mapped(4000))).toEqual(['fail ports-on-chain n0.env:2'])
  })

  it("have no other node's key", async () => {
    const [first, second] = MINE as [PlainNode, PlainNode]
    const mine = [first, { ...second, primaryPort: 3020, secondaryPort: 3021 }]
    const own = { PRIMARY_RPC_SERVER_PORT: '3020', SECONDARY_RPC_SERVER_PORT: '3021' }
    expect(await faults(deployment({ n1: own }), { mine })).toEqual([])
    const checks = await all(deployment({ n1: { ...own, SECRET_KEY: N0.SECRET_KEY ?? null } }), { mine })
    expect(bad(checks)).toEqual(['warn nodes-served -:-', 'fail ports-on-chain n1.env:1'].toSorted())
    expect(checks.find(({ id }) => id === 'ports-on-chain')?.summary).toContain("is not this node's")
  })

  it('are all here, or that is said', async () => {
    const third = { ...PORTS, peerId: (await keypairOf(21)).peerId, ipv4Addr: ip('52.1.2.5') }
    expect(await faults(deployment(), { mine: [...MINE, third] })).toEqual(['warn nodes-served -:-'])
    expect(await faults(found([service('node', 'n0.env', N0)]))).toEqual([])
  })
})

describe('the encryption key', () => {
  it('is the one of the cluster', async () => {
    expect(await faults(deployment(), { verdict: { kind: 'wrong', why: 'no' } })).toEqual([
      'fail encryption-key-on-chain n0.env:10',
      'fail encryption-key-on-chain n1.env:10',
    ])
    expect(await all(deployment(), { verdict: { kind: 'unproven' } })).toContainEqual(
      expect.objectContaining({ id: 'encryption-key-on-chain', status: 'skip' }),
    )
  })

  it('shows whether the public address is the one on chain', async () => {
    const what = deployment({ n1: { PUBLIC_ADDRESS: '52.1.2.9' } })
    expect(await faults(what)).toEqual(['fail public-address-on-chain n1.env:12'])
    expect(await faults(what, { isBlamed: ({ line }) => line === 12 })).toEqual([])
  })
})

it('needs no signing key and no address to compare', async () => {
  const what = found([
    service('node', 'n0.env', without(N0, 'SMART_CONTRACT_ADDRESS', 'SMART_CONTRACT_ENCRYPTION_KEY')),
    service('node', 'n1.env', N1),
  ])
  expect(await faults(what)).toEqual([])
})
