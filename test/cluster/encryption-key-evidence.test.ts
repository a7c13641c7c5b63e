import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, it } from 'vitest'
import { bytesToHex, type Hex } from '../../src/base/hex.js'
import { type EncryptionKey, parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { decodeGetView } from '../../src/chain/contract/decode-get-view.js'
import { type ClusterView, clusterView } from '../../src/cluster/cluster-view.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { encryptionKeyEvidence } from '../../src/cluster/encryption-key-evidence.js'
import { type PlainNode, storeNode } from '../../src/cluster/plain-node.js'
import { ip, node } from '../support/nodes.js'
import { readVectors } from '../support/vectors.js'

interface Golden {
  readonly encryption_key: string
  readonly states: readonly { readonly name: string; readonly get_view: Hex }[]
}

const golden = readVectors<Golden>('cluster-states')
const rightKey = parseEncryptionKey(golden.encryption_key, 'the test')
/** The same ones in every run. */
const wrongKeys = Array.from({ length: 200 }, (_, n) =>
  parseEncryptionKey(bytesToHex(sha256(Uint8Array.of(n, n >> 8))), 'the test'),
)
const states = golden.states.map(({ name, get_view }) => {
  const raw = decodeGetView(get_view)
  if (!raw) throw new Error('the recorded view does not decode')
  return { name, view: clusterView(raw) }
})

describe("the recorded cluster's key is proven in each of its states", () => {
  it.each(states)('$name', ({ view }) => expect(encryptionKeyEvidence(view, rightKey)).toBe('proven'))
})

describe('a wrong key', () => {
  const verdicts = ({ view }: { view: ClusterView }) => {
    const counts = { proven: 0, unproven: 0, contradicted: 0 }
    for (const key of wrongKeys) counts[encryptionKeyEvidence(view, key)]++
    return counts
  }

  it('is never proven and nearly always found out where nodes have private addresses', () => {
    const { proven, contradicted } = verdicts(states[2]!)
    expect(proven).toBe(0)
    expect(contradicted).toBeGreaterThan(190)
  })

  it('is always found out by placeholders', () => {
    expect(verdicts(states[0]!).contradicted).toBe(wrongKeys.length)
  })
})

function viewOf(nodes: readonly PlainNode[], key: EncryptionKey): ClusterView {
  const data = bytesToHex(
    encodeOperatorData({ name: 'acme', nodes: nodes.map((plain) => storeNode(plain, key)), clients: [] }),
  )
  return clusterView({
    owner: `0x${'1'.repeat(40)}`,
    settings: { maxOperatorDataBytes: 4096, minOperators: 5, extra: '0x0100' },
    version: 1n,
    keyspaceVersion: 0n,
    operatorSlots: [{ addr: `0x${'2'.repeat(40)}`, data }],
    keyspaces: [],
    migration: { id: 0n, startedAt: 0n, abortedAt: 0n, pullingOperatorBitmask: 0n },
    maintenanceSlot: `0x${'0'.repeat(40)}`,
  })
}

describe('the right key is not contradicted by what operators may well have', () => {
  const list = (publics: readonly string[], privates: readonly (string | null)[] = []) =>
    publics.map((address, n) => {
      const inner = privates[n] ?? null
      return node(n, { ipv4Addr: ip(address), privateIpv4Addr: inner === null ? null : ip(inner) })
    })

  it.each([
    ['public addresses only', list(['20.0.0.1', '20.0.0.2', '1.1.1.1']), 'unproven'],
    ['a development chain on a private network', list(['10.0.0.5', '10.0.0.6', '192.168.1.7']), 'unproven'],
    ['a development chain on loopback', list(['127.0.0.1', '127.0.0.1']), 'unproven'],
    ['addresses of documentation', list(['203.0.113.1', '198.51.100.7', '192.0.2.4']), 'unproven'],
    ['a private address that repeats the public one', list(['20.0.0.1', '20.0.0.2'], ['20.0.0.1']), 'unproven'],
    ['private addresses of a carrier-grade NAT', list(['20.0.0.1', '20.0.0.2'], ['100.64.0.1']), 'proven'],
    ['one odd private address among good ones', list(['20.0.0.1', '20.0.0.2'], ['10.0.0.1', '20.1.1.1']), 'proven'],
    ['one mistyped public address', list(['240.0.0.1', '20.0.0.2', '20.0.0.3']), 'unproven'],
  ])('%s', (_, nodes, verdict) => expect(encryptionKeyEvidence(viewOf(nodes, rightKey), rightKey)).toBe(verdict))
})

it('nothing to look at says nothing', () => {
  expect(encryptionKeyEvidence({ ...states[0]!.view, operators: [] }, rightKey)).toBe('unproven')
})
