import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import type { OperatorData, StoredClient } from '../../src/cluster/codec/operator-data.js'
import { operatorChanges } from '../../src/cluster/operator-changes.js'
import { storeNode } from '../../src/cluster/plain-node.js'
import { clientJson, nodeJson } from '../../src/cluster/to-json.js'
import { cpuClock } from '../support/cpu-time.js'
import { ip, node, peerId } from '../support/nodes.js'

const key = parseEncryptionKey('42'.repeat(32), 'the test')
const stored = (n: number, values: Parameters<typeof node>[1] = {}) => storeNode(node(n, values), key)
const client = (n: number, ...namespaces: number[]): StoredClient => ({ peerId: peerId(n), namespaces })
const operator = (values: Partial<OperatorData> = {}): OperatorData => ({
  name: 'acme',
  nodes: [stored(0), stored(1)],
  clients: [],
  ...values,
})
const json = (n: number, values: Parameters<typeof node>[1] = {}) => nodeJson(stored(n, values), key)
const summary = (before: OperatorData, after: OperatorData) =>
  operatorChanges(before, after, key).map(({ op, path }) => `${op} ${path}`)

const pool = [
  ...[0, 1, 2].map((n) => stored(n)),
  ...[0, 1].map((n) => stored(n, { primaryPort: 4010 })),
  ...[3, 4].map((n) => stored(n, { ipv4Addr: ip('20.0.0.1') })),
]
const anyNodes = fc.array(fc.constantFrom(...pool), { maxLength: 7 })
const anyClients = fc.array(fc.constantFrom(client(0), client(0, 1), client(1, 1, 2), client(1, 2, 1)), {
  maxLength: 4,
})
const anyOperator = fc.record({ name: fc.constantFrom('a', 'b'), nodes: anyNodes, clients: anyClients })

const sorted = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).sort()

describe('whatever the two versions are', () => {
  it('there are no changes exactly when both hold the same, in whichever order', () => {
    const reordered = anyOperator.chain((from) =>
      fc
        .tuple(
          fc.shuffledSubarray([...from.nodes], { minLength: from.nodes.length }),
          fc.shuffledSubarray([...from.clients], { minLength: from.clients.length }),
        )
        .map(([nodes, clients]) => [from, { ...from, nodes, clients }] as const),
    )
    fc.assert(
      fc.property(reordered, ([before, after]) => {
        expect(operatorChanges(before, after, key)).toEqual([])
      }),
    )
    fc.assert(
      fc.property(anyOperator, anyOperator, (before, after) => {
        const same =
          before.name === after.name &&
          sorted(before.nodes).join() === sorted(after.nodes).join() &&
          sorted(before.clients).join() === sorted(after.clients).join()
        expect(operatorChanges(before, after, key).length === 0).toBe(same)
      }),
    )
  })

  it('what they take away and bring makes one of the other', () => {
    fc.assert(
      fc.property(anyOperator, anyOperator, (before, after) => {
        const changes = operatorChanges(before, after, key)
        for (const [list, show] of [
          ['nodes', (data: OperatorData) => data.nodes.map((item) => nodeJson(item, key))],
          ['clients', (data: OperatorData) => data.clients.map(clientJson)],
        ] as const) {
          const own = changes.filter(({ path }) => path.startsWith(list))
          const left = sorted(show(before))
          for (const gone of sorted(own.flatMap(({ op, before: old }) => (op === 'add' ? [] : [old])))) {
            expect(left).toContain(gone)
            left.splice(left.indexOf(gone), 1)
          }
          const come = own.flatMap(({ op, after: value }) => (op === 'remove' ? [] : [value]))
          expect([...left, ...sorted(come)].sort()).toEqual(sorted(show(after)))
        }
      }),
    )
  })

  it('each change has the shape of its kind, at a place where its value is', () => {
    fc.assert(
      fc.property(anyOperator, anyOperator, (before, after) => {
        for (const { op, path, before: old, after: value } of operatorChanges(before, after, key)) {
          expect(old === null).toBe(op === 'add')
          expect(value === null).toBe(op === 'remove')
          if (path === 'name') continue
          const [, list, index] = /^(nodes|clients)\[(\d+)\]$/.exec(path) ?? []
          const data = op === 'remove' ? before : after
          const there =
            list === 'nodes' ? nodeJson(data.nodes[Number(index)]!, key) : clientJson(data.clients[Number(index)]!)
          expect(there).toEqual(op === 'remove' ? old : value)
        }
      }),
    )
  })
})

describe('shapes', () => {
  it('a name, an added, a changed and a removed node', () => {
    const before = operator({ nodes: [stored(0), stored(1), stored(2)] })
    const after = operator({ name: 'new', nodes: [stored(0, { primaryPort: 4010 }), stored(1), stored(5)] })
    expect(operatorChanges(before, after, key)).toEqual([
      { op: 'update', path: 'name', before: 'acme', after: 'new' },
      { op: 'update', path: 'nodes[0]', before: json(0), after: json(0, { primaryPort: 4010 }) },
      { op: 'update', path: 'nodes[2]', before: json(2), after: json(5) },
    ])
    expect(operatorChanges(before, operator(), key)).toEqual([
      { op: 'remove', path: 'nodes[2]', before: json(2), after: null },
    ])
    expect(operatorChanges(operator(), before, key)).toEqual([
      { op: 'add', path: 'nodes[2]', before: null, after: json(2) },
    ])
  })

  it('clients, whose namespaces are a change of the client', () => {
    expect(
      operatorChanges(operator({ clients: [client(7, 1)] }), operator({ clients: [client(7, 1, 2)] }), null),
    ).toEqual([
      {
        op: 'update',
        path: 'clients[0]',
        before: { peer_id: peerId(7), authorized_namespaces: [1] },
        after: { peer_id: peerId(7), authorized_namespaces: [1, 2] },
      },
    ])
  })

  it('a new operator is all additions', () => {
    expect(
      operatorChanges(null, operator({ clients: [client(7)] }), key).map(({ op, path }) => `${op} ${path}`),
    ).toEqual(['add name', 'add nodes[0]', 'add nodes[1]', 'add clients[0]'])
  })

  it('without the key addresses are null, and a new ciphertext is a change all the same', () => {
    const changes = operatorChanges(
      operator(),
      operator({ nodes: [stored(0), stored(1, { ipv4Addr: ip('20.5.5.5') })] }),
      null,
    )
    const hidden = { ...json(1), ipv4_addr: null }
    expect(changes).toEqual([{ op: 'update', path: 'nodes[1]', before: hidden, after: hidden }])
  })
})

describe('who is shown as the successor of whom', () => {
  it('the same peer ID, although another node came into its place', () => {
    const before = operator({ nodes: [stored(0), stored(1)] })
    const after = operator({ nodes: [stored(5), stored(0, { primaryPort: 4010 })] })
    expect(summary(before, after)).toEqual(['add nodes[0]', 'update nodes[1]', 'remove nodes[1]'])
    expect(operatorChanges(before, after, key)[1]?.before).toEqual(json(0))
  })

  it('the same address and port: a new key on the same host, after an earlier node went', () => {
    const before = operator({ nodes: [stored(0), stored(1), stored(2)] })
    const after = operator({ nodes: [stored(9, { ipv4Addr: ip('20.0.1.1') }), stored(2)] })
    expect(summary(before, after)).toEqual(['update nodes[0]', 'remove nodes[0]'])
    expect(operatorChanges(before, after, key)[0]?.before).toEqual(json(1))
  })
})

it('stays quick for as many nodes as data can hold', () => {
  const list = (port: number) => Array.from({ length: 78 }, (_, n) => stored(n % 60, { primaryPort: port + n }))
  const [before, after] = [operator({ nodes: list(1000) }), operator({ nodes: list(2000) })]
  const spent = cpuClock()
  expect(operatorChanges(before, after, key)).toHaveLength(78)
  expect(spent()).toBeLessThan(2000)
})
