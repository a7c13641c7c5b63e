/** Whom a node dials: every server of every node on chain and its database, and at 127.0.0.1 those at its own public address. */
import { expect, it } from 'vitest'
import { parseEncryptionKey } from '../../../src/base/keys/encryption-key.js'
import type { NodeEnvironment } from '../../../src/devnet/model/service-environment.js'
import { databaseServers, peerServers } from '../../../src/devnet/stand-in/peers.js'
import { viewAt } from '../../support/cluster-at.js'
import { ip, node, peerId } from '../../support/nodes.js'

const environment = (publicAddress: string | null) =>
  ({
    encryptionKey: parseEncryptionKey('42'.repeat(32), 'the test'),
    publicAddress: publicAddress === null ? null : ip(publicAddress),
    database: { host: ip('10.0.0.1'), peerId: peerId(9), primaryPort: 1, secondaryPort: 2 },
  }) as NodeEnvironment

const view = viewAt({ nodes: [node(0), node(1, { primaryPort: 7, secondaryPort: 8 })], others: [] })
const dialled = (publicAddress: string | null) =>
  peerServers(view, environment(publicAddress)).map(({ host, port, apis }) => `${host}:${port} ${apis}`)

it('both servers of each node, where they are listed', () => {
  expect(dialled(null)).toEqual([
    '20.0.0.1:3010 Replica',
    '20.0.0.1:3011 Replica,Metrics',
    '20.0.1.1:7 Replica',
    '20.0.1.1:8 Replica,Metrics',
  ])
})

it('at 127.0.0.1, on their own ports, those that have the address of PUBLIC_ADDRESS', () => {
  expect(dialled('20.0.1.1').slice(2)).toEqual(['127.0.0.1:7 Replica', '127.0.0.1:8 Replica,Metrics'])
  expect(dialled('20.0.1.1')[0]).toBe('20.0.0.1:3010 Replica')
})

it('its database', () => {
  expect(databaseServers(environment(null)).map(({ host, port, apis }) => `${host}:${port} ${apis}`)).toEqual([
    '10.0.0.1:1 Database',
    '10.0.0.1:2 Database,Metrics',
  ])
})
