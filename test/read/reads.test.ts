import { describe, expect, it } from 'vitest'
import { plainPaint } from '../../src/cli/paint.js'
import { run as listClients } from '../../src/clients/clients-list.js'
import { run as exportNodes } from '../../src/nodes/nodes-export.js'
import { run as listNodes } from '../../src/nodes/nodes-list.js'
import { run as viewOperator } from '../../src/operator/operator-view.js'
import { run as viewCluster } from '../../src/overview/cluster-view.js'
import { clusterViewText } from '../../src/overview/view.js'
import { peerId } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import {
  blob,
  member,
  OPERATOR,
  OWN_NODES,
  OWNER,
  SETTINGS,
  useRealCluster,
  WRONG_KEY,
} from '../support/use-real-cluster.js'

const { services, ownerWrites, now } = useRealCluster()
const nodeJson = (n: number, shown = true) => ({
  peer_id: peerId(n),
  ipv4_addr: shown ? `20.0.${n}.1` : null,
  private_ipv4_addr: null,
  primary_port: 3010,
  secondary_port: 3011,
})
const clients = [{ peerId: peerId(5), namespaces: [1] }]
/** As an onlooker: an address and nothing else. */
const onlooker = (operator = OPERATOR) => services({ privateKey: null, encryptionKey: null, operator })

describe('without any key', () => {
  it('operator view shows everything but addresses', async () => {
    await ownerWrites(blob('acme', OWN_NODES, clients))
    const { data } = await viewOperator(onlooker().services)
    expect(data).toEqual({
      chain_id: 31337,
      contract: now.contract,
      block: { number: expect.any(Number), hash: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
      version: 2,
      operator: {
        slot: 0,
        id: OPERATOR,
        name: 'acme',
        nodes: [0, 1, 2].map((n) => nodeJson(n, false)),
        clients: [{ peer_id: peerId(5), authorized_namespaces: [1] }],
        data_bytes: (blob('acme', OWN_NODES, clients).length - 2) / 2,
        data_schema: 1,
        in_keyspace: true,
        trailing_bytes: 0,
        addresses: 'encrypted',
      },
      max_operator_data_bytes: 4096,
      migration: null,
      migration_in_progress: false,
      maintenance: null,
    })
  })

  it('nodes list says that addresses are encrypted', async () => {
    const { data } = await listNodes(onlooker().services)
    expect(data).toMatchObject({ operator: OPERATOR, name: 'member 0', addresses: 'encrypted' })
    expect(data.nodes).toEqual([0, 1, 2].map((n) => nodeJson(n, false)))
  })

  it('nodes export is refused: such a list could not be applied again', async () => {
    expect((await rejectedBy(exportNodes(onlooker().services, {}))).code).toBe('SETTING_MISSING')
  })

  it('nodes export refuses a key that is not the cluster’s', async () => {
    const wrong = services({ encryptionKey: WRONG_KEY }).services
    expect((await rejectedBy(exportNodes(wrong, {}))).code).toBe('ENCRYPTION_KEY_WRONG')
    expect((await exportNodes(wrong, { forceEncryptionKey: true })).data.nodes).toHaveLength(3)
    const right = services()
    await exportNodes(right.services, {})
    expect(right.said).toEqual([])
  })

  it('cluster view shows every operator', async () => {
    const { data } = await viewCluster(onlooker().services, {})
    expect(data.operators.map(({ slot, id }) => [slot, id])).toEqual(
      [0, 1, 2, 3, 4].map((slot) => [slot, member(slot)]),
    )
    expect(data).toMatchObject({ owner: OWNER, keyspace: [0, 1, 2, 3, 4], migration: null, maintenance: null })
    expect(data.operators.some((operator) => 'looks_like' in operator)).toBe(false)
  })

  it('cluster view marks names that look alike', async () => {
    await ownerWrites(blob('MEMBER 3\ufe0f', OWN_NODES))
    const { data } = await viewCluster(onlooker().services, {})
    expect(data.operators.map(({ looks_like }) => looks_like)).toEqual([[3], undefined, undefined, [0], undefined])
    const text = clusterViewText(data, plainPaint)
    expect(text).toContain('MEMBER 3\\u{fe0f} (looks like slot 3)\n')
    expect(text).toContain('member 3 (looks like slot 0)\n')
  })
})

describe('with the encryption key', () => {
  it('addresses are shown', async () => {
    expect((await listNodes(services().services)).data.nodes).toEqual([0, 1, 2].map((n) => nodeJson(n)))
    expect((await viewOperator(services().services)).data.operator).not.toHaveProperty('addresses')
    expect((await exportNodes(services().services, {})).data).toEqual({
      name: 'member 0',
      nodes: [0, 1, 2].map((n) => nodeJson(n)),
      clients: [],
    })
  })
})

describe('data that does not decode', () => {
  it('is shown as such by views and refused by lists', async () => {
    await ownerWrites('0x09deadbeef')
    const { data } = await viewOperator(services().services)
    expect(data.operator).toEqual({
      slot: 0,
      id: OPERATOR,
      corrupted: true,
      reason: expect.stringContaining('schema version 9'),
      data_bytes: 5,
    })
    for (const read of [listNodes, listClients, exportNodes]) {
      const error = await rejectedBy(read(services().services, {}))
      expect(error.code).toBe('DATA_UNDECODABLE')
      expect(error.message).toContain('schema version 9')
    }
    expect((await viewCluster(services().services, {})).data.operators[0]).toMatchObject({ corrupted: true })
  })

  it('of one operator is no trouble for another', async () => {
    await ownerWrites('0x09deadbeef', member(1))
    expect((await listNodes(services().services)).data.nodes).toHaveLength(3)
  })
})

it('a stranger is told that they are one', async () => {
  for (const read of [viewOperator, listNodes, listClients]) {
    const error = await rejectedBy(read(onlooker(member(9)).services))
    expect(error.code).toBe('OPERATOR_NOT_FOUND')
    expect(error.message).toContain(member(9))
  }
})

it('a cluster that the network rejects is shown, with a warning', async () => {
  await now.cluster.write(OWNER, 'updateSettings', [{ ...SETTINGS, extra: '0x' }])
  const { services: all, said } = services()
  expect((await viewOperator(all)).data.operator).toMatchObject({ name: 'member 0' })
  expect(said).toEqual([expect.stringMatching(/^warning: the network's nodes reject this cluster: .*empty/)])
})

it('a migration is named, and whether it runs', async () => {
  await now.cluster.write(OWNER, 'addNodeOperator', [{ addr: member(5), data: blob('new', OWN_NODES) }])
  await now.cluster.write(OWNER, 'startMigration', [{ operatorBitmask: 63n, replicationStrategy: 0 }])
  const { data } = await viewOperator(services().services)
  expect(data).toMatchObject({ migration: { id: 1, aborted_at: 0 }, migration_in_progress: true })
  expect((await viewOperator(onlooker(member(5)).services)).data.operator).toMatchObject({ in_keyspace: false })
  await now.cluster.write(OWNER, 'abortMigration', [1n])
  expect((await viewOperator(services().services)).data).toMatchObject({
    migration: { id: 1 },
    migration_in_progress: false,
  })
})
