/**
 * Every way of writing an operator's data × every rule for it: refused before anything is sent, or listed with the reason
 * why it can't happen there. The rules are those of the code; a new one fails here until each door has answered for it.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { run as adminAdd } from '../../src/admin/admin-operator-add.js'
import { run as approve } from '../../src/admin/admin-operator-approve.js'
import { run as adminRename } from '../../src/admin/admin-operator-rename.js'
import { run as adminSet } from '../../src/admin/admin-operator-set.js'
import type { CommandGrammar } from '../../src/base/grammar.js'
import { bytesToHex, type Hex } from '../../src/base/hex.js'
import { keypairFromSecret, type NodeKeypair } from '../../src/base/keys/node-keypair.js'
import { Secret } from '../../src/base/secret.js'
import { rawTransactions } from '../../src/chain/raw-transactions.js'
import { grammarOf } from '../../src/cli/grammar-of.js'
import { run as clientsRemove } from '../../src/clients/clients-remove.js'
import { run as clientsSet } from '../../src/clients/clients-set.js'
import { encodeOperatorData, type OperatorData, type StoredClient } from '../../src/cluster/codec/operator-data.js'
import { ALL_RULES, WRITE_RULES, type WriteRuleId } from '../../src/cluster/judge-write.js'
import { type PlainNode, storeNode } from '../../src/cluster/plain-node.js'
import { exitCodeOf } from '../../src/errors/exit-codes.js'
import type { Examiner } from '../../src/health/examiner.js'
import { run as nodesAdd } from '../../src/nodes/nodes-add.js'
import { run as nodesDiff } from '../../src/nodes/nodes-diff.js'
import { run as nodesRemove } from '../../src/nodes/nodes-remove.js'
import { run as nodesRotate } from '../../src/nodes/nodes-rotate.js'
import { run as nodesUpdate } from '../../src/nodes/nodes-update.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { fullProgram } from '../../src/program.js'
import { run as keyProve } from '../../src/register/key-prove.js'
import { run as register } from '../../src/register/operator-register.js'
import { run as verifyRequest } from '../../src/register/operator-verify-request.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { run as txDecode } from '../../src/tx/tx-decode.js'
import { run as txSend } from '../../src/tx/tx-send.js'
import { run as txSign } from '../../src/tx/tx-sign.js'
import { writeBase } from '../../src/write/model/write-base.js'
import { renderSignedFile, renderUnsignedFile } from '../../src/write/unsigned-file.js'
import { healthOf } from '../support/health-of.js'
import { ip, node, peerId, placeholderId } from '../support/nodes.js'
import {
  CONTRACT,
  draftOf,
  ENCRYPTION_KEY,
  OPERATOR,
  OPERATOR_KEY,
  OWNER_KEY,
  secretText,
  signed,
  type World,
  world,
} from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'
import { calldata } from '../support/unsigned.js'
import { readVectors } from '../support/vectors.js'

const examiner: Examiner = {
  unproven: null,
  identified: true,
  examine: async (nodes) => nodes.map((one) => healthOf(one, {})),
}
vi.mock('../../src/health/examiner.js', () => ({ openExaminer: async () => examiner }))

interface Plain {
  readonly name: string
  readonly nodes: readonly PlainNode[]
  readonly clients: readonly StoredClient[]
}

/** What breaks one rule and no other, as a change of what is there. */
interface Example {
  readonly before: Plain
  readonly after: Plain
  /** What is on chain in the place of `before`, where that is what the rule is about. */
  readonly onChain?: Hex
  /** Behind the encoded data. */
  readonly trailing?: string
  /** The cluster allows no more than the operator has now, or little for a new one. */
  readonly full?: boolean
  readonly says: RegExp
}

const NODES = [0, 1, 2, 3].map((n) => node(n))
const CLIENTS = [
  { peerId: peerId(5), namespaces: [1, 2] },
  { peerId: peerId(6), namespaces: [3] },
]
const BEFORE: Plain = { name: 'acme', nodes: NODES, clients: CLIENTS }
const NEW_NODE = node(9, { privateIpv4Addr: ip('10.0.0.9') })
/** Something for every door. */
const HARMLESS: Plain = {
  name: 'renamed',
  nodes: [...NODES, NEW_NODE],
  clients: [...CLIENTS, { peerId: peerId(7), namespaces: [1] }],
}
const changed = (after: Partial<Plain>, says: RegExp): Example => ({
  before: BEFORE,
  after: { ...BEFORE, ...after },
  says,
})
const named = (name: string, says: RegExp) => changed({ name }, says)
const withNode = (values: Partial<PlainNode>, says: RegExp) =>
  changed({ nodes: [...NODES, { ...node(9), ...values }] }, says)
const withClients = (clients: readonly StoredClient[], says: RegExp) => changed({ clients }, says)

const data = ({ name, nodes, clients }: Plain): OperatorData => {
  return { name, nodes: nodes.map((plain) => storeNode(plain, ENCRYPTION_KEY)), clients }
}
const hex = (plain: Plain, trailing = ''): Hex => `${bytesToHex(encodeOperatorData(data(plain)))}${trailing}` as Hex

const EXAMPLES: Readonly<Record<WriteRuleId, Example>> = {
  undecodable: { before: BEFORE, after: HARMLESS, onChain: '0xdeadbeef', says: /does not decode/ },
  'trailing-bytes': { before: BEFORE, after: HARMLESS, onChain: hex(BEFORE, 'ffff'), says: /ends with 2 bytes/ },
  encoding: { before: BEFORE, after: HARMLESS, trailing: '00', says: /1 bytes after its end/ },
  'name-length': named('é'.repeat(17), /34 bytes long/),
  'name-characters': named('ac\u202eme', /U\+202E, which nobody can see/),
  removals: changed({ nodes: NODES.slice(2) }, /remove 2 nodes, and 1/),
  'revoke-all': withClients([], /revoke every client|without a namespace/),
  'node-count': {
    before: { ...BEFORE, nodes: NODES.slice(0, 2) },
    after: { ...BEFORE, nodes: NODES.slice(1, 2) },
    says: /at least 2 nodes|fewer than 2|not known here/,
  },
  'node-peer-id': withNode({ peerId: placeholderId(3) }, /peer_id is 1A\w+, as which no node can ever authenticate/),
  'port-zero': withNode({ primaryPort: 0 }, /port.* is (?:0|"0"), which is out of range/),
  'equal-ports': withNode({ secondaryPort: 3010 }, /primary and secondary port are both 3010/),
  'no-host-address': withNode({ ipv4Addr: ip('224.0.0.1') }, /224\.0\.0\.1 is no public address \(multicast/),
  'public-address': withNode({ ipv4Addr: ip('10.0.0.1') }, /10\.0\.0\.1 is no public address \(private use/),
  'private-address': withNode({ privateIpv4Addr: ip('127.0.0.1') }, /private address 127\.0\.0\.1 \(loopback/),
  'node-twice': withNode(node(0), /is listed twice/),
  'endpoint-twice': withNode({ ipv4Addr: node(0).ipv4Addr, secondaryPort: 9 }, /two nodes would use 20\.0\.0\.1:3010/),
  'client-peer-id': withClients(
    [...CLIENTS, { peerId: placeholderId(3), namespaces: [1] }],
    /peer_id is 1A\w+, as which no node can ever authenticate/,
  ),
  'client-twice': withClients([...CLIENTS, { peerId: peerId(5), namespaces: [9] }], /client \w+ is listed twice/),
  'data-size': { before: BEFORE, after: HARMLESS, full: true, says: /bytes, and the cluster allows \d+/ },
}

interface Door {
  /** Why a rule can't be broken there. */
  readonly lacks: Partial<Record<WriteRuleId, string>>
  /** Gives the sentences that it refuses with, and ends as a refusal of its kind does. */
  readonly open: (example: Example) => Promise<readonly string[]>
}

const because = (reason: string, ...rules: readonly WriteRuleId[]) =>
  Object.fromEntries(rules.map((rule) => [rule, reason]))
const ABOUT_ADDRESSES = ['no-host-address', 'public-address', 'private-address', 'endpoint-twice'] as const
const ABOUT_NODES = ['node-peer-id', 'port-zero', 'equal-ports', 'node-twice', ...ABOUT_ADDRESSES] as const
const NO_NAME = because('it brings no name', 'name-length', 'name-characters')
const NO_NODE = because('it brings no node', ...ABOUT_NODES)
const NO_CLIENT = because('it brings no client', 'client-peer-id', 'client-twice', 'revoke-all')
const OWN_ENCODING = because('it encodes the data itself', 'encoding')
const NO_REMOVAL = because('it removes no node, or the one that is named', 'removals', 'node-count')
const IS_NEW = because('a new operator has nothing on chain', 'undecodable', 'trailing-bytes', 'removals', 'revoke-all')
const OFFLINE = because(
  'what is on chain is not known offline: `tx send` is held to it',
  ...(['undecodable', 'trailing-bytes', 'removals', 'revoke-all', 'data-size'] as const),
)

const last = <T>(items: readonly T[]): T => items.at(-1) as T
const flags = ({ peerId, ipv4Addr, privateIpv4Addr, primaryPort, secondaryPort }: PlainNode) => ({
  peerId,
  ipAddress: ipv4Addr,
  privateIpAddress: privateIpv4Addr ?? 'none',
  primaryPort: String(primaryPort),
  secondaryPort: String(secondaryPort),
})
const fileOf = ({ name, nodes, clients }: Plain) =>
  JSON.stringify({
    name,
    nodes: nodes.map((one) => ({
      peer_id: one.peerId,
      ipv4_addr: one.ipv4Addr,
      private_ipv4_addr: one.privateIpv4Addr,
      primary_port: one.primaryPort,
      secondary_port: one.secondaryPort,
    })),
    clients: clients.map(({ peerId: peer_id, namespaces: authorized_namespaces }) => ({
      peer_id,
      authorized_namespaces,
    })),
  })

/** A cluster that has the operator; nobody watches. */
async function member(
  { before, onChain, full }: Example,
  files: Readonly<Record<string, string>> = {},
): Promise<World> {
  const made = await world(files)
  made.members.push({ addr: OPERATOR, data: onChain ?? hex(before) })
  made.facts.interactive = false
  if (full) made.facts.maxOperatorDataBytes = hex(before).length / 2 - 1
  return made
}

/** A cluster that does not have it yet. */
async function stranger({ full }: Example, files: Readonly<Record<string, string>> = {}): Promise<World> {
  const made = await world({ ...files, ...SECRETS })
  made.facts.interactive = false
  if (full) made.facts.maxOperatorDataBytes = 100
  return made
}

/** Refused with exit 4, or 2 where it is what was typed; nothing sent, no file written. */
async function refusal(made: World, call: Promise<unknown>): Promise<readonly string[]> {
  const files = [...made.files.contents]
  const error = await rejectedBy(call)
  expect([2, 4], `${error.code}: ${error.message}`).toContain(exitCodeOf(error.code))
  expect(error.hint).toBeTruthy()
  expect(made.sent).toEqual([])
  expect([...made.files.contents]).toEqual(files)
  return [error.message]
}

/** An edit of an operator that is there. */
function edit(
  run: (services: World['services'], input: never) => Promise<unknown>,
  input: (example: Example) => object,
  files: (example: Example) => Readonly<Record<string, string>> = () => ({}),
): Door['open'] {
  return async (example) => {
    const made = await member(example, files(example))
    return refusal(made, run(made.services, input(example) as never))
  }
}

/** The same by the cluster's owner. */
function byOwner(
  run: (services: World['services'], example: Example, files: World['files']) => Promise<unknown>,
): Door['open'] {
  return async (example) => {
    const made = await member(example)
    made.facts.signerKey = OWNER_KEY
    return refusal(made, run(made.services, example, made.files))
  }
}

const keys = readVectors<{ secret_key: string }[]>('node-keys')
const pairs: readonly NodeKeypair[] = await Promise.all(
  [0, 1, 2, 3, 9].map((n) =>
    keypairFromSecret(new Secret(Uint8Array.from(Buffer.from(keys[n]?.secret_key ?? '', 'base64')))),
  ),
)
const SECRETS = Object.fromEntries(pairs.map((pair, n) => [`node-${n}.key`, secretText(pair)]))

/** As somebody might write it who has all the keys: signed, whatever is in it. */
async function request({ after, trailing }: Example) {
  const draft = await draftOf(data(after), { data: hex(after, trailing) })
  const used = pairs.filter(({ peerId: id }) => after.nodes.some((one) => one.peerId === id))
  return { draft: JSON.stringify(draft), request: JSON.stringify(await signed(draft, used)) }
}

/** The call that would write it. */
function callOf(kind: 'add' | 'update', { after, trailing }: Example): Hex {
  const blob = hex(after, trailing)
  return kind === 'add'
    ? calldata('addNodeOperator', { addr: OPERATOR, data: blob })
    : calldata('updateNodeOperatorData', OPERATOR, blob)
}

/** The file for an offline signer, changed by somebody on its way; signed with the right key all the same. */
async function transaction(made: World, kind: 'add' | 'update', example: Example) {
  const signer = privateKeySigner(kind === 'add' ? OWNER_KEY : OPERATOR_KEY)
  const snapshot = await (await made.services.chain()).readClusterForWrite(signer.address)
  const { chainId, genesisHash, account, fees } = snapshot
  const document = {
    ...{ chainId, genesisHash, fees, contract: CONTRACT, to: CONTRACT, from: signer.address, nonce: account.nonce },
    ...{ gas: 100_000n, data: callOf(kind, example), createdAt: 1_790_000_000, base: writeBase(snapshot, OPERATOR) },
    what: { kind: kind === 'add' ? ('operator-add' as const) : ('operator-data' as const), title: 'harmless' },
  }
  const raw = { ...document, value: 0n }
  const bytes = rawTransactions.serialize(raw, await signer.signDigest(rawTransactions.digest(raw)))
  const hash = (await rawTransactions.parse(bytes))?.hash ?? '0x'
  return { unsigned: renderUnsignedFile(document), signed: renderSignedFile({ ...document, raw: bytes, hash }) }
}

function offline(kind: 'add' | 'update', command: 'sign' | 'send'): Door['open'] {
  return async (example) => {
    const made = await (kind === 'add' ? stranger(example) : member(example))
    const { unsigned, signed: sent } = await transaction(made, kind, example)
    made.files.contents.set('tx.json', command === 'sign' ? unsigned : sent)
    made.facts.signerKey = kind === 'add' ? OWNER_KEY : OPERATOR_KEY
    if (command === 'send') return refusal(made, txSend(made.services, { file: 'tx.json' }))
    return refusal(made, txSign(made.services, { file: 'tx.json', out: 'signed.json' }))
  }
}

const wholeList = (input: object) =>
  edit(
    nodesUpdate,
    () => input,
    ({ after }) => ({ 'nodes.yaml': fileOf(after) }),
  )
const secretKeyFile = Object.keys(SECRETS)

const DOORS: Readonly<Record<string, Door>> = {
  'nodes add': {
    lacks: { ...NO_NAME, ...NO_CLIENT, ...OWN_ENCODING, ...NO_REMOVAL },
    open: edit(nodesAdd, ({ after }) => flags(last(after.nodes))),
  },
  'nodes update NODE': {
    lacks: { ...NO_NAME, ...NO_CLIENT, ...OWN_ENCODING, ...NO_REMOVAL },
    open: edit(nodesUpdate, ({ after }) => ({ node: '3', ...flags(last(after.nodes)) })),
  },
  'nodes update -f': { lacks: OWN_ENCODING, open: wholeList({ file: 'nodes.yaml' }) },
  'nodes diff -f': {
    lacks: OWN_ENCODING,
    open: edit(
      nodesDiff,
      () => ({ file: 'nodes.yaml', out: 'plan.json' }),
      ({ after }) => ({ 'nodes.yaml': fileOf(after) }),
    ),
  },
  'nodes update --plan': {
    lacks: {},
    open: edit(
      nodesUpdate,
      () => ({ plan: 'plan.json' }),
      ({ before, after, onChain, trailing }) => ({
        'plan.json': JSON.stringify({
          ...{ type: 'wcn-nodes-plan', version: 1, chain_id: 10, contract: CONTRACT, operator: OPERATOR, block: 100 },
          before: onChain === '0xdeadbeef' ? hex(before) : (onChain ?? hex(before)),
          after: hex(after, trailing),
        }),
      }),
    ),
  },
  'nodes rotate': {
    lacks: {
      ...NO_NAME,
      ...NO_CLIENT,
      ...OWN_ENCODING,
      ...NO_REMOVAL,
      'node-twice': 'then it is there already, and the old one goes',
    },
    open: edit(nodesRotate, ({ after }) => ({ node: '3', ...flags(last(after.nodes)) })),
  },
  'nodes remove': {
    lacks: {
      ...{ ...NO_NAME, ...NO_CLIENT, ...OWN_ENCODING },
      ...NO_NODE,
      ...because('it removes the node that is named', 'removals'),
      ...because('the data gets shorter', 'data-size'),
    },
    open: edit(nodesRemove, () => ({ node: '0' })),
  },
  'clients set': {
    lacks: {
      ...NO_NAME,
      ...NO_NODE,
      ...OWN_ENCODING,
      ...NO_REMOVAL,
      'client-twice': 'it replaces the entry that is there',
    },
    open: edit(clientsSet, ({ after: { clients } }) => {
      const { peerId: client, namespaces } = clients.at(-1) ?? { peerId: peerId(5), namespaces: [] }
      return { client, namespace: namespaces.map(String) }
    }),
  },
  'clients remove': {
    lacks: {
      ...{ ...NO_NAME, ...NO_NODE, ...OWN_ENCODING, ...NO_REMOVAL, ...NO_CLIENT },
      ...because('the data gets shorter', 'data-size'),
      ...because('it removes the client that is named', 'revoke-all'),
    },
    open: edit(clientsRemove, () => ({ client: peerId(5) })),
  },
  'operator rename': {
    lacks: { ...NO_NODE, ...NO_CLIENT, ...OWN_ENCODING, ...NO_REMOVAL },
    open: edit(rename, ({ after }) => ({ newName: after.name })),
  },
  'operator register --node': {
    lacks: { ...IS_NEW, ...OWN_ENCODING, ...NO_CLIENT },
    async open(example) {
      const made = await stranger(example)
      const given = example.after.nodes.map(({ peerId: id, ipv4Addr, privateIpv4Addr, primaryPort, secondaryPort }) =>
        [id, ipv4Addr, primaryPort, secondaryPort, ...(privateIpv4Addr ? [`private=${privateIpv4Addr}`] : [])].join(),
      )
      return refusal(made, register(made.services, { name: example.after.name, node: given, secretKeyFile }))
    },
  },
  'operator register -f': {
    lacks: { ...IS_NEW, ...OWN_ENCODING },
    async open(example) {
      const made = await stranger(example, { 'nodes.yaml': fileOf(example.after) })
      return refusal(made, register(made.services, { file: 'nodes.yaml', secretKeyFile }))
    },
  },
  'operator register --draft (a draft that is there)': {
    lacks: IS_NEW,
    async open(example) {
      const made = await stranger(example, { 'draft.json': (await request(example)).draft })
      return refusal(made, register(made.services, { draft: 'draft.json', secretKeyFile }))
    },
  },
  'key prove': {
    lacks: {
      ...IS_NEW,
      ...because(
        'no address or cluster is known where a node key is: the request is held to it before it is signed',
        ...ABOUT_ADDRESSES,
        'data-size',
      ),
    },
    async open(example) {
      const made = await stranger(example, { 'draft.json': (await request(example)).draft })
      return refusal(made, keyProve(made.services, { draft: 'draft.json', secretKeyFile: 'node-1.key' }))
    },
  },
  'operator verify-request': {
    lacks: IS_NEW,
    async open(example) {
      const made = await stranger(example, { 'request.json': (await request(example)).request })
      const { data: found, exitCode } = await verifyRequest(made.services, { file: 'request.json' })
      expect(exitCode).toBe(8)
      return found.checks.filter(({ status }) => status === 'fail').map(({ summary }) => summary)
    },
  },
  ...Object.fromEntries(
    [undefined, 'tx.json'].map((unsigned): [string, Door] => [
      `admin operator approve${unsigned ? ' --unsigned' : ''}`,
      {
        lacks: IS_NEW,
        async open(example) {
          const made = await stranger(example, { 'request.json': (await request(example)).request })
          made.facts.signerKey = OWNER_KEY
          return refusal(made, approve(made.services, { file: 'request.json', ...(unsigned ? { unsigned } : {}) }))
        },
      },
    ]),
  ),
  'admin operator add -f': {
    lacks: { ...IS_NEW, ...OWN_ENCODING },
    async open(example) {
      const made = await stranger(example, { 'nodes.yaml': fileOf(example.after) })
      made.facts.signerKey = OWNER_KEY
      return refusal(made, adminAdd(made.services, { address: OPERATOR, file: 'nodes.yaml' }))
    },
  },
  'admin operator add (placeholders)': {
    lacks: { ...IS_NEW, ...OWN_ENCODING, ...NO_NODE, ...NO_CLIENT, ...NO_REMOVAL },
    async open(example) {
      const made = await stranger({ ...example, full: false })
      if (example.full) made.facts.maxOperatorDataBytes = 60
      made.facts.signerKey = OWNER_KEY
      return refusal(made, adminAdd(made.services, { address: OPERATOR, name: example.after.name }))
    },
  },
  'admin operator set': {
    lacks: OWN_ENCODING,
    open: byOwner((services, { after }, files) => {
      files.contents.set('nodes.yaml', fileOf(after))
      return adminSet(services, { operator: OPERATOR, file: 'nodes.yaml' })
    }),
  },
  'admin operator rename': {
    lacks: { ...NO_NODE, ...NO_CLIENT, ...OWN_ENCODING, ...NO_REMOVAL },
    open: byOwner((services, { after }) => adminRename(services, { operator: OPERATOR, newName: after.name })),
  },
  'tx sign (a new operator)': { lacks: OFFLINE, open: offline('add', 'sign') },
  'tx sign (an operator)': { lacks: OFFLINE, open: offline('update', 'sign') },
  'tx send (a new operator)': { lacks: IS_NEW, open: offline('add', 'send') },
  'tx send (an operator)': { lacks: {}, open: offline('update', 'send') },
  'tx decode': {
    lacks: because('what the contract would refuse is said in its words', 'data-size'),
    async open(example) {
      const made = await member(example)
      const { data: told } = await txDecode(made.services, { call: callOf('update', example) })
      return told.calls.flatMap(({ warnings }) => warnings)
    },
  },
}

/** Commands that send, and write no operator's data. */
const OTHER_SENDERS = {
  'maintenance enter': 'takes the slot',
  'maintenance exit': 'gives the slot back',
  'maintenance run': 'takes the slot and gives it back',
  'tx resume': 'sends what was written down when it was held to the rules',
  'tx cancel': 'sends nothing but an empty transfer',
  'admin operator remove': 'takes the operator out as a whole',
  'admin migration start': 'moves data, and names slots only',
  'admin migration abort': 'likewise',
  'admin maintenance release': 'gives the slot back for its holder',
  'admin settings update': "writes the cluster's settings",
  'admin ownership transfer': 'names an account',
  'admin ownership accept': 'names none',
  'admin deploy': 'founds a cluster with placeholders of its own making, which only the new limit is about',
}

describe('the doors', () => {
  const commands = new Map<string, readonly string[]>()
  const collect = (grammar: CommandGrammar, path: readonly string[] = []) => {
    if (grammar.commands.length === 0)
      commands.set(
        path.join(' '),
        grammar.options.flatMap(({ names }) => names),
      )
    for (const child of grammar.commands) if (!child.hidden) collect(child, [...path, child.name])
  }
  beforeAll(async () => {
    // The build's.
    Object.assign(globalThis, { WCN_VERSION: '0.0.0' })
    collect(grammarOf(await fullProgram()))
  })

  it('are all there are: whatever sends is one, or is known to write no such data', () => {
    const senders = [...commands]
      .filter(([, names]) => names.includes('--max-fee') && names.includes('--yes'))
      .map(([path]) => path)
    const known = [...Object.keys(DOORS), ...Object.keys(OTHER_SENDERS)]
    expect(senders.filter((path) => !known.some((door) => door.startsWith(path)))).toEqual([])
    expect(senders).toEqual(expect.arrayContaining(Object.keys(OTHER_SENDERS)))
  })

  it('and the rules are in the handbook', () => {
    const handbook = readFileSync(new URL('../../docs/running.md', import.meta.url), 'utf8')
    for (const { refuses, override } of Object.values(WRITE_RULES))
      expect(handbook).toContain(`\n| ${refuses} | ${override ? `\`${override}\`` : ''} |\n`)
  })

  it.each(Object.keys(DOORS))('%s has the flags that allow what it refuses', (door) => {
    const [path = '', names = []] = [...commands].find(([name]) => door.startsWith(name)) ?? []
    const wanted = ALL_RULES.filter((rule) => !(rule in (DOORS[door]?.lacks ?? {})) && rule !== 'undecodable')
      .flatMap((rule) => WRITE_RULES[rule].override ?? [])
      .filter((flag) => path !== 'tx decode' || flag === '--allow-private-addresses')
    expect(names).toEqual(expect.arrayContaining(wanted))
  })
})

describe.each(Object.entries(DOORS))('%s', (_, { lacks, open }) => {
  it.each(ALL_RULES.filter((rule) => !(rule in lacks)))('is held to: %s', async (rule) => {
    const example = EXAMPLES[rule]
    const said = await open(example)
    expect(said).toContainEqual(expect.stringMatching(example.says))
  })

  it.each(Object.entries(lacks))('can not break: %s', (_, reason) => expect(reason).toBeTruthy())
})
