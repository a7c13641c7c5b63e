/** The journey of a CI job: nobody to ask, one JSON document per command, shapes that scripts rely on (docs/dev/command-line.md). */
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

const HEX_32 = /^0x[0-9a-f]{64}$/
const PEER_ID = /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/
const BASE64_32 = /^[0-9A-Za-z+/]{43}=$/
const DECIMAL = /^(?:0|[1-9][0-9]*)$/
const matching = (pattern: RegExp) => expect.stringMatching(pattern)
const BLOCK = { number: expect.any(Number), hash: matching(HEX_32) }
const TRANSACTION = {
  hash: matching(HEX_32),
  nonce: expect.any(Number),
  block: BLOCK,
  gas_used: expect.any(Number),
  fee_wei: matching(DECIMAL),
  l1_fee_wei: matching(DECIMAL),
}

/** A job's step: `CI` set, JSON asked for. Whatever happens, stdout is one document and nothing else. */
async function ci(args: readonly string[], variables: Variables = {}, input = '') {
  const result = await wcnJson(args, { env: { CI: 'true', ...variables }, input, cwd: box.path('.') })
  expect(result.stdout.trimEnd()).not.toContain('\n')
  const document = JSON.parse(result.stdout)
  if ('data' in document) {
    expect(document).toEqual({ schema: 2, ok: result.code === 0 || result.code === 10, data: expect.anything() })
  } else {
    const error = { code: matching(/^[A-Z_]+$/), message: expect.any(String), details: expect.any(Object) }
    expect(document).toEqual({ schema: 2, ok: false, error: { ...error, hint: document.error.hint } })
    expect([null, 'string']).toContain(document.error.hint === null ? null : typeof document.error.hint)
    expect(document.error.message).not.toBe('')
  }
  return result
}

function nodeJson(slot: number, index: number, changes: object = {}) {
  return {
    peer_id: matching(PEER_ID),
    ipv4_addr: `203.0.113.${10 + slot * 2 + index}`,
    private_ipv4_addr: `10.20.${slot}.${10 + index}`,
    primary_port: 3010,
    secondary_port: 3011,
    ...changes,
  }
}

const BLUEFIN = {
  slot: 1,
  id: matching(/^0x[0-9a-f]{40}$/),
  name: 'Bluefin',
  nodes: [nodeJson(1, 0), nodeJson(1, 1)],
  clients: [
    { peer_id: matching(PEER_ID), authorized_namespaces: [0, 2] },
    { peer_id: matching(PEER_ID), authorized_namespaces: [102] },
  ],
  data_bytes: 198,
  data_schema: 1,
  in_keyspace: true,
  trailing_bytes: 0,
}

describe('shapes', () => {
  it('of keys: bare without --json, the same in the envelope with it', async () => {
    const keypair = { secret_key: matching(BASE64_32), public_key: matching(BASE64_32), peer_id: matching(PEER_ID) }
    const [bare, list, enveloped, envelopedList, file] = await Promise.all([
      wcn(['key', 'generate'], { env: { CI: 'true' } }),
      wcn(['key', 'generate', '--count', '2'], { env: { CI: 'true' } }),
      ci(['key', 'generate']),
      ci(['key', 'generate', '--count', '1']),
      ci(['key', 'generate', '--out', 'shape.key']),
    ])
    expect(JSON.parse(bare.stdout)).toEqual(keypair)
    expect(Object.keys(JSON.parse(bare.stdout))).toEqual(['secret_key', 'public_key', 'peer_id'])
    expect(JSON.parse(list.stdout)).toEqual([keypair, keypair])
    expect(enveloped.data).toEqual(keypair)
    expect(envelopedList.data).toEqual([keypair])
    const { public_key, peer_id } = keypair
    expect(file.data).toEqual({ public_key, peer_id, file: 'shape.key' })

    const inspected = await ci(['key', 'inspect', '--secret-key-file', 'shape.key'])
    expect(inspected.data).toEqual({
      peer_id: file.data.peer_id,
      kind: 'ed25519',
      usable: true,
      reason: null,
      public_key: file.data.public_key,
    })
    const keygen = await ci(['operator', 'keygen', '--out', 'shape-operator.key'])
    expect(keygen.data).toEqual({ address: matching(/^0x[0-9a-f]{40}$/), file: 'shape-operator.key' })
    const address = await ci(['operator', 'address', '--private-key-file', 'shape-operator.key'])
    expect(address.data).toEqual({ address: keygen.data.address })
  })

  it('of what is on chain', async () => {
    const [, bluefin] = net.operators as [Account, Account]
    const env = { ...net.cluster, WCN_OPERATOR: bluefin.address }
    const [view, list, clients, exported, cluster, status] = await Promise.all([
      ci(['operator', 'view'], env),
      ci(['nodes', 'list'], env),
      ci(['clients', 'list'], env),
      ci(['nodes', 'export'], env),
      ci(['cluster', 'view'], env),
      ci(['maintenance', 'status'], env),
    ])
    const where = { chain_id: 31337, contract: net.contract, block: BLOCK, version: 1 }
    expect(view.data).toEqual({
      ...where,
      operator: BLUEFIN,
      max_operator_data_bytes: 4096,
      migration: null,
      migration_in_progress: false,
      maintenance: null,
    })
    const { block, version } = where
    const { name, nodes, clients: listed } = BLUEFIN
    expect(list.data).toEqual({ block, version, operator: bluefin.address, name, nodes })
    expect(clients.data).toEqual({ block, version, operator: bluefin.address, clients: listed })
    expect(exported.data).toEqual({ name, nodes, clients: listed })
    expect(status.data).toEqual({
      block,
      version,
      maintenance: null,
      name: null,
      since: null,
      migration_in_progress: false,
    })
    expect(cluster.data).toEqual({
      ...where,
      keyspace_version: 0,
      owner: net.owner.address,
      settings: {
        max_operator_data_bytes: 4096,
        min_operators: 5,
        event_propagation_latency_ms: 5000,
        clock_skew_ms: 500,
        migration_concurrency: expect.any(Number),
        migration_tx_bandwidth: expect.any(Number),
        migration_rx_bandwidth: expect.any(Number),
      },
      operators: expect.any(Array),
      keyspace: [0, 1, 2, 3, 4],
      new_keyspace: null,
      pulling_operators: null,
      migration: null,
      maintenance: null,
    })
    expect(cluster.data.operators).toHaveLength(5)
    expect(cluster.data.operators[1]).toEqual(BLUEFIN)
  })

  it('without the encryption key: null, never ciphertext', async () => {
    const { SMART_CONTRACT_ENCRYPTION_KEY: _, ...cluster } = net.cluster
    const env = { ...cluster, WCN_OPERATOR: net.operators[1]?.address ?? '' }
    const [view, list, whole] = await Promise.all([
      ci(['operator', 'view'], env),
      ci(['nodes', 'list'], env),
      ci(['cluster', 'view'], env),
    ])
    const hidden = { ipv4_addr: null, private_ipv4_addr: null }
    const nodes = [nodeJson(1, 0, hidden), nodeJson(1, 1, hidden)]
    expect(view.data.operator).toEqual({ ...BLUEFIN, nodes, addresses: 'encrypted' })
    expect(list.data).toMatchObject({ nodes, addresses: 'encrypted' })
    expect(whole.data.operators[1]).toEqual({ ...BLUEFIN, nodes, addresses: 'encrypted' })
  })

  it('of an operator that the network cannot decode', async () => {
    const operator = net.operators[4] as Account
    await net.putData(operator, Uint8Array.of(1, 2, 3))
    const env = { ...net.cluster, WCN_OPERATOR: operator.address }
    const corrupted = { slot: 4, id: operator.address, corrupted: true, reason: expect.any(String), data_bytes: 3 }
    const view = await ci(['operator', 'view'], env)
    expect(view.data.operator).toEqual(corrupted)
    const cluster = await ci(['cluster', 'view'], env)
    expect(cluster.data.operators[4]).toEqual(corrupted)
    const rename = await ci(['operator', 'rename', 'x', '--yes'], net.signedBy(operator))
    expect(rename).toMatchObject({ code: 4, error: { code: 'DATA_UNDECODABLE' } })
    // The way out: everything said anew.
    const { nodes } = (await ci(['nodes', 'export'], { ...env, WCN_OPERATOR: net.operators[0]?.address ?? '' })).data
    const moved = nodes.map((node: object) => ({ ...node, primary_port: 4010, secondary_port: 4011 }))
    writeFileSync(box.path('all.json'), JSON.stringify({ name: 'Evergreen', nodes: moved, clients: [] }))
    const update = ['nodes', 'update', '-f', 'all.json', '--yes']
    expect((await ci(update, net.signedBy(operator))).code).toBe(4)
    const replaced = await ci([...update, '--replace-undecodable'], net.signedBy(operator))
    expect(replaced.data.operator).toMatchObject({ name: 'Evergreen', nodes: moved, clients: [] })
  })

  it('of any write', async () => {
    const operator = net.operators[2] as Account
    const env = net.signedBy(operator)
    const dry = await ci(['operator', 'rename', 'Cascadia', '--dry-run'], env)
    const changes = [{ op: 'update', path: 'name', before: 'Cascadia Nodes', after: 'Cascadia' }]
    const cluster = { chain_id: 31337, contract: net.contract.toLowerCase(), source: 'SMART_CONTRACT_ADDRESS' }
    expect(dry.data).toEqual({
      changed: false,
      dry_run: true,
      changes,
      transaction: null,
      cluster,
      version: expect.any(Number),
      operator: expect.objectContaining({ name: 'Cascadia Nodes' }),
      overwritten: [],
    })
    const renamed = await ci(['operator', 'rename', 'Cascadia', '--yes'], env)
    expect(renamed.data).toEqual({
      changed: true,
      dry_run: false,
      changes,
      transaction: TRANSACTION,
      cluster,
      version: dry.data.version + 1,
      operator: {
        ...BLUEFIN,
        slot: 2,
        name: 'Cascadia',
        nodes: [nodeJson(2, 0), nodeJson(2, 1)],
        clients: [{ peer_id: matching(PEER_ID), authorized_namespaces: [0, 3] }],
        data_bytes: 164 - ' Nodes'.length,
      },
      overwritten: [],
    })
    const again = await ci(['operator', 'rename', 'Cascadia', '--yes'], env)
    expect(again.data).toMatchObject({ changed: false, dry_run: false, changes: [], transaction: null })

    const entered = await ci(['maintenance', 'enter', '--yes'], env)
    const held = [{ op: 'update', path: 'maintenance', before: null, after: operator.address }]
    expect(entered.data).toMatchObject({ changed: true, changes: held, transaction: TRANSACTION })
    const status = await ci(['maintenance', 'status'], net.cluster)
    expect(status.data).toMatchObject({
      maintenance: operator.address,
      name: 'Cascadia',
      since: { kind: 'at', block: entered.data.transaction.block.number, time: expect.any(Number) },
    })
    const taken = await ci(['maintenance', 'enter', '--yes'], net.signedBy(net.operators[0] as Account))
    expect(taken).toMatchObject({
      code: 7,
      error: { code: 'MAINTENANCE_TAKEN', details: { holder: operator.address, since: status.data.since } },
    })
    const left = await ci(['maintenance', 'exit', '--yes'], env)
    expect(left.data).toMatchObject({ changed: true, changes: [{ before: operator.address, after: null }] })
    const idle = await ci(['maintenance', 'exit', '--yes'], env)
    expect(idle.data).toMatchObject({ changed: false, transaction: null })
  })

  it('of a client', async () => {
    const env = net.signedBy(net.operators[2] as Account)
    const { peer_id } = (await ci(['key', 'generate'])).data
    const set = await ci(['clients', 'set', peer_id, '-n', '7', '-n', '3', '--yes'], env)
    expect(set.data.changes).toEqual([
      { op: 'add', path: 'clients[1]', before: null, after: { peer_id, authorized_namespaces: [3, 7] } },
    ])
    const removed = await ci(['clients', 'remove', peer_id, '--yes'], env)
    expect(removed.data.changes).toMatchObject([{ op: 'remove', path: 'clients[1]', after: null }])
  })

  it('of misuse', async () => {
    for (const args of [
      ['frobnicate'],
      ['nodes', 'frobnicate'],
      ['nodes', 'list', '--frobnicate'],
      ['nodes'],
      ['admin', 'operator', 'approve'],
      ['operator', 'rename', 'a', 'b'],
      [],
    ]) {
      expect(await ci(args), args.join(' ')).toMatchObject({ code: 2, error: { code: 'USAGE' } })
    }
  })
})

describe('the node list in a repository', () => {
  it('is planned on the pull request without a private key and applied on main', async () => {
    const operator = net.operators[3] as Account
    const reviewer = { ...net.cluster, WCN_OPERATOR: operator.address }
    const signer = net.signedBy(operator)
    const { data: list } = await ci(['nodes', 'export'], reviewer)
    const { peer_id } = (await ci(['key', 'generate'])).data
    const added = { peer_id, ipv4_addr: '20.3.0.1', private_ipv4_addr: null, primary_port: 3010, secondary_port: 3011 }
    const put = (name: string, nodes: readonly object[]) =>
      writeFileSync(box.path(name), JSON.stringify({ ...list, nodes }))
    put('nodes.json', list.nodes)

    const diff = ['nodes', 'diff', '-f', 'nodes.json']
    const none = await ci([...diff, '--detailed-exitcode'], reviewer)
    expect(none).toMatchObject({ code: 0, data: { changes: [], plan_file: null } })
    put('nodes.json', [...list.nodes, added])
    expect((await ci(diff, reviewer)).code).toBe(0)
    const changes = [{ op: 'add', path: 'nodes[2]', before: null, after: added }]
    const planned = await ci([...diff, '--detailed-exitcode', '--out', 'plan.json'], reviewer)
    expect(planned).toMatchObject({ code: 10 })
    expect(planned.data).toEqual({ changes, plan_file: 'plan.json' })
    // The plan may lie about openly.
    expect(readFileSync(box.path('plan.json'), 'utf8')).not.toContain('20.3.0.1')
    const overwritten = await ci([...diff, '--out', 'plan.json'], reviewer)
    expect(overwritten).toMatchObject({ code: 2, error: { code: 'FILE_EXISTS' } })

    const apply = ['nodes', 'update', '--plan', 'plan.json']
    const before = await net.state()
    expect(await ci(apply, signer)).toMatchObject({ code: 3, error: { code: 'CONFIRMATION_REQUIRED' } })
    expect(await ci([...apply, '--yes'], reviewer)).toMatchObject({ code: 2, error: { code: 'SETTING_MISSING' } })
    const stranger = net.signedBy(net.operators[0] as Account)
    expect(await ci([...apply, '--yes'], stranger)).toMatchObject({ code: 4, error: { code: 'STATE_CHANGED' } })
    expect(await net.state()).toEqual(before)

    // Who knows what happened to the plan on its way: what it brings is looked at once more, addresses included.
    const { SMART_CONTRACT_ENCRYPTION_KEY: _, ...withoutKey } = signer
    const unseen = await ci([...apply, '--yes'], withoutKey)
    expect(unseen).toMatchObject({ code: 2, error: { code: 'SETTING_MISSING' } })
    expect(await net.state()).toEqual(before)
    const applied = await ci([...apply, '--yes'], signer)
    expect(applied).toMatchObject({ code: 0, data: { changed: true, transaction: TRANSACTION } })
    expect(applied.data.operator.nodes[2]).toEqual(added)
    const again = await ci([...apply, '--yes'], signer)
    expect(again).toMatchObject({ code: 0, data: { changed: false, transaction: null } })
    expect((await ci([...diff, '--detailed-exitcode'], reviewer)).code).toBe(0)

    // A plan that somebody's write made stale is not carried out.
    put('nodes.json', list.nodes)
    await ci([...diff, '--out', 'stale.json'], reviewer)
    await ci(['operator', 'rename', 'Drifthaus AG', '--yes'], signer)
    const settled = await net.state()
    const stale = await ci(['nodes', 'update', '--plan', 'stale.json', '--yes'], signer)
    expect(stale).toMatchObject({ code: 4, error: { code: 'STATE_CHANGED' } })
    expect(stale.error.details).toEqual({
      changed_since_plan: [{ op: 'update', path: 'name', before: 'Drifthaus', after: 'Drifthaus AG' }],
    })
    expect(await net.state()).toEqual(settled)
  })

  it('cannot be emptied by a truncated file', async () => {
    const operator = net.operators[0] as Account
    const signer = net.signedBy(operator)
    const { data: list } = await ci(['nodes', 'export'], signer)
    const keys = (await ci(['key', 'generate', '--count', '2'])).data as readonly { peer_id: string }[]
    const more = keys.map(({ peer_id }, i) => ({ ...list.nodes[0], peer_id, ipv4_addr: `20.0.0.${i + 1}` }))
    writeFileSync(box.path('many.json'), JSON.stringify({ nodes: [...list.nodes, ...more] }))
    const grown = await ci(['nodes', 'apply', '-f', 'many.json', '--yes'], signer)
    expect(grown.data.operator.nodes).toHaveLength(4)
    writeFileSync(box.path('few.json'), JSON.stringify({ nodes: list.nodes }))
    const before = await net.state()
    const refused = await ci(['nodes', 'apply', '-f', 'few.json', '--yes'], signer)
    expect(refused).toMatchObject({
      code: 4,
      error: { code: 'TOO_MANY_REMOVALS', details: { removals: 2, max_removals: 1 } },
    })
    const revoking = await ci(['nodes', 'apply', '-f', '-', '--yes'], signer, JSON.stringify({ ...list, clients: [] }))
    expect(revoking).toMatchObject({ code: 4 })
    expect(await net.state()).toEqual(before)
    const agreed = await ci(['nodes', 'apply', '-f', 'few.json', '--max-removals', '2', '--yes'], signer)
    expect(agreed.data.operator.nodes).toEqual(list.nodes)
  })
})

describe('a write without --yes', () => {
  it.each([
    [
      'nodes',
      'add',
      '-i',
      '12D3KooWRzCVDwHUkgdK7eRgnoXbjDAELhxPErjHzbRLguSV1aRt',
      '-a',
      '20.9.0.1',
      '-p',
      '1',
      '-s',
      '2',
    ],
    ['nodes', 'update', '0', '-p', '4000'],
    ['operator', 'rename', 'x'],
    ['clients', 'set', '12D3KooWRzCVDwHUkgdK7eRgnoXbjDAELhxPErjHzbRLguSV1aRt', '-n', '1'],
    ['maintenance', 'enter'],
  ])('%s %s … names the flag and sends nothing', async (...args) => {
    const env = net.signedBy(net.operators[1] as Account)
    const before = await net.state()
    const refused = await ci(args, env)
    expect(refused).toMatchObject({ code: 3, error: { code: 'CONFIRMATION_REQUIRED' } })
    expect(refused.error.hint).toContain('--yes')
    expect(await net.state()).toEqual(before)
  })
})

it('reads and writes through a WebSocket as well', async () => {
  const env = { ...net.signedBy(net.operators[1] as Account), RPC_PROVIDER_URL: net.rpcUrl.replace(/^http/, 'ws') }
  const renamed = await ci(['operator', 'rename', 'Over a socket', '--yes'], env)
  expect(renamed.data).toMatchObject({ changed: true, operator: { name: 'Over a socket' } })
  expect((await ci(['operator', 'view'], env)).data.operator.name).toBe('Over a socket')
})
