/** The nodes file: what it may say, and that every complaint names the line. */
import { describe, expect, it } from 'vitest'
import { parseNodesFile } from '../../src/cluster/nodes-file.js'
import { keypair, SAMPLE_PEER_ID } from '../support/onboarding.js'
import { thrownBy } from '../support/thrown.js'

const { peerId } = await keypair(1)

function yaml(change: Readonly<Record<string, string>> = {}): string {
  const fields = { peer_id: peerId, ipv4_addr: '5.6.7.8', primary_port: '3010', secondary_port: '3011', ...change }
  return [
    'name: acme',
    'nodes:',
    ...Object.entries(fields).map(([key, value], i) => `${i ? '    ' : '  - '}${key}: ${value}`),
  ].join('\n')
}

describe('parseNodesFile', () => {
  it('reads YAML and JSON', () => {
    const node = { peerId, ipv4Addr: '5.6.7.8', privateIpv4Addr: null, primaryPort: 3010, secondaryPort: 3011 }
    expect(parseNodesFile(yaml(), 'nodes.yaml')).toEqual({ name: 'acme', nodes: [node] })
    const json = {
      nodes: [
        {
          peer_id: peerId,
          ipv4_addr: '5.6.7.8',
          private_ipv4_addr: '10.0.0.8',
          primary_port: 3010,
          secondary_port: 3011,
        },
      ],
      clients: [{ peer_id: peerId, authorized_namespaces: [0, 255] }],
    }
    expect(parseNodesFile(JSON.stringify(json), '-')).toEqual({
      nodes: [{ ...node, privateIpv4Addr: '10.0.0.8' }],
      clients: [{ peerId, namespaces: [0, 255] }],
    })
    expect(parseNodesFile('{"nodes": [], "clients": []}', 'x')).toEqual({ nodes: [], clients: [] })
    expect(parseNodesFile(yaml({ private_ipv4_addr: 'null' }), 'x').nodes).toEqual([node])
  })

  it('leaves to others what may be written: an odd peer ID may be on chain', () => {
    expect(parseNodesFile(yaml({ peer_id: SAMPLE_PEER_ID }), 'x').nodes[0]?.peerId).toBe(SAMPLE_PEER_ID)
  })

  it.each([
    [{ peer_id: 'nonsense' }, 'PEER_ID_INVALID', 3],
    [{ ipv4_addr: 'example.org' }, 'IP_ADDRESS_INVALID', 4],
    [{ ipv4_addr: '010.1.2.3' }, 'IP_ADDRESS_INVALID', 4],
    [{ ipv4_addr: '"2001:db8::1"' }, 'IP_ADDRESS_INVALID', 4],
    [{ primary_port: '1e3' }, 'PORT_INVALID', 5],
    [{ primary_port: '0x50' }, 'PORT_INVALID', 5],
    [{ secondary_port: '65536' }, 'PORT_INVALID', 6],
    [{ secondary_port: '"03011"' }, 'PORT_INVALID', 6],
    [{ secondary_port: '80.5' }, 'PORT_INVALID', 6],
    [{ secondary_port: 'true' }, 'DOCUMENT_INVALID', 6],
    [{ ipv4: '5.6.7.8' }, 'DOCUMENT_INVALID', 7],
  ] as const)('refuses %j with %s', (change, code, line) => {
    const error = thrownBy(() => parseNodesFile(yaml(change), 'nodes.yaml'))
    expect(error.code).toBe(code)
    expect(error.message).toContain(`nodes.yaml:${line}: nodes[0]`)
  })

  it.each(['', '[]', 'nodes', 'name: x', 'nodes: {}', 'nodes: []\nnodes: []', 'nodes: []\nname: 5', '{"nodes": [{}]}'])(
    'refuses %j',
    (text) => {
      expect(thrownBy(() => parseNodesFile(text, 'nodes.yaml')).code).toBe('DOCUMENT_INVALID')
    },
  )

  it('refuses namespaces that are none', () => {
    const text = `nodes: []\nclients:\n  - peer_id: ${peerId}\n    authorized_namespaces: [1, 256]`
    const error = thrownBy(() => parseNodesFile(text, 'nodes.yaml'))
    expect([error.code, error.message]).toEqual([
      'NAMESPACE_INVALID',
      expect.stringContaining('nodes.yaml:4: clients[0]'),
    ])
  })
})
