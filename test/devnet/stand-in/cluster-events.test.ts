/** What a stand-in node tells of the contract's events on RPC 1 of `Cluster2`: of every kind, and as they happen on a real chain. */
import { type Abi, encodeAbiParameters, encodeEventTopics, parseAbi } from 'viem'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encodeOperatorData } from '../../../src/cluster/codec/operator-data.js'
import { clusterEvent } from '../../../src/devnet/stand-in/cluster-events.js'
import { encodeCall, encodeOpening } from '../../../src/peer/protocol/rpc.js'
import { loadAddon, quicConfig } from '../../../src/peer/quic/load-addon.js'
import { useDevnet } from '../../support/devnet.js'
import { quicAvailable, randomNodeKeypair, startTestNode } from '../../support/stand-ins.js'

const ABI = parseAbi([
  'struct Settings { uint16 maxOperatorDataBytes; uint8 minOperators; bytes extra; }',
  'struct Keyspace { uint256 operatorBitmask; uint8 replicationStrategy; }',
  'event MigrationStarted(uint64 indexed id, Keyspace newKeyspace, uint64 keyspaceVersion, uint128 version)',
  'event MigrationDataPullCompleted(uint64 indexed id, address indexed operator, uint128 version)',
  'event MigrationCompleted(uint64 indexed id, address indexed operator, uint128 version)',
  'event MigrationAborted(uint64 indexed id, uint128 version)',
  'event NodeOperatorAdded(address indexed operator, uint8 indexed slot, bytes operatorData, uint128 version)',
  'event NodeOperatorUpdated(address indexed operator, uint8 indexed slot, bytes operatorData, uint128 version)',
  'event NodeOperatorRemoved(address indexed operator, uint8 indexed slot, uint128 version)',
  'event MaintenanceToggled(address indexed operator, bool active, uint128 version)',
  'event SettingsUpdated(Settings newSettings, address indexed updatedBy, uint128 version)',
  'event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)',
])
const OPERATOR = `0x${'ab'.repeat(20)}`
const VALUES: Readonly<Record<string, unknown>> = {
  ...{
    id: 7n,
    operator: OPERATOR,
    updatedBy: OPERATOR,
    slot: 3,
    version: 2n ** 100n,
    active: true,
    keyspaceVersion: 9n,
  },
  ...{ newKeyspace: { operatorBitmask: 31n, replicationStrategy: 0 }, operatorData: `0x${'01'.repeat(40)}` },
  newSettings: { maxOperatorDataBytes: 4096, minOperators: 5, extra: '0x0102' },
}

function logOf(eventName: string) {
  const item = ABI.find((one) => one.type === 'event' && one.name === eventName)
  const inputs = item?.type === 'event' ? item.inputs : []
  const data = inputs.filter((input) => !('indexed' in input && input.indexed))
  return {
    topics: encodeEventTopics({ abi: ABI as Abi, eventName, args: VALUES }),
    data: encodeAbiParameters(
      data,
      data.map(({ name }) => VALUES[name ?? '']),
    ),
  }
}

describe('an event', () => {
  const [id, operator] = [{ id: 7n }, { operator: new Array(20).fill(0xab) }]
  it.each([
    ['MigrationStarted', id],
    ['MigrationDataPullCompleted', { ...id, ...operator }],
    ['MigrationCompleted', { ...id, ...operator }],
    ['MigrationAborted', id],
    ['NodeOperatorAdded', { ...operator, slot: 3n }],
    ['NodeOperatorUpdated', { ...operator, slot: 3n }],
    ['NodeOperatorRemoved', { ...operator, slot: 3n }],
    ['MaintenanceToggled', operator],
    ['SettingsUpdated', operator],
  ])('%s says whom it is about, and its version', (name, about) => {
    expect(clusterEvent(logOf(name))).toEqual({ [name]: { ...about, cluster_version: 2n ** 100n } })
  })

  it('of ownership, or what is none, is not told', () => {
    expect(clusterEvent({ topics: [`0x${'00'.repeat(32)}`], data: '0x' })).toBeNull()
    for (const none of [null, {}, { topics: [], data: '0x' }, { topics: 'x', data: 1 }])
      expect(clusterEvent(none)).toBeNull()
  })
})

describe.skipIf(!quicAvailable)('RPC 1 of a node', () => {
  const net = useDevnet()

  it('is acknowledged, and tells of each event as it happens', async () => {
    const node = await startTestNode(net)
    onTestFinished(node.stop)
    const addon = await loadAddon()
    const client = new addon.Client(new addon.QuinnConfig(quicConfig(await randomNodeKeypair(), 30_000)), 0)
    onTestFinished(() => client.abort())
    const connection = await client.outboundConnection(node.host, node.primaryPort)
    const opening = await connection.outboundStream()
    await opening.write(encodeOpening('Cluster2'))
    expect(await opening.read(4)).toEqual(new Uint8Array(4))

    const stream = await connection.outboundStream()
    const next = async () => {
      const [header] = [Buffer.from((await stream.read(4)) ?? [])]
      return JSON.parse(Buffer.from((await stream.read(header.readUInt32BE())) ?? []).toString())
    }
    await stream.write(encodeCall(1, null))
    expect(await next()).toEqual({ Ack: { Ok: null } })
    const [operator] = net.operators
    if (!operator) throw new Error('the development chain has no operator')
    const bytes = [...Buffer.from(operator.address.slice(2), 'hex')]
    for (const cluster_version of [1, 2]) {
      await net.putData(operator, encodeOperatorData({ name: `${cluster_version}`, nodes: [], clients: [] }))
      const NodeOperatorUpdated = { operator: bytes, slot: 0, cluster_version: expect.any(Number) }
      expect(await next()).toEqual({ Event: { Ok: { NodeOperatorUpdated } } })
    }
  })
})
