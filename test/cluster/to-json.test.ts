import { describe, expect, it } from 'vitest'
import { ZERO_ADDRESS } from '../../src/base/address.js'
import { bytesToHex, type Hex } from '../../src/base/hex.js'
import { parseIpv4 } from '../../src/base/ipv4.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { ed25519PeerId } from '../../src/base/keys/peer-id.js'
import { clusterView, type RawClusterView } from '../../src/cluster/cluster-view.js'
import { encryptIpv4 } from '../../src/cluster/codec/ip-encryption.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { DEFAULT_SETTINGS, encodeSettingsData } from '../../src/cluster/codec/settings-data.js'
import { clusterJson, migrationJson, operatorJson } from '../../src/cluster/to-json.js'

const key = parseEncryptionKey('5e'.repeat(32), 'x')
const peerId = ed25519PeerId(new Uint8Array(32).fill(7))
const encrypted = (ip: string) => encryptIpv4(key, peerId, parseIpv4(ip, 'x'))

const data = encodeOperatorData({
  name: 'acme',
  nodes: [
    { peerId, ipv4: encrypted('192.0.2.1'), privateIpv4: null, primaryPort: 3010, secondaryPort: 3011 },
    { peerId, ipv4: encrypted('192.0.2.2'), privateIpv4: encrypted('10.0.0.2'), primaryPort: 1, secondaryPort: 2 },
  ],
  clients: [{ peerId, namespaces: [3, 1] }],
})

const raw: RawClusterView = {
  owner: `0x${'0F'.repeat(20)}`.toLowerCase(),
  settings: { maxOperatorDataBytes: 4096, minOperators: 5, extra: bytesToHex(encodeSettingsData(DEFAULT_SETTINGS)) },
  version: 2n ** 127n,
  keyspaceVersion: 0n,
  operatorSlots: [
    { addr: `0x${'11'.repeat(20)}`, data: `${bytesToHex(data)}ff` },
    { addr: ZERO_ADDRESS, data: '0x' },
    { addr: `0x${'22'.repeat(20)}`, data: '0x07' },
  ],
  keyspaces: [
    { operatorBitmask: 1n, replicationStrategy: 0 },
    { operatorBitmask: 0n, replicationStrategy: 0 },
  ],
  migration: { id: 1n, startedAt: 1_700_000_000n, abortedAt: 0n, pullingOperatorBitmask: 0n },
  maintenanceSlot: ZERO_ADDRESS,
}
const view = clusterView(raw)
const snapshot = {
  chainId: 10,
  contract: ZERO_ADDRESS,
  block: { number: 5, hash: `0x${'cd'.repeat(32)}` as Hex },
  view,
}

describe('the shape of an operator', () => {
  const [operator, broken] = view.operators
  if (operator === undefined || broken === undefined) throw new Error('two operators expected')

  it('with the key', () => {
    const ports = { primary_port: 3010, secondary_port: 3011 }
    expect(operatorJson(operator, true, key)).toStrictEqual({
      slot: 0,
      id: `0x${'11'.repeat(20)}`,
      name: 'acme',
      nodes: [
        { peer_id: peerId, ipv4_addr: '192.0.2.1', private_ipv4_addr: null, ...ports },
        { peer_id: peerId, ipv4_addr: '192.0.2.2', private_ipv4_addr: '10.0.0.2', primary_port: 1, secondary_port: 2 },
      ],
      clients: [{ peer_id: peerId, authorized_namespaces: [3, 1] }],
      data_bytes: data.length + 1,
      data_schema: 1,
      in_keyspace: true,
      trailing_bytes: 1,
    })
  })

  it('without the key shows no address and no ciphertext', () => {
    const json = operatorJson(operator, false, null)
    expect(json).toMatchObject({
      addresses: 'encrypted',
      in_keyspace: false,
      nodes: [
        { ipv4_addr: null, private_ipv4_addr: null },
        { ipv4_addr: null, private_ipv4_addr: null },
      ],
    })
    for (const ip of ['192.0.2.1', '192.0.2.2', '10.0.0.2']) {
      expect(JSON.stringify(json)).not.toContain(encrypted(ip).join('.'))
    }
  })

  it('that the network cannot decode', () => {
    expect(operatorJson(broken, false, key)).toStrictEqual({
      slot: 2,
      id: `0x${'22'.repeat(20)}`,
      corrupted: true,
      reason: 'the data has schema version 7, which is unknown',
      data_bytes: 1,
    })
  })
})

describe('the shape of a cluster', () => {
  it('has the promised fields, big integers as strings', () => {
    const json = clusterJson(snapshot, null)
    expect(Object.keys(json)).toEqual([
      'chain_id',
      'contract',
      'block',
      'version',
      'keyspace_version',
      'owner',
      'settings',
      'operators',
      'keyspace',
      'new_keyspace',
      'pulling_operators',
      'migration',
      'maintenance',
    ])
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      chain_id: 10,
      block: { number: 5, hash: `0x${'cd'.repeat(32)}` },
      version: '170141183460469231731687303715884105728',
      keyspace_version: 0,
      settings: {
        max_operator_data_bytes: 4096,
        min_operators: 5,
        event_propagation_latency_ms: 5000,
        clock_skew_ms: 500,
        migration_concurrency: 10,
        migration_tx_bandwidth: 10_000_000,
        migration_rx_bandwidth: 10_000_000,
      },
      operators: [{ slot: 0 }, { slot: 2 }],
      keyspace: [0],
      new_keyspace: null,
      pulling_operators: null,
      migration: { id: 1, started_at: 1_700_000_000, aborted_at: 0 },
      maintenance: null,
    })
    expect(migrationJson(null)).toBeNull()
  })
})
