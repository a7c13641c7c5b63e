/** `wcn admin`, the built tool as the owner of a real cluster: what each command changes, refuses and leaves alone. */
import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { encodeCall } from '../../src/chain/calls.js'
import type { ClusterCall } from '../../src/chain/chain.js'
import { DEFAULT_SETTINGS, encodeSettingsData } from '../../src/cluster/codec/settings-data.js'
import { sandbox } from '../support/cli.js'
import { type Account, useDevnet } from '../support/devnet.js'
import { wcnInProcess, wcnJsonInProcess } from '../support/in-process.js'
import { keypair } from '../support/onboarding.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

const owner = () => ({ ...net.cluster, WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.owner.privateKey })
const as = ({ privateKey }: Account) => ({
  ...net.cluster,
  WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: privateKey,
})
const operator = (slot: number) => net.operators[slot] as Account
const admin = (line: string, env = owner()) => wcnJsonInProcess(['admin', ...line.split(' ')], { env })
const view = async () => (await wcnJsonInProcess(['cluster', 'view'], { env: net.cluster })).data
const NEW = `0x${'a5'.repeat(20)}`
const STRANGER = `0x${'b6'.repeat(20)}`

/** As the account would by another tool. */
async function send(from: Account, call: ClusterCall): Promise<void> {
  await net.rpc('anvil_impersonateAccount', from.address)
  const request = encodeCall(parseAddress(net.contract, 'the env file'), call)
  const receipt = await net.rpc('eth_sendTransactionSync', { from: from.address, gas: '0x989680', ...request })
  await net.rpc('anvil_stopImpersonatingAccount', from.address)
  expect(receipt).toMatchObject({ status: '0x1' })
}

describe('wcn admin settings', () => {
  it('changes what is named, and keeps entries that this version does not know', async () => {
    const unknown = [Uint8Array.of(1, 2, 3), new Uint8Array()]
    const extra = encodeSettingsData(DEFAULT_SETTINGS, unknown)
    const limits = { maxOperatorDataBytes: 4096, minOperators: 5 }
    await send(net.owner, { fn: 'updateSettings', settings: { ...limits, extra } })
    const seen = await admin('settings view')
    expect(seen).toMatchObject({
      code: 0,
      data: { problems: [expect.stringContaining('5'), expect.stringContaining('6')] },
    })

    const { code, data } = await admin('settings update --migration-rx-bandwidth 20000000 --clock-skew-ms 250 --yes')
    expect(code).toBe(0)
    expect(data).toMatchObject({
      changed: true,
      changes: [
        { path: 'settings.clock_skew_ms', before: 500, after: 250 },
        { path: 'settings.migration_rx_bandwidth', before: 10_000_000, after: 20_000_000 },
      ],
    })
    const after = await admin('settings view')
    expect(after.data).toMatchObject({
      settings: { clock_skew_ms: 250, migration_rx_bandwidth: 20_000_000, migration_tx_bandwidth: 10_000_000 },
      problems: (seen.data as { problems: unknown }).problems,
    })
    expect(await admin('settings update --clock-skew-ms 250 --yes')).toMatchObject({
      code: 0,
      data: { changed: false },
    })
  })

  it.each([
    ['settings update --yes', 2, 'no setting is named'],
    ['settings update --clock-skew-ms 1.5 --yes', 2, '--clock-skew-ms is "1.5"'],
    ['settings update --min-operators 4 --yes', 2, 'whole number from 5 to 255'],
    ['settings update --migration-concurrency 65536 --yes', 2, 'from 0 to 65535'],
    ['settings update --min-operators 9 --yes', 4, 'the cluster has'],
    ['settings update --max-operator-data-bytes 10 --yes', 4, 'could change nothing any more'],
  ])('refuses %s', async (line, code, sentence) => {
    const before = await net.state()
    const refused = await admin(line)
    expect(refused).toMatchObject({ code, error: { message: expect.stringContaining(sentence) } })
    expect(await net.state()).toEqual(before)
  })
})

describe('wcn admin ownership', () => {
  it('is offered, taken back, offered again and accepted', async () => {
    const [heir, stranger] = [operator(3), operator(4)]
    expect(await admin('ownership status')).toMatchObject({ data: { owner: net.owner.address, pending_owner: null } })
    expect(await admin('ownership accept --yes', as(heir))).toMatchObject({ code: 4, error: { code: 'NOT_THE_OWNER' } })
    expect(await admin(`ownership transfer ${stranger.address} --yes`)).toMatchObject({ code: 0 })
    expect(await admin('ownership status')).toMatchObject({ data: { pending_owner: stranger.address } })
    expect(await admin('ownership transfer --cancel --yes')).toMatchObject({
      code: 0,
      data: { changes: [{ path: 'pending_owner', before: stranger.address, after: null }] },
    })
    expect(await admin('ownership transfer --cancel --yes')).toMatchObject({ code: 0, data: { changed: false } })
    expect(await admin(`ownership transfer ${heir.address} --yes`)).toMatchObject({ code: 0 })
    expect(await admin('ownership accept --yes', as(stranger))).toMatchObject({
      code: 4,
      error: { message: expect.stringContaining(`offered to ${heir.address}`) },
    })
    const accepted = await admin('ownership accept --yes', as(heir))
    expect(accepted).toMatchObject({ code: 0, data: { changes: [{ before: net.owner.address, after: heir.address }] } })
    expect(await admin('ownership status')).toMatchObject({ data: { owner: heir.address, pending_owner: null } })
    // And back, for the tests that follow.
    expect(await admin(`ownership transfer ${net.owner.address} --yes`, as(heir))).toMatchObject({ code: 0 })
    expect(await admin('ownership accept --yes')).toMatchObject({ code: 0 })
  })

  it.each([
    [`ownership transfer 0x${'00'.repeat(20)} --yes`, 'the zero address'],
    ['ownership transfer --yes', 'either an address or --cancel'],
    [`ownership transfer ${NEW} --cancel --yes`, 'either an address or --cancel'],
  ])('refuses %s', async (line, sentence) => {
    expect(await admin(line)).toMatchObject({ code: 2, error: { message: expect.stringContaining(sentence) } })
  })

  it('says that the owner is the owner already', async () => {
    const refused = await admin(`ownership transfer ${net.owner.address} --yes`)
    expect(refused).toMatchObject({ code: 2, error: { message: expect.stringContaining('is the owner already') } })
  })
})

describe('wcn admin maintenance release', () => {
  it('frees the slot, and sends nothing where nobody holds it', async () => {
    await send(operator(1), { fn: 'setMaintenance', active: true })
    const shown = await wcnInProcess(['admin', 'maintenance', 'release', '--dry-run'], { env: owner() })
    expect(shown.stderr).toMatch(/free the maintenance slot of operator .* in slot 1, held since/)
    expect(await admin('maintenance release --yes')).toMatchObject({
      code: 0,
      data: { changed: true, changes: [{ before: operator(1).address, after: null }] },
    })
    const before = await net.state()
    expect(await admin('maintenance release --yes')).toMatchObject({ code: 0, data: { changed: false } })
    expect(await net.state()).toEqual(before)
  })
})

describe('an operator by the owner', () => {
  it('is added, changed, taken into the keyspace and out of it, and removed', async () => {
    const added = await admin(`operator add ${NEW} --name acme --yes`)
    expect(added).toMatchObject({ code: 0, data: { operator: { slot: 5, name: 'acme', in_keyspace: false } } })
    expect(await admin(`operator add ${NEW} --name again --yes`)).toMatchObject({
      code: 4,
      error: { code: 'OPERATOR_EXISTS' },
    })

    const file = box.path('nodes.json')
    const keys = await Promise.all([keypair(1), keypair(2)])
    const nodes = keys.map(({ peerId: peer_id }, at) => ({
      ...{ peer_id, ipv4_addr: `127.0.0.${at + 1}`, primary_port: 3010, secondary_port: 3011 },
    }))
    writeFileSync(file, JSON.stringify({ nodes }))
    const set = await admin(`operator set 5 -f ${file} --yes`)
    expect(set).toMatchObject({ code: 0, data: { operator: { id: NEW, name: 'acme', nodes } } })
    expect(await admin('operator rename 5 renamed --yes')).toMatchObject({
      code: 0,
      data: { operator: { name: 'renamed', nodes } },
    })

    // Nobody can pay for what its primary has to send.
    const stalled = await admin('migration plan --add 5 --remove 2 --database-size 10GB')
    expect(stalled).toMatchObject({
      code: 8,
      data: { new_keyspace: [0, 1, 3, 4, 5], stalls: [expect.stringContaining('holds no ETH')] },
    })
    expect(await admin('migration start --add 5 --remove 2 --yes')).toMatchObject({
      code: 4,
      error: { code: 'AVAILABILITY_AT_RISK' },
    })
    await net.rpc('anvil_setBalance', NEW, '0xde0b6b3a7640000')
    const planned = await admin('migration plan --add 5 --remove 2 --database-size 10GB')
    expect(planned).toMatchObject({
      code: 0,
      data: { replicas: 327_680, stalls: [], estimated_seconds: expect.any(Number) },
    })
    const started = await admin('migration start --add 5 --remove 2 --yes')
    expect(started).toMatchObject({ code: 0, data: { changes: [{ before: '0 1 2 3 4', after: '0 1 3 4 5' }] } })
    expect(await view()).toMatchObject({ keyspace: [0, 1, 2, 3, 4], new_keyspace: [0, 1, 3, 4, 5] })

    for (const [line, code] of [
      ['migration start --add 5 --yes', 'MIGRATION_IN_PROGRESS'],
      ['migration plan --add 5', 'MIGRATION_IN_PROGRESS'],
      ['migration abort --id 9 --yes', 'SELECTOR_NO_MATCH'],
      ['operator remove 5 --yes', 'OPERATOR_IN_KEYSPACE'],
      ['operator remove 2 --yes', 'OPERATOR_IN_KEYSPACE'],
    ] as const)
      expect(await admin(line), line).toMatchObject({ code: 4, error: { code } })
    expect(await admin('migration abort --id 1 --yes')).toMatchObject({
      code: 0,
      data: { changes: [{ path: 'new_keyspace', before: '0 1 3 4 5', after: null }] },
    })
    expect(await admin('migration abort --yes')).toMatchObject({ code: 0, data: { changed: false } })
    expect(await view()).toMatchObject({ keyspace: [0, 1, 2, 3, 4], new_keyspace: null })

    await net.rpc('anvil_impersonateAccount', NEW)
    await send({ address: parseAddress(NEW, 'the test'), privateKey: '' }, { fn: 'setMaintenance', active: true })
    expect(await admin('operator remove 5 --yes')).toMatchObject({ code: 7, error: { code: 'MAINTENANCE_TAKEN' } })
    expect(await admin('migration start --add 5 --yes')).toMatchObject({
      code: 7,
      error: { code: 'MAINTENANCE_TAKEN' },
    })
    expect(await admin('maintenance release --yes')).toMatchObject({ code: 0 })
    expect(await admin(`operator remove ${NEW} --yes`)).toMatchObject({
      code: 0,
      data: { changes: [{ op: 'remove', path: 'operators[5]', before: { id: NEW, name: 'renamed' } }], operator: null },
    })
    expect(await admin('operator remove 4 --yes')).toMatchObject({ code: 4, error: { code: 'TOO_FEW_OPERATORS' } })
  })

  it.each([
    ['operator remove 77 --yes', 4, 'nobody is in operator slot 77'],
    [`operator rename ${STRANGER} x --yes`, 4, 'is not an operator'],
    ['operator remove acme --yes', 2, 'acme'],
    [`operator add ${NEW} --yes`, 2, 'has no name'],
    [`operator add 0x${'00'.repeat(20)} --name x --yes`, 2, 'zero address'],
    ['migration plan', 2, 'nobody is to be added or removed'],
    ['migration plan --add 0', 2, 'is in the keyspace already'],
    ['migration plan --remove 0', 4, 'the keyspace would have 4 operators'],
    ['migration plan --remove 0 --concurrency 3', 4, 'needs at least 5'],
    ['migration plan --add 0 --database-size 3parsecs', 2, 'not an amount of data'],
  ])('refuses %s', async (line, code, sentence) => {
    const before = await net.state()
    expect(await admin(line)).toMatchObject({ code, error: { message: expect.stringContaining(sentence) } })
    expect(await net.state()).toEqual(before)
  })
})

describe('whoever is not the owner', () => {
  it.each([
    'settings update --clock-skew-ms 1',
    `ownership transfer ${NEW}`,
    'maintenance release',
    `operator add ${NEW} --name acme`,
    'operator rename 0 acme',
    'operator remove 0',
    'migration start --remove 0',
    'migration abort',
  ])('can not %s', async (line) => {
    const before = await net.state()
    expect(await admin(`${line} --yes`, as(operator(0)))).toMatchObject({ code: 4, error: { code: 'NOT_THE_OWNER' } })
    expect(await net.state()).toEqual(before)
  })
})

describe('what is signed elsewhere', () => {
  it.each([
    ['settings update --clock-skew-ms 77', 'updateSettings'],
    [`ownership transfer ${NEW}`, 'transferOwnership'],
    ['operator rename 0 elsewhere', 'updateNodeOperatorData'],
    [`operator add ${STRANGER} --name acme`, 'addNodeOperator'],
  ])('is written down without a key: %s', async (line, fn) => {
    const file = box.path(`${fn}.json`)
    const before = await net.state()
    const written = await wcnJsonInProcess(['admin', ...line.split(' '), '--unsigned', file], { env: net.cluster })
    expect(written).toMatchObject({ code: 0, data: { changed: false, unsigned: { transaction_file: file } } })
    expect(await net.state()).toEqual(before)
    const decoded = await wcnJsonInProcess(['tx', 'decode', file], { env: net.cluster })
    expect(JSON.stringify(decoded.data)).toContain(fn)
  })
})
