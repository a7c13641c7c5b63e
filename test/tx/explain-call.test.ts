/** What a call does, in words, as data, before → after and with what speaks against it. No chain: a view made by hand. */
import fc from 'fast-check'
import { encodeFunctionData, toFunctionSelector } from 'viem'
import { describe, expect, it } from 'vitest'
import { type Address, checksumAddress, parseAddress, ZERO_ADDRESS } from '../../src/base/address.js'
import { bytesToHex, type Hex } from '../../src/base/hex.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { CLUSTER_ABI } from '../../src/chain/contract/cluster-abi.js'
import { plainPaint } from '../../src/cli/paint.js'
import { type ClusterView, clusterView, type RawClusterView } from '../../src/cluster/cluster-view.js'
import { encodeOperatorData, type StoredClient } from '../../src/cluster/codec/operator-data.js'
import { DEFAULT_SETTINGS, encodeSettingsData } from '../../src/cluster/codec/settings-data.js'
import { NOTHING_MORE } from '../../src/cluster/judged-write.js'
import { type PlainNode, storeNode } from '../../src/cluster/plain-node.js'
import { type CallJson, explainCall } from '../../src/tx/explain-call.js'
import { callText } from '../../src/tx/view-decode.js'
import { ip, node, peerId, placeholderId } from '../support/nodes.js'

const KEY = parseEncryptionKey('42'.repeat(32), 'the test')
const CONTRACT = parseAddress('c1'.repeat(20), 'the test')
const OWNER = parseAddress('0f'.repeat(20), 'the test')
const STRANGER = parseAddress('5e'.repeat(20), 'the test')
const member = (slot: number): Address => parseAddress(`1${slot}`.repeat(20), 'the test')
const blob = (name: string, nodes: readonly PlainNode[], clients: readonly StoredClient[] = []): Hex =>
  bytesToHex(encodeOperatorData({ name, nodes: nodes.map((one) => storeNode(one, KEY)), clients }))
const nodesOf = (slot: number) => [node(2 * slot), node(2 * slot + 1)]
const EXTRA = bytesToHex(encodeSettingsData(DEFAULT_SETTINGS))

/** Six operators, all but the last in the keyspace. */
function view(changes: Partial<RawClusterView> = {}): ClusterView {
  return clusterView({
    owner: OWNER,
    settings: { maxOperatorDataBytes: 300, minOperators: 5, extra: EXTRA },
    version: 9n,
    keyspaceVersion: 0n,
    operatorSlots: [0, 1, 2, 3, 4, 5].map((slot) => ({ addr: member(slot), data: blob(`m${slot}`, nodesOf(slot)) })),
    keyspaces: [
      { operatorBitmask: 0b11111n, replicationStrategy: 0 },
      { operatorBitmask: 0n, replicationStrategy: 0 },
    ],
    migration: { id: 0n, startedAt: 0n, abortedAt: 0n, pullingOperatorBitmask: 0n },
    maintenanceSlot: ZERO_ADDRESS,
    ...changes,
  })
}
const migrating = view({
  keyspaceVersion: 1n,
  keyspaces: [
    { operatorBitmask: 0b11111n, replicationStrategy: 0 },
    { operatorBitmask: 0b111110n, replicationStrategy: 0 },
  ],
  migration: { id: 4n, startedAt: 1n, abortedAt: 0n, pullingOperatorBitmask: 2n },
})
const inMaintenance = view({ maintenanceSlot: member(1) })

type Encoded = Parameters<typeof encodeFunctionData<typeof CLUSTER_ABI>>[0]
const encode = (functionName: string, ...args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi: CLUSTER_ABI, functionName, args } as Encoded)

interface Circumstances {
  readonly seen?: ClusterView | null
  readonly from?: Address | null
  readonly key?: typeof KEY | null
  readonly value?: bigint
}

function explained(data: Hex, { seen = view(), from = OWNER, key = KEY, value = 0n }: Circumstances = {}): CallJson {
  const requested = { to: CONTRACT, content: data, value, from }
  return explainCall(requested, seen, {
    key,
    allowed: { ...NOTHING_MORE, removals: Infinity, revokeAll: true },
  }).json
}

const update = (data: Hex, operator = member(0)) => encode('updateNodeOperatorData', operator, data)
const add = (data: Hex, addr = STRANGER) => encode('addNodeOperator', { addr, data })
const settings = (values: object = {}) =>
  encode('updateSettings', { maxOperatorDataBytes: 300, minOperators: 5, extra: EXTRA, ...values })
const start = (mask: bigint, strategy = 0) =>
  encode('startMigration', { operatorBitmask: mask, replicationStrategy: strategy })

describe('in words', () => {
  it.each<readonly [string, Hex, RegExp | string]>([
    [
      'an update',
      update(blob('acme', nodesOf(0))),
      `replace all data of operator ${checksumAddress(member(0))} "acme"`,
    ],
    ['a new operator', add(blob('acme', nodesOf(20))), `add operator ${checksumAddress(STRANGER)} "acme"`],
    ['a removal', encode('removeNodeOperator', member(5)), /^remove operator 0x/],
    ['taking the slot', encode('setMaintenance', true), 'take the maintenance slot for the sender'],
    ['freeing the slot', encode('setMaintenance', false), 'free the maintenance slot'],
    ['settings', settings(), "replace the cluster's settings"],
    ['a migration', start(0b111110n), /^start a data migration to the keyspace of 5 operators: slots 1, 2, 3, 4, 5$/],
    ['its end', encode('completeMigration', 4n), /in migration 4$/],
    ['its abort', encode('abortMigration', 4n), 'abort data migration 4'],
    ['an offer', encode('transferOwnership', STRANGER), /^offer the cluster's ownership to 0x/],
    ['no offer', encode('transferOwnership', ZERO_ADDRESS), /^take back the offer/],
    ['an acceptance', encode('acceptOwnership'), /^make the sender the cluster's owner/],
    ['giving it up', encode('renounceOwnership'), 'leave the cluster without an owner for ever'],
    ['new code', encode('upgradeToAndCall', STRANGER, '0x01'), /^replace the contract's code by that of 0x/],
    [
      'a founding',
      encode('initialize', { maxOperatorDataBytes: 1, minOperators: 1, extra: EXTRA }, []),
      /^found a cluster of 0 operators$/,
    ],
    ['a read', encode('getView'), 'only read (getView())'],
    ['a transfer', '0x', 'no call, only a transfer'],
    ['something else', '0xdeadbeef01', '5 bytes that are no call of a cluster contract, starting with 0xdeadbeef'],
    [
      'half a call',
      update('0x01').slice(0, 80) as Hex,
      'call updateNodeOperatorData(address,bytes) with arguments that do not decode',
    ],
  ])('%s', (_, data, words) => {
    const { words: said } = explained(data)
    if (typeof words === 'string') expect(said).toBe(words)
    else expect(said).toMatch(words)
  })

  it('names every node and client that data brings', () => {
    const nodes = [node(0, { privateIpv4Addr: ip('10.0.0.7') }), node(1, { primaryPort: 4010, secondaryPort: 4011 })]
    const data = blob('acme', nodes, [{ peerId: peerId(9), namespaces: [1, 7] }])
    expect(explained(update(data)).details).toEqual([
      'name "acme"',
      `node ${peerId(0)} at 20.0.0.1 (private 10.0.0.7), ports 3010 and 3011`,
      `node ${peerId(1)} at 20.0.1.1, ports 4010 and 4011`,
      `client ${peerId(9)} for namespaces 1, 7`,
      `${data.length / 2 - 1} bytes in all`,
    ])
    expect(explained(update(data), { key: null }).details[1]).toBe(
      `node ${peerId(0)} at an encrypted address, ports 3010 and 3011`,
    )
  })

  it('says what the network could not read', () => {
    const { details, arguments: args, warnings } = explained(update('0x09ff'))
    expect(details).toEqual(["2 bytes that the network can't read: the data has schema version 9, which is unknown"])
    expect(args).toMatchObject({ operator: member(0), data: { corrupted: true, data_bytes: 2 } })
    expect(warnings).toEqual([expect.stringMatching(/^THE NETWORK COULD NOT READ THIS DATA: .*schema version 9/)])
  })
})

describe('as data', () => {
  it.each<readonly [string, Hex, unknown]>([
    [
      'an update',
      update(blob('acme', nodesOf(0))),
      { operator: member(0), data: { name: 'acme', data_schema: 1, trailing_bytes: 0 } },
    ],
    ['a removal', encode('removeNodeOperator', member(5)), { operator: member(5) }],
    ['the slot', encode('setMaintenance', true), { active: true }],
    [
      'settings',
      settings({ minOperators: 6 }),
      { settings: { min_operators: 6, clock_skew_ms: 500, migration_concurrency: 10 } },
    ],
    ['a migration', start(0b11n, 3), { keyspace: [0, 1], replication_strategy: 3 }],
    ['an abort', encode('abortMigration', 2n ** 64n - 1n), { id: '18446744073709551615' }],
    ['new code', encode('upgradeToAndCall', STRANGER, '0x01'), { implementation: STRANGER, data: '0x01' }],
    ['an offer', encode('transferOwnership', STRANGER), { new_owner: STRANGER }],
    [
      'a founding',
      encode('initialize', { maxOperatorDataBytes: 1, minOperators: 1, extra: '0x' }, [{ addr: STRANGER, data: '0x' }]),
      { settings: { corrupted: true }, operators: [{ operator: STRANGER, data: { corrupted: true } }] },
    ],
  ])('%s', (_, data, meaning) => {
    expect(explained(data).arguments).toMatchObject(meaning as object)
  })
})

describe('before → after', () => {
  it.each<readonly [string, Hex, Circumstances, readonly string[]]>([
    ['an update', update(blob('acme', [node(0), node(30)])), {}, ['update name', 'update nodes[1]']],
    ['the same again', update(blob('m0', nodesOf(0))), {}, []],
    ['a new operator', add(blob('acme', nodesOf(20))), {}, ['add name', 'add nodes[0]', 'add nodes[1]']],
    ['damage', update('0x09'), {}, ['update data']],
    ['a removal', encode('removeNodeOperator', member(5)), {}, ['remove operators[5]']],
    ['the slot', encode('setMaintenance', true), {}, ['update maintenance']],
    ['a free slot', encode('setMaintenance', false), { seen: inMaintenance }, ['update maintenance']],
    ['settings', settings({ maxOperatorDataBytes: 400 }), {}, ['update settings.max_operator_data_bytes']],
    ['the same settings', settings(), {}, []],
    ['a migration', start(0b111110n), {}, ['update keyspace']],
    ['its abort', encode('abortMigration', 4n), { seen: migrating }, ['remove new_keyspace']],
    ['an acceptance', encode('acceptOwnership'), { from: STRANGER }, ['update owner']],
    ['no owner', encode('renounceOwnership'), {}, ['remove owner']],
  ])('%s', (_, data, circumstances, changes) => {
    expect(explained(data, circumstances).changes?.map(({ op, path }) => `${op} ${path}`)).toEqual(changes)
    expect(explained(data, { ...circumstances, seen: null }).changes).toBeNull()
  })

  it('of settings that can no longer be read', () => {
    expect(explained(settings({ extra: '0x09' })).changes).toContainEqual({
      op: 'update',
      path: 'settings.clock_skew_ms',
      before: 500,
      after: null,
    })
  })

  it('of data whose trailing bytes get lost', () => {
    const slots = [0, 1, 2, 3, 4].map((slot) => ({ addr: member(slot), data: blob(`m${slot}`, nodesOf(slot)) }))
    const seen = view({ operatorSlots: slots.map(({ addr, data }) => ({ addr, data: `${data}ffff` as const })) })
    expect(explained(update(blob('m0', nodesOf(0))), { seen }).changes).toEqual([
      { op: 'remove', path: 'trailing_bytes', before: 2, after: null },
    ])
  })
})

describe('what would do damage', () => {
  const upgrade = encode('upgradeToAndCall', STRANGER, '0x')
  it.each<readonly [string, Hex, Circumstances, RegExp]>([
    ['new code', upgrade, {}, /^THIS REPLACES THE CONTRACT'S CODE/],
    ['no owner', encode('renounceOwnership'), {}, /^THIS CANNOT BE UNDONE/],
    ['another owner', encode('transferOwnership', STRANGER), {}, /decides about all/],
    ['an owner who is it', encode('transferOwnership', OWNER), {}, /owner already/],
    ['unreadable settings', settings({ extra: '0x' }), {}, /^THIS STOPS EVERY NODE AND TOOL/],
    ['odd settings', settings({ extra: '0x0100' }), {}, /setting 0 \(eventPropagationLatencyMs\) is missing/],
    ['a limit below what is there', settings({ maxOperatorDataBytes: 60 }), {}, /6 operators is longer/],
    ['a keyspace of four', start(0b1111n), { seen: null }, /^THIS STOPS EVERY NODE AND TOOL: .* has 4/],
    ['an unknown strategy', start(0b111110n, 1), {}, /strategy 1 is unknown/],
    ['one node', update(`0x01${'00'.repeat(3)}`), {}, /0 nodes, fewer than 2/],
    ['a long name', update(blob('x'.repeat(33), nodesOf(0))), {}, /33 bytes long/],
    ['bytes behind the data', update(`${blob('m0', nodesOf(0))}00`), {}, /the data has 1 bytes after its end/],
    [
      'an address of nobody',
      update(blob('m0', [node(0), node(1, { ipv4Addr: ip('10.0.0.1') })])),
      {},
      /nodes\[1\].* no public address/,
    ],
    [
      'one address twice',
      update(blob('m0', [node(0), node(1, { ipv4Addr: ip('20.0.0.1') })])),
      {},
      /two nodes would use 20\.0\.0\.1:3010/,
    ],
    [
      'a peer ID that is no key',
      update(blob('m0', [node(0), node(1, { peerId: placeholderId(3) })])),
      { key: null },
      /nodes\[1\]/,
    ],
    [
      'maintenance while data moves',
      encode('setMaintenance', true),
      { seen: migrating },
      /nodes refuse it while a data migration/,
    ],
    ['freeing a free slot', encode('setMaintenance', false), {}, /nodes refuse the event/],
    [
      'removing who is in maintenance',
      encode('removeNodeOperator', member(1)),
      { seen: inMaintenance },
      /could no longer give it back/,
    ],
    ['a read that is sent', encode('getView'), {}, /changes nothing/],
    ['money', encode('setMaintenance', true), { value: 10n ** 18n }, /also sends 1 ETH/],
    ['an unknown call', '0xdeadbeef', { value: 1n }, /NOT KNOWN/],
    [
      'too much data',
      update(
        blob(
          'a',
          [0, 1, 2, 3, 4, 5, 6].map((n) => node(n)),
        ),
      ),
      {},
      /bytes, and the cluster allows 300$/,
    ],
    ['an odd encoding', `${update(blob('m0', nodesOf(0)))}00`, {}, /not encoded as tools do it/],
    [
      'settings of a newer version that get lost',
      settings(),
      {
        seen: view({
          settings: {
            maxOperatorDataBytes: 300,
            minOperators: 5,
            extra: bytesToHex(encodeSettingsData(DEFAULT_SETTINGS, [Uint8Array.of(1)])),
          },
        }),
      },
      /1 settings that this version does not know/,
    ],
    [
      'a founding with damaged data',
      encode('initialize', { maxOperatorDataBytes: 1, minOperators: 1, extra: EXTRA }, [
        { addr: STRANGER, data: '0x07' },
      ]),
      { seen: null },
      new RegExp(`operator ${STRANGER}: THE NETWORK`),
    ],
  ])('%s', (_, data, circumstances, sentence) => {
    expect(explained(data, circumstances).warnings).toContainEqual(expect.stringMatching(sentence))
  })

  it('is not said of what is right', () => {
    for (const data of [
      update(blob('acme', [node(0), node(30)])),
      add(blob('acme', nodesOf(20))),
      encode('removeNodeOperator', member(5)),
      encode('setMaintenance', true),
      settings({ maxOperatorDataBytes: 400 }),
      start(0b111110n),
    ])
      expect(explained(data).warnings).toEqual([])
    expect(explained(encode('completeMigration', 4n), { seen: migrating, from: member(1) }).warnings).toEqual([])
    expect(explained(encode('setMaintenance', false), { seen: inMaintenance, from: member(1) }).warnings).toEqual([])
  })

  it('finds no fault any more in nodes that are there already', () => {
    const old = [node(0, { ipv4Addr: ip('10.0.0.1') }), node(1, { peerId: placeholderId(3), ipv4Addr: ip('10.0.0.1') })]
    const slots = view().operators.map(({ id, data }, slot) => ({
      addr: id,
      data: slot === 0 ? blob('m0', old) : bytesToHex(data),
    }))
    expect(explained(update(blob('new', old)), { seen: view({ operatorSlots: slots }) }).warnings).toEqual([])
    expect(explained(update(blob('new', old)), { seen: null }).warnings).toHaveLength(4)
  })

  it('points out a name that looks like another’s', () => {
    const { warnings } = explained(update(blob('M1', [node(0), node(1)])))
    expect(warnings).toContainEqual(
      expect.stringMatching(/^the name "M1" looks like "m1", that of operator .* slot 1$/),
    )
    // Its own, which stays.
    expect(explained(update(blob('m0', [node(0), node(1)]))).warnings.join()).not.toContain('looks like')
  })
})

describe('whatever the bytes are', () => {
  it('there is an answer that a terminal can show', () => {
    const writing = CLUSTER_ABI.filter((item) => item.type === 'function').filter(
      ({ stateMutability }) => stateMutability !== 'view',
    )
    const anyBlob = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map(bytesToHex),
      fc.string({ unit: 'binary', maxLength: 60 }).map((name) => blob(name, nodesOf(0))),
    )
    const anyCall = fc.oneof(
      anyBlob.map((data) => update(data)),
      anyBlob.map((data) => add(data)),
      anyBlob.map((data) => settings({ extra: data })),
      fc
        .bigInt({ min: 0n, max: 2n ** 256n - 1n })
        .chain((mask) => fc.nat(255).map((strategy) => start(mask, strategy))),
      anyBlob.map((data) => encode('upgradeToAndCall', STRANGER, data)),
      fc
        .tuple(fc.constantFrom(...writing), anyBlob)
        .map(([item, rest]): Hex => `${toFunctionSelector(item)}${rest.slice(2)}`),
      anyBlob,
    )
    fc.assert(
      fc.property(
        anyCall,
        fc.constantFrom(view(), migrating, inMaintenance, null),
        fc.constantFrom(KEY, null),
        (data, seen, key) => {
          const call = explained(data, { seen, key, from: null })
          const text = callText(call, null, plainPaint)
          expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
          expect(JSON.parse(JSON.stringify(call))).toMatchObject({ words: call.words })
        },
      ),
      { numRuns: 500 },
    )
  })
})
