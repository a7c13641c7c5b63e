/** `config init`: what it fills in, what it leaves blank, and that the filled-in file is one that `config emit` takes. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseAddress } from '../../src/base/address.js'
import { parseIpv4 } from '../../src/base/ipv4.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { parsePeerId } from '../../src/base/keys/parse-peer-id.js'
import type { Chain } from '../../src/chain/chain.js'
import { createPaint, plainPaint } from '../../src/cli/paint.js'
import type { ClusterView } from '../../src/cluster/cluster-view.js'
import { encryptIpv4 } from '../../src/cluster/codec/ip-encryption.js'
import { run as emit } from '../../src/deploy/config-emit.js'
import { type Input, run } from '../../src/deploy/config-init.js'
import { readDescription } from '../../src/deploy/deployment-file.js'
import { configInitText } from '../../src/deploy/view.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { type Sandbox, sandbox } from '../support/cli.js'
import {
  CONTRACT,
  databaseKey,
  ENCRYPTION_KEY,
  nodeKeys,
  OPERATOR,
  putDeployment,
  putSecret,
  RPC_URL,
  secretOf,
} from '../support/deployment.js'
import { SAMPLE_PEER_ID } from '../support/onboarding.js'
import { rejectionOf } from '../support/rejection.js'
import { type Overrides, type TestServices, testServices } from '../support/services.js'

let box: Sandbox
beforeEach(() => {
  box = sandbox()
})
afterEach(() => box.remove())

const settings = {
  contractAddress: () => parseAddress(CONTRACT, 'test'),
  operator: async () => parseAddress(OPERATOR, 'test'),
  encryptionKey: async () => parseEncryptionKey(ENCRYPTION_KEY, 'test'),
  rpcUrl: () => RPC_URL,
}

async function init(input: Input = {}, overrides: Overrides = {}) {
  const services: TestServices = testServices(overrides)
  const { data } = await run(services, {
    ...(input.stdout ? {} : { out: box.path('deployment.yaml') }),
    keys: box.path('keys'),
    ...input,
  })
  const text = data.content ?? readFileSync(box.path('deployment.yaml'), 'utf8')
  return { data, text, description: parse(text), said: services.said.join('\n') }
}

function chainWith(peerIds: readonly string[]): () => Promise<Chain> {
  const key = parseEncryptionKey(ENCRYPTION_KEY, 'test')
  const nodes = peerIds.map((id, i) => {
    const peerId = parsePeerId(id, 'test')
    return {
      peerId,
      ipv4: encryptIpv4(key, peerId, parseIpv4(`52.1.2.${i + 1}`, 'test')),
      privateIpv4: null,
      primaryPort: 4000 + i,
      secondaryPort: 5000 + i,
    }
  })
  const operators = [
    {
      slot: 3,
      id: parseAddress(OPERATOR, 'test'),
      decoded: { name: 'x', nodes, clients: [], schema: 1, trailingBytes: 0 },
    },
  ]
  return async () =>
    ({
      readCluster: async () => ({ view: { operators } as unknown as ClusterView, block: { number: 7, hash: '0x' } }),
    }) as unknown as Chain
}

/** What a person does: every blank gets a value. */
function fillIn(text: string): string {
  const values: Record<string, string> = {
    contract_address: CONTRACT,
    rpc_url: RPC_URL,
    encryption_key_file: 'keys/encryption.key',
    operator_key_file: 'keys/operator.key',
    address: '10.0.10.5',
  }
  let node = -2
  return text.replace(/^(\s*)(?:- )?(\w+): # FILL IN.*$/gm, (line, _, field: string) => {
    if (field === 'ipv4_addr') return line.replace(/# FILL IN.*/, `52.1.2.${++node + 10}`)
    const key = node < -1 ? 'keys/wcn_db.key' : `keys/n${node + 1}.key`
    return line.replace(/# FILL IN.*/, values[field] ?? key)
  })
}

describe('config init', () => {
  it('writes a private file with everything explained and the unknown left blank', async () => {
    const { data, text, description } = await init()
    expect(statSync(box.path('deployment.yaml')).mode & 0o777).toBe(0o600)
    expect(data).toEqual({
      path: box.path('deployment.yaml'),
      nodes_from_chain: 0,
      blanks: [
        'contract_address',
        'rpc_url',
        'encryption_key_file',
        'operator_key_file',
        'database.address',
        'database.secret_key_file',
        'nodes[0].ipv4_addr',
        'nodes[0].secret_key_file',
        'nodes[1].ipv4_addr',
        'nodes[1].secret_key_file',
      ],
    })
    expect(description.nodes.map(({ name, primary }: { name: string; primary?: boolean }) => [name, primary])).toEqual([
      ['n0', true],
      ['n1', undefined],
    ])
    expect(text.match(/FILL IN/g)).toHaveLength(data.blanks.length)
  })

  it('asks on a terminal for what it could not find out, and is told what is wrong with an answer', async () => {
    putSecret(box, 'b.key', secretOf(nodeKeys[1]))
    const asked: string[] = []
    const complaints: (string | null | undefined)[] = []
    const typed: Record<string, readonly string[]> = {
      contract_address: ['0x12', CONTRACT],
      'address of the database': ['52.1.2.3', '10.0.10.5'],
      'secret_key_file of node n1': ['nowhere.key', box.path('b.key')],
      'ipv4_addr of node n1': ['10.0.0.1', '52.1.2.3'],
    }
    const talk: Partial<TestServices['talk']> = {
      interactive: true,
      ask: async ({ text, default: usual = '', complaint }) => {
        asked.push(text)
        const answers = typed[text.replace(/:.*/s, '')] ?? [usual]
        for (const answer of answers) complaints.push(await complaint?.(answer))
        return answers.at(-1) ?? ''
      },
      askHidden: async (text) => {
        asked.push(text)
        return RPC_URL
      },
    }
    const { data, description } = await init({}, { talk })
    expect(asked.map((text) => text.replace(/:.*/s, ''))).toEqual([
      'contract_address',
      'rpc_url',
      'encryption_key_file',
      'operator_key_file',
      'address of the database',
      'secret_key_file of the database',
      'ipv4_addr of node n0',
      'secret_key_file of node n0',
      'ipv4_addr of node n1',
      'secret_key_file of node n1',
    ])
    expect(complaints.filter((one) => one !== null).map((one) => one?.slice(0, 40))).toEqual([
      expect.stringContaining('2 hex digits'),
      expect.stringContaining('public address'),
      expect.stringContaining('no public address'),
      expect.stringContaining('nowhere.key'),
    ])
    expect(description).toMatchObject({
      ...{ contract_address: CONTRACT, rpc_url: RPC_URL, database: { address: '10.0.10.5' } },
      nodes: [{}, { ipv4_addr: '52.1.2.3', secret_key_file: box.path('b.key'), peer_id: nodeKeys[1].peerId }],
    })
    expect(data.blanks).toEqual([
      'encryption_key_file',
      'operator_key_file',
      'database.secret_key_file',
      'nodes[0].ipv4_addr',
      'nodes[0].secret_key_file',
    ])
    // Nobody answers ten questions to be told that.
    asked.length = 0
    expect((await rejectionOf(init({}, { talk }))).code).toBe('FILE_EXISTS')
    expect(asked).toEqual([])
  })

  it('is refused by name as long as a blank is left', async () => {
    const { data, text } = await init()
    let error: unknown
    try {
      readDescription(text, 'deployment.yaml')
    } catch (thrown) {
      error = thrown
    }
    expect((error as WcnError).code).toBe('DOCUMENT_INVALID')
    const problems = (error as WcnError).details?.problems as { path: string; problem: string }[]
    expect(problems.map(({ path }) => path).sort()).toEqual([...data.blanks].sort())
    expect(new Set(problems.map(({ problem }) => problem))).toEqual(new Set(['is blank']))
  })

  it.each(['2', '4'])('with the blanks filled in is what config emit takes (%s nodes)', async (nodes) => {
    putDeployment(box)
    for (const name of ['n2', 'n3']) putSecret(box, `keys/${name}.key`, secretOf(nodeKeys[0]))
    await init({ keys: box.path('none'), nodes, out: box.path('fresh.yaml') })
    const text = readFileSync(box.path('fresh.yaml'), 'utf8')
    writeFileSync(box.path('fresh.yaml'), fillIn(text))
    const { data } = await emit(testServices(), { file: box.path('fresh.yaml'), out: box.path('out') })
    expect(data.files).toHaveLength(1 + Number(nodes))
    expect(data.files.filter(({ signing_key }) => signing_key)).toHaveLength(1)
  })

  it('fills in what is configured and the keys it finds', async () => {
    putDeployment(box)
    renameSync(box.path('deployment.yaml'), box.path('old.yaml'))
    const { data, description } = await init(
      {},
      {
        settings,
        chain: async () => {
          throw new WcnError('NETWORK', 'the provider does not answer')
        },
      },
    )
    expect(description).toMatchObject({
      contract_address: CONTRACT,
      rpc_url: RPC_URL,
      operator: OPERATOR,
      encryption_key_file: box.path('keys/encryption.key'),
      operator_key_file: box.path('keys/operator.key'),
      database: { secret_key_file: box.path('keys/wcn_db.key'), peer_id: databaseKey.peerId },
      nodes: [
        { secret_key_file: box.path('keys/n0.key'), peer_id: nodeKeys[0].peerId },
        { secret_key_file: box.path('keys/n1.key') },
      ],
    })
    expect(data.blanks).toEqual(['database.address', 'nodes[0].ipv4_addr', 'nodes[1].ipv4_addr'])
  })

  it('fills in the nodes that are on chain, with the keys named after them', async () => {
    mkdirSync(box.path('keys'))
    putSecret(box, `keys/${nodeKeys[1].peerId}.key`, secretOf(nodeKeys[1]))
    const { data, description, said } = await init(
      {},
      { settings, chain: chainWith([nodeKeys[0].peerId, nodeKeys[1].peerId, SAMPLE_PEER_ID]) },
    )
    expect(data.nodes_from_chain).toBe(3)
    expect(description.nodes).toMatchObject([
      {
        name: 'n0',
        ipv4_addr: '52.1.2.1',
        primary_port: 4000,
        secondary_port: 5000,
        peer_id: nodeKeys[0].peerId,
        secret_key_file: null,
      },
      {
        name: 'n1',
        ipv4_addr: '52.1.2.2',
        peer_id: nodeKeys[1].peerId,
        secret_key_file: box.path(`keys/${nodeKeys[1].peerId}.key`),
      },
      { name: 'n2', ipv4_addr: '52.1.2.3', secret_key_file: null },
    ])
    expect(description.nodes[2].peer_id).toBeUndefined()
    expect(said).toContain('as on chain at block 7')
  })

  it('calls nodes like their key files, in order, and takes no other key for a node', async () => {
    mkdirSync(box.path('keys'))
    const [a, b] = nodeKeys
    putSecret(box, 'keys/node-b.key', secretOf(b))
    putSecret(box, 'keys/node-a.key', secretOf(a))
    putSecret(box, 'keys/database.key', secretOf(databaseKey))
    putSecret(box, 'keys/server-tls.key', 'of another program')
    putSecret(box, 'keys/operator.key', `0x${'a7'.repeat(32)}`)
    const { description } = await init()
    expect(description.nodes).toMatchObject([
      { name: 'node-a', primary: true, peer_id: a.peerId, secret_key_file: box.path('keys/node-a.key') },
      { name: 'node-b', peer_id: b.peerId, secret_key_file: box.path('keys/node-b.key') },
    ])
    expect(description.database.secret_key_file).toBe(box.path('keys/database.key'))
    const { peerId } = databaseKey
    // On chain in another order, and one of them is elsewhere.
    const chain = chainWith([peerId, b.peerId])
    const known = (await init({ force: true }, { settings, chain })).description
    expect(known.nodes).toMatchObject([
      { name: 'n0', peer_id: peerId, secret_key_file: null },
      { name: 'node-b', peer_id: b.peerId, ipv4_addr: '52.1.2.2', secret_key_file: box.path('keys/node-b.key') },
    ])
  })

  it('gives each node a name of its own', async () => {
    mkdirSync(box.path('keys'))
    for (const name of ['n0', 'wcn_node_n0', nodeKeys[1].peerId, 'bad name'])
      putSecret(box, `keys/${name}.key`, secretOf(nodeKeys[0]))
    const { description } = await init()
    const names = description.nodes.map(({ name }: { name: string }) => name)
    expect(new Set(names).size).toBe(4)
    expect(names).toContain('n0')
  })

  it('leaves addresses blank without the encryption key', async () => {
    const { description } = await init(
      {},
      {
        settings: { ...settings, encryptionKey: async () => null },
        chain: chainWith([nodeKeys[0].peerId, nodeKeys[1].peerId]),
      },
    )
    expect(description.nodes).toMatchObject([{ ipv4_addr: null, primary_port: 4000 }, { ipv4_addr: null }])
  })

  it('notes why the chain says nothing, and goes on', async () => {
    expect((await init({}, {})).said).toContain('no nodes are filled in from the chain')
    const failing = {
      settings,
      chain: async () => {
        throw new WcnError('NETWORK', 'the provider does not answer')
      },
    }
    expect((await init({ force: true }, failing)).said).toContain('the provider does not answer')
    expect(
      (
        await init(
          { force: true },
          { settings: { ...settings, operator: async () => parseAddress(CONTRACT, 'test') }, chain: chainWith([]) },
        )
      ).said,
    ).toContain('none on chain')
  })

  it('leaves an http URL out: nodes would not start with it', async () => {
    const { description, said } = await init({}, { settings: { rpcUrl: () => 'https://rpc.example.com/canary' } })
    expect(description.rpc_url).toBeNull()
    expect(said).toContain('rpc_url is left blank')
    expect(said).not.toContain('canary')
  })

  it('never overwrites unless forced', async () => {
    writeFileSync(box.path('deployment.yaml'), 'precious')
    expect((await rejectionOf(init())).code).toBe('FILE_EXISTS')
    expect(readFileSync(box.path('deployment.yaml'), 'utf8')).toBe('precious')
    await init({ force: true })
    expect(readFileSync(box.path('deployment.yaml'), 'utf8')).toContain('FILL IN')
  })

  it('prints instead of writing', async () => {
    const { data } = await init({ stdout: true })
    expect(data.path).toBeNull()
    expect(existsSync(box.path('deployment.yaml'))).toBe(false)
    expect(configInitText(data, await createPaint(true))).toBe(data.content)
    expect((await rejectionOf(init({ stdout: true, out: 'x' }))).code).toBe('USAGE')
  })

  it('says what to fill in and what comes next', async () => {
    const { data } = await init()
    const text = configInitText(data, plainPaint)
    expect(text).toContain('database.address')
    expect(text).toContain('wcn config emit -f')
    expect(configInitText({ ...data, blanks: [] }, plainPaint)).toMatch(/\n\nnext: make .*\n {6}wcn config emit/)
  })

  it.each(['1', '0', 'x', '1e2', '101'])('refuses %s nodes', async (nodes) => {
    expect((await rejectionOf(init({ nodes }))).code).toBe('USAGE')
  })

  it('keeps going over key files it cannot use', async () => {
    mkdirSync(box.path('keys'))
    putSecret(box, 'keys/n0.key', 'no key at all')
    const { description, said } = await init()
    expect(description.nodes[0].secret_key_file).toBe(box.path('keys/n0.key'))
    expect(said).toContain('the peer ID is not filled in')
  })

  it('knows the operator and the cluster key by the files it finds', async () => {
    putDeployment(box)
    renameSync(box.path('deployment.yaml'), box.path('old.yaml'))
    const { contractAddress } = settings
    const overrides = { settings: { contractAddress }, chain: chainWith([nodeKeys[0].peerId, nodeKeys[1].peerId]) }
    const { description } = await init({}, overrides)
    expect(description).toMatchObject({
      operator: OPERATOR,
      nodes: [{ ipv4_addr: '52.1.2.1' }, { ipv4_addr: '52.1.2.2' }],
    })
  })
})
