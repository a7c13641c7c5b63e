import { describe, expect, it } from 'vitest'
import { parseNodesFile } from '../../src/cluster/nodes-file.js'
import type { PlainNode } from '../../src/cluster/plain-node.js'
import { run as diff } from '../../src/nodes/nodes-diff.js'
import { run as exportNodes } from '../../src/nodes/nodes-export.js'
import { run as update } from '../../src/nodes/nodes-update.js'
import { nodesExportText } from '../../src/nodes/view-export.js'
import { ip, node, peerId, placeholder } from '../support/nodes.js'
import { SAMPLE_PEER_ID } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'
import { blob, OPERATOR, OWN_NODES, OWNER, SETTINGS, useRealCluster, WRONG_KEY } from '../support/use-real-cluster.js'

const { services, stored, rawData, ownerWrites, transactionCount, now } = useRealCluster()
const client = (n: number, ...namespaces: number[]) => ({ peerId: peerId(n), namespaces })

interface FileContent {
  readonly name?: string
  readonly clients?: readonly { peerId: string; namespaces: readonly number[] }[]
}

function fileOf(nodes: readonly PlainNode[], { name, clients }: FileContent = {}): string {
  return JSON.stringify({
    ...(name === undefined ? {} : { name }),
    nodes: nodes.map((plain) => ({
      peer_id: plain.peerId,
      ipv4_addr: plain.ipv4Addr,
      private_ipv4_addr: plain.privateIpv4Addr,
      primary_port: plain.primaryPort,
      secondary_port: plain.secondaryPort,
    })),
    ...(clients
      ? { clients: clients.map((one) => ({ peer_id: one.peerId, authorized_namespaces: one.namespaces })) }
      : {}),
  })
}

type Options = Parameters<typeof services>[0]
const withFile = (text: string, options: Options = {}) => services({ files: { 'nodes.yaml': text }, ...options })

/** `nodes diff` and `nodes update -f` of the same file, which must agree; nothing is sent by the first. */
async function apply(text: string, flags: object = {}, options: Options = {}) {
  const preview = await diff(withFile(text, options).services, { file: 'nodes.yaml', ...flags })
  expect(await transactionCount()).toBe(0)
  const made = withFile(text, options)
  const { data } = await update(made.services, { file: 'nodes.yaml', ...flags })
  expect(data.changes).toEqual(preview.data.changes)
  return { ...made, data }
}

async function refusal(text: string, flags: object = {}, options: Options = {}) {
  const previewed = await rejectedBy(diff(withFile(text, options).services, { file: 'nodes.yaml', ...flags }))
  const { services: all, sent } = withFile(text, options)
  const error = await rejectedBy(update(all, { file: 'nodes.yaml', ...flags }))
  expect(previewed.code).toBe(error.code)
  expect(sent).toEqual([])
  expect(await transactionCount()).toBe(0)
  return error
}

describe('nodes update -f', () => {
  it('makes the list equal the file in one transaction: what stays keeps its place', async () => {
    const wanted = [node(8), node(2, { ipv4Addr: ip('20.2.2.2') }), node(9, { ipv4Addr: ip('20.0.0.1') })]
    const { data, sent } = await apply(fileOf(wanted))
    expect((await stored()).nodes).toEqual([wanted[2], wanted[1], wanted[0]])
    expect(sent).toHaveLength(1)
    expect(data.changes).toMatchObject([
      { op: 'update', path: 'nodes[0]', before: { peer_id: peerId(0) }, after: { peer_id: peerId(9) } },
      { op: 'update', path: 'nodes[1]', before: { ipv4_addr: '20.0.2.1' }, after: { ipv4_addr: '20.2.2.2' } },
      { op: 'add', path: 'nodes[2]', before: null, after: { peer_id: peerId(8) } },
      { op: 'remove', path: 'nodes[1]', before: { peer_id: peerId(1) }, after: null },
    ])
  })

  it('sends nothing where there is nothing to do, in whichever order the file is', async () => {
    const { data, sent } = await apply(fileOf([...OWN_NODES].reverse()))
    expect(data).toMatchObject({ changed: false, changes: [], transaction: null })
    expect(sent).toEqual([])
  })

  it('of an export is nothing to do, placeholders, odd clients and all', async () => {
    await ownerWrites(
      blob('日本 "x"', [placeholder(1), placeholder(1), node(3)], [client(5, 3, 1, 1), client(5), client(6, 0, 255)]),
    )
    const { data: exported } = await exportNodes(services().services, {})
    for (const text of [nodesExportText(exported), JSON.stringify(exported)])
      expect((await apply(text)).data.changed).toBe(false)
  })

  it('takes the export of a name that YAML or a terminal would take for something else', async () => {
    const { data: exported } = await exportNodes(services().services, {})
    for (const name of ['- a: "b" # c', "'", '0x1', 'null', '\u202e\u0085x', '😀']) {
      const text = nodesExportText({ ...exported, name })
      expect(text).not.toMatch(/[\u0080-\u009f\u202e]/)
      expect(parseNodesFile(text, 'nodes.yaml').name).toBe(name)
    }
  })

  it('replaces placeholders, which are nobody’s nodes', async () => {
    await ownerWrites(blob('new', [placeholder(1), placeholder(1)]))
    await apply(fileOf([node(0), node(1)]))
    expect((await stored()).nodes).toEqual([node(0), node(1)])
  })

  it('keeps what is on chain already, though it would not be written today', async () => {
    const odd = [placeholder(1), placeholder(1), node(3, { ipv4Addr: ip('192.168.0.1') })]
    await ownerWrites(blob('odd', odd))
    await apply(fileOf([...odd, node(4)]))
    expect((await stored()).nodes).toEqual([...odd, node(4)])
  })

  it('reads YAML, and standard input', async () => {
    const yaml = fileOf([...OWN_NODES, node(5)]).replace('{', '# generated\n{')
    const { services: all } = services({ files: { '-': yaml } })
    await update(all, { file: '-' })
    expect((await stored()).nodes).toHaveLength(4)
  })

  it('renames where the file has a name, and only then', async () => {
    await apply(fileOf(OWN_NODES, { name: 'acme' }))
    expect(await stored()).toMatchObject({ name: 'acme', nodes: OWN_NODES })
  })

  it.each([
    ['a name of 33 bytes', fileOf(OWN_NODES, { name: `x${'é'.repeat(16)}` }), 'NAME_TOO_LONG', /33 bytes/],
    ['one node', fileOf([node(0)]), 'TOO_MANY_REMOVALS', /remove 2 nodes/],
    [
      "the document's sample",
      fileOf([...OWN_NODES, node(5)]).replace(peerId(5), SAMPLE_PEER_ID),
      'PEER_ID_NOT_A_KEY',
      /^nodes\[3\]\.peer_id is 12D3Kpo/,
    ],
    ['a new placeholder', fileOf([...OWN_NODES, placeholder(2)]), 'PEER_ID_NOT_A_KEY', /no node can ever/],
    [
      'a private address',
      fileOf([...OWN_NODES, node(5, { ipv4Addr: ip('10.0.0.1') })]),
      'ADDRESS_NOT_ROUTABLE',
      /10\.0\.0\.1/,
    ],
    ['a node twice', fileOf([...OWN_NODES, node(0)]), 'DUPLICATE_NODE', /twice/],
    ['a new node twice', fileOf([...OWN_NODES, node(5), node(5)]), 'DUPLICATE_NODE', /twice/],
    [
      'an endpoint twice',
      fileOf([...OWN_NODES, node(5, { ipv4Addr: ip('20.0.0.1'), secondaryPort: 9 })]),
      'PORTS_COLLIDE',
      /20\.0\.0\.1:3010/,
    ],
    ['a client twice', fileOf(OWN_NODES, { clients: [client(5, 1), client(5, 2)] }), 'DOCUMENT_INVALID', /twice/],
    [
      'a client that is the sample',
      fileOf(OWN_NODES, { clients: [{ peerId: SAMPLE_PEER_ID, namespaces: [1] }] }),
      'PEER_ID_NOT_A_KEY',
      /^client/,
    ],
    ['an unknown key', '{"nodes": [], "nodez": 1}', 'DOCUMENT_INVALID', /nodes\.yaml:1.*nodez/],
    ['no nodes', '{}', 'DOCUMENT_INVALID', /nodes/],
    ['a port written 1e3', fileOf(OWN_NODES).replace('3010', '1e3'), 'PORT_INVALID', /nodes\.yaml.*nodes\[0\]/],
    ['nothing', '', 'DOCUMENT_INVALID', /nodes\.yaml/],
  ])('refuses: %s', async (_, text, code, sentence) => {
    const error = await refusal(text)
    expect(error.code).toBe(code)
    expect(error.message).toMatch(sentence)
  })

  it('refuses a list of one node even where removals are allowed', async () => {
    expect((await refusal(fileOf([node(0)]), { maxRemovals: '9' })).code).toBe('TOO_FEW_NODES')
    expect((await refusal(fileOf([]), { maxRemovals: '9' })).code).toBe('TOO_FEW_NODES')
  })

  it.each([
    [{ file: 'nodes.yaml', primaryPort: '4010' }, '--primary-port means nothing with --file'],
    [{ plan: 'plan.json', ipAddress: '20.0.0.9' }, '--ip-address means nothing with --plan'],
    [{ plan: 'plan.json', replaceUndecodable: true }, '--replace-undecodable means nothing with --plan'],
    [{ node: '0', primaryPort: '4010', revokeAll: true }, '--revoke-all means nothing with a single node'],
  ])('refuses a flag that it would have to ignore: %j', async (input, sentence) => {
    const error = await rejectedBy(update(withFile(fileOf(OWN_NODES)).services, input))
    expect(error.code).toBe('USAGE')
    expect(error.message).toBe(sentence)
  })

  it('refuses a missing file', async () => {
    expect((await rejectedBy(update(services().services, { file: 'gone.yaml' }))).code).toBe('FILE_UNREADABLE')
  })

  it('takes the right key', async () => {
    expect((await refusal(fileOf(OWN_NODES), {}, { encryptionKey: null })).code).toBe('SETTING_MISSING')
    expect((await refusal(fileOf(OWN_NODES), {}, { encryptionKey: WRONG_KEY })).code).toBe('ENCRYPTION_KEY_WRONG')
  })
})

describe('removals', () => {
  const four = [0, 1, 2, 3].map((n) => node(n))

  it('of one node pass where nobody watches, of two do not', async () => {
    await ownerWrites(blob('x', four))
    const error = await refusal(fileOf(four.slice(0, 2)))
    expect(error.code).toBe('TOO_MANY_REMOVALS')
    expect(error.message).toContain('remove 2 nodes, and 1')
    expect(error.hint).toContain('--max-removals 2')
    expect(error.details).toEqual({ removals: 2, max_removals: 1 })
    await apply(fileOf(four.slice(0, 3)))
    expect((await stored()).nodes).toEqual(four.slice(0, 3))
  })

  it.each([
    ['with --max-removals', { maxRemovals: '2' }, {}],
    ['on a terminal, where they are shown and asked about', {}, { interactive: true }],
  ])('of two pass %s', async (_, flags, options) => {
    await ownerWrites(blob('x', four))
    await apply(fileOf(four.slice(0, 2)), flags, options)
    expect((await stored()).nodes).toEqual(four.slice(0, 2))
  })

  it('of none at all can be demanded, on a terminal too', async () => {
    const error = await refusal(fileOf(OWN_NODES.slice(0, 2)), { maxRemovals: '0' }, { interactive: true })
    expect(error.code).toBe('TOO_MANY_REMOVALS')
  })

  it('do not count nodes that moved or got a new key', async () => {
    const wanted = [
      node(0, { ipv4Addr: ip('20.9.9.1') }),
      node(1, { ipv4Addr: ip('20.9.9.2') }),
      node(9, { ipv4Addr: ip('20.0.2.1') }),
    ]
    await apply(fileOf(wanted), { maxRemovals: '0' })
    expect((await stored()).nodes).toEqual(wanted)
  })

  it.each(['-1', 'many', '1.5', '', '1e3'])('--max-removals %j is a usage error', async (maxRemovals) => {
    expect((await refusal(fileOf(OWN_NODES), { maxRemovals })).code).toBe('USAGE')
  })
})

describe('clients', () => {
  const known = [client(5, 1, 2), client(6)]
  const seed = () => ownerWrites(blob('member 0', OWN_NODES, known))

  it('are left alone where the file does not mention them', async () => {
    await seed()
    await apply(fileOf([...OWN_NODES, node(9)]))
    expect((await stored()).clients).toEqual(known)
  })

  it('become those of the file, in their old places', async () => {
    await seed()
    const { data } = await apply(fileOf(OWN_NODES, { clients: [client(7, 0), client(6, 9), client(5, 1, 2)] }))
    expect((await stored()).clients).toEqual([client(5, 1, 2), client(6, 9), client(7, 0)])
    expect(data.changes.map(({ op, path }) => `${op} ${path}`)).toEqual(['update clients[1]', 'add clients[2]'])
  })

  it('are not all revoked by an empty list alone', async () => {
    await seed()
    const error = await refusal(fileOf(OWN_NODES, { clients: [] }))
    expect(error.code).toBe('REVOKES_EVERYTHING')
    expect(error.hint).toContain('--revoke-all')
    await apply(fileOf(OWN_NODES, { clients: [] }), { revokeAll: true })
    expect((await stored()).clients).toEqual([])
  })

  it('keep their namespaces as they are where only order or repetition differs', async () => {
    await seed()
    const { data } = await apply(fileOf(OWN_NODES, { clients: [client(6), client(5, 2, 1, 2)] }))
    expect(data.changed).toBe(false)
  })

  it('an empty list where there are none is nothing to do', async () => {
    expect((await apply(fileOf(OWN_NODES, { clients: [] }))).data.changed).toBe(false)
  })
})

describe('data on chain that does not decode', () => {
  const all = fileOf(OWN_NODES, { name: 'again', clients: [client(5, 1)] })

  it('is replaced only when that is asked for, and only as a whole', async () => {
    await ownerWrites('0xdeadbeef')
    expect((await refusal(all)).code).toBe('DATA_UNDECODABLE')
    const flags = { replaceUndecodable: true }
    const plan = { file: 'nodes.yaml', out: 'plan.json', ...flags }
    expect((await rejectedBy(diff(withFile(all).services, plan))).code).toBe('DATA_UNDECODABLE')
    expect((await refusal(fileOf(OWN_NODES, { name: 'again' }), flags)).code).toBe('DATA_UNDECODABLE')
    expect((await refusal(fileOf(OWN_NODES, { clients: [] }), flags)).code).toBe('DATA_UNDECODABLE')
    expect((await refusal(fileOf([node(0)], { name: 'x', clients: [] }), flags)).code).toBe('TOO_FEW_NODES')
    expect(await rawData()).toBe('0xdeadbeef')

    const { data } = await apply(all, flags)
    expect(data.changes.map(({ op, path }) => `${op} ${path}`)).toEqual([
      'add name',
      'add nodes[0]',
      'add nodes[1]',
      'add nodes[2]',
      'add clients[0]',
    ])
    expect(await stored()).toMatchObject({ name: 'again', nodes: OWN_NODES, clients: [client(5, 1)] })
  })

  it('--replace-undecodable replaces nothing that does decode', async () => {
    await ownerWrites(blob('fine', OWN_NODES, [client(5, 1)]))
    await apply(fileOf([...OWN_NODES, node(9)]), { replaceUndecodable: true })
    expect(await stored()).toMatchObject({ name: 'fine', clients: [client(5, 1)] })
  })
})

describe('nodes diff', () => {
  it('takes no private key, and --detailed-exitcode tells whether there are changes', async () => {
    const look = async (text: string, detailedExitcode: boolean) => {
      const { services: all } = withFile(text, { privateKey: null, operator: OPERATOR })
      return (await diff(all, { file: 'nodes.yaml', detailedExitcode })).exitCode
    }
    expect(await look(fileOf(OWN_NODES), true)).toBe(0)
    expect(await look(fileOf([...OWN_NODES, node(9)]), true)).toBe(10)
    expect(await look(fileOf([...OWN_NODES, node(9)]), false)).toBe(0)
  })

  it('without changes does not mind limits that shrank below what is there', async () => {
    await now.cluster.write(OWNER, 'updateSettings', [{ ...SETTINGS, maxOperatorDataBytes: 50 }])
    expect((await apply(fileOf(OWN_NODES))).data.changed).toBe(false)
    expect((await refusal(fileOf([...OWN_NODES, node(9)]))).code).toBe('DATA_TOO_LARGE')
  })
})
