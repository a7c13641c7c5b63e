import { keccak_256 } from '@noble/hashes/sha3.js'
import { neverInterrupted } from './interruption.js'

/**
 * A cluster, an applicant and the services around them, all in memory: what the tests of keys and join requests share.
 * Digests, signatures and addresses are made by the real adapters; files, chain and clock are simple stand-ins.
 */

import { type Address, parseAddress, ZERO_ADDRESS } from '../../src/base/address.js'
import { bytesToHex, type Hex, hexToBytes } from '../../src/base/hex.js'
import { parseIpv4 } from '../../src/base/ipv4.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { encodeNodeSecretKey, keypairFromSecret, type NodeKeypair } from '../../src/base/keys/node-keypair.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { Secret } from '../../src/base/secret.js'
import type { AccountSnapshot, Chain, ClusterCall } from '../../src/chain/chain.js'
import type { Receipt, TransactionOutcome } from '../../src/chain/transaction.js'
import { typedData } from '../../src/chain/typed-data.js'
import type { Services } from '../../src/cli/services.js'
import { clusterView, type RawClusterView } from '../../src/cluster/cluster-view.js'
import { encodeOperatorData, type OperatorData } from '../../src/cluster/codec/operator-data.js'
import { DEFAULT_SETTINGS, encodeSettingsData } from '../../src/cluster/codec/settings-data.js'
import { type PlainNode, storeNode } from '../../src/cluster/plain-node.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { Files } from '../../src/platform/files/files.js'
import type { JoinRequest, JoinRequestDraft } from '../../src/register/join-request-document.js'
import { draftRequest, signedRequest } from '../../src/register/model/join-request.js'
import { signAsNode } from '../../src/register/model/signatures.js'
import type { Settings } from '../../src/settings/settings.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { singleProvider } from './chain-settings.js'
import { memoryState } from './memory-state.js'
import { testServices } from './services.js'

export const NOW = 1_790_000_000
const CHAIN_ID = 10
export const CONTRACT = parseAddress('0x00000000000000000000000000000000000c1052', 'test')
export const ENCRYPTION_KEY = parseEncryptionKey('11'.repeat(32), 'test')
export const OPERATOR_KEY = parseOperatorPrivateKey('22'.repeat(32), 'test')
export const OWNER_KEY = parseOperatorPrivateKey('33'.repeat(32), 'test')
export const OPERATOR: Address = privateKeySigner(OPERATOR_KEY).address
const OWNER: Address = privateKeySigner(OWNER_KEY).address
/** Of the onboarding document: a legal multihash that is no key. */
export const SAMPLE_PEER_ID = '12D3KpoWJ65FDLgFCrxHDLWkTjq7E9gdW65nwjhWJs97k4WCwxtc'

export function keypair(seed: number): Promise<NodeKeypair> {
  return keypairFromSecret(new Secret(new Uint8Array(32).fill(seed)))
}

export function secretText(pair: NodeKeypair): string {
  return `${encodeNodeSecretKey(pair.secretKey)}\n`
}

export function node(pair: NodeKeypair, ip: string, primaryPort = 3010): PlainNode {
  const ipv4Addr = parseIpv4(ip, 'test')
  return { peerId: pair.peerId, ipv4Addr, privateIpv4Addr: null, primaryPort, secondaryPort: primaryPort + 1 }
}

export function operatorData(nodes: readonly PlainNode[], name = 'acme'): OperatorData {
  return { name, nodes: nodes.map((plain) => storeNode(plain, ENCRYPTION_KEY)), clients: [] }
}

export async function draftOf(data: OperatorData, changes: Partial<JoinRequestDraft> = {}): Promise<JoinRequestDraft> {
  const content = { chainId: CHAIN_ID, contract: CONTRACT, operator: OPERATOR }
  const lifetime = { createdAt: NOW - 60, expiresAt: NOW + 86_400 }
  const draft = draftRequest({ ...content, ...lifetime }, data, encodeOperatorData(data))
  return { ...draft, ...changes }
}

/** What is signed when the terms are these, whatever their fields for people say. */
export function digestOf(terms: JoinRequestDraft): Hex {
  return typedData.joinRequestDigest({
    chainId: terms.chain_id,
    contract: parseAddress(terms.contract, 'test'),
    operator: parseAddress(terms.operator, 'test'),
    dataHash: typedData.dataHash(Uint8Array.from(Buffer.from(terms.data.slice(2), 'hex'))),
    createdAt: terms.created_at,
    expiresAt: terms.expires_at,
  })
}

/** Properly signed, even where the content breaks a rule. */
export async function signed(draft: JoinRequestDraft, pairs: readonly NodeKeypair[]): Promise<JoinRequest> {
  const digest = digestOf(draft)
  const signatures = Object.fromEntries(
    await Promise.all(pairs.map(async (pair) => [pair.peerId, await signAsNode(pair, digest)] as const)),
  )
  const signature = await privateKeySigner(OPERATOR_KEY).signDigest(digest)
  return signedRequest({ ...draft, node_signatures: signatures }, signature)
}

export async function goodRequest(): Promise<JoinRequest> {
  const [a, b] = [await keypair(1), await keypair(2)]
  return signed(await draftOf(operatorData([node(a, '5.6.7.8'), node(b, '5.6.7.9')])), [a, b])
}

export interface MemoryFiles extends Files {
  readonly contents: Map<string, string>
  readonly directories: Set<string>
}

export function memoryFiles(contents: Readonly<Record<string, string>> = {}): MemoryFiles {
  const stored = new Map(Object.entries(contents))
  const directories = new Set<string>()
  const read = (path: string) => {
    const text = stored.get(path)
    if (text === undefined) throw new WcnError('FILE_UNREADABLE', `cannot read ${path}: no such file`)
    return text
  }
  const create = (path: string, text: string) => {
    if (stored.has(path)) throw new WcnError('FILE_EXISTS', `${path} exists already`)
    stored.set(path, text)
  }
  return {
    contents: stored,
    directories,
    readText: async (path) => read(path),
    readSecret: async (path) => read(path).replace(/\n$/, ''),
    exists: async (path) => stored.has(path) || directories.has(path),
    isDirectory: async (path) => directories.has(path),
    inspect: async (path) => {
      if (directories.has(path)) return { kind: 'directory', mode: 0o700, foreign: false, bytes: 0 }
      const text = stored.get(path)
      return text === undefined
        ? null
        : { kind: 'file', mode: 0o600, foreign: false, bytes: new TextEncoder().encode(text).length }
    },
    list: async (directory) => {
      const below = [...stored.keys(), ...directories].filter((path) => path.startsWith(`${directory}/`))
      return [...new Set(below.map((path) => path.slice(directory.length + 1).split('/')[0] ?? ''))].sort()
    },
    createPrivate: async (path, text) => create(path, text),
    write: async (path, text, { overwrite }) => {
      if (overwrite) stored.set(path, text)
      else create(path, text)
    },
    checkWritable: async () => {},
    makeDirectory: async (path) => void directories.add(path),
    gitTreeThatTracks: async () => null,
    resolveFrom: (_, path) => path,
  }
}

/** The hash of everything that is signed here. */
export const SENT_HASH = bytesToHex(keccak_256(hexToBytes('0x02cd')))

export interface World {
  readonly services: Services
  readonly files: MemoryFiles
  readonly said: string[]
  readonly asked: string[]
  /** Calls that were sent. */
  readonly sent: ClusterCall[]
  readonly members: { addr: string; data: Hex }[]
  /** What the fakes answer; change it at will. */
  readonly facts: Facts
}

interface Facts {
  now: number
  consents: boolean
  interactive: boolean
  balanceWei: bigint
  maxOperatorDataBytes: number
  outcome: 'included' | 'reverted' | 'replaced' | 'rejected' | 'unknown'
  /** Instead of an answer of the chain. */
  trouble: WcnError | null
  /** Runs at each sleep: the world goes on. */
  meanwhile: (world: World) => void
  /** Changes what the chain stores of an added operator. */
  onAdd: (data: Hex) => Hex
  signerKey: typeof OPERATOR_KEY
  settings: Partial<Settings>
}

export async function world(contents: Readonly<Record<string, string>> = {}): Promise<World> {
  const facts: Facts = {
    now: NOW,
    consents: true,
    interactive: true,
    balanceWei: 10n ** 16n,
    maxOperatorDataBytes: 4096,
    outcome: 'included',
    trouble: null,
    meanwhile: () => {},
    onAdd: (data) => data,
    signerKey: OPERATOR_KEY,
    settings: {},
  }
  const files = memoryFiles(contents)
  const said: string[] = []
  const asked: string[] = []
  const sent: ClusterCall[] = []
  const members = await fiveOperators()
  const chain = fakeChain(facts, members, sent)
  const state = memoryState()
  let draws = 0
  const services: Services = {
    ...testServices(),
    settings: settings(facts),
    files,
    clock: {
      now: () => facts.now,
      monotonicMs: () => facts.now * 1000,
      sleep: async (ms) => {
        facts.now += Math.ceil(ms / 1000)
        facts.meanwhile(made)
      },
    },
    talk: {
      get interactive() {
        return facts.interactive
      },
      consented: false,
      note: (text) => void said.push(text),
      tell: (text) => void said.push(text),
      warn: (text) => void said.push(`warning: ${text}`),
      preview: async ({ title, changes }) => void said.push(`${title}: ${changes.length} changes`),
      confirm: async (question) => {
        asked.push(question)
        return facts.consents
      },
      askHidden: async (question, instead) => {
        if (!facts.interactive) throw new WcnError('INPUT_REQUIRED', 'a value is missing', { hint: instead })
        asked.push(question)
        return files.contents.get('typed') ?? ''
      },
      ask: testServices().talk.ask,
      choose: testServices().talk.choose,
      line: null,
    },
    randomBytes: (length) => {
      const bytes = new Uint8Array(length).fill(7)
      if (length >= 4) new DataView(bytes.buffer).setUint32(0, ++draws)
      return bytes
    },
    chain: async () => chain,
    state: async () => state,
    signer: async () => privateKeySigner(facts.signerKey),
    interruption: neverInterrupted(),
  }
  const made: World = { services, files, said, asked, sent, members, facts }
  return made
}

const GENESIS_HASH = `0x${'99'.repeat(32)}` as Hex

function settings(facts: Facts): Settings {
  const defaults: Settings = {
    contractAddress: () => CONTRACT,
    contractSource: () => '--contract-address',
    encryptionKey: async () => ENCRYPTION_KEY,
    requireEncryptionKey: async () => ENCRYPTION_KEY,
    operator: async () => privateKeySigner(facts.signerKey).address,
    privateKey: async () => facts.signerKey,
    chainId: () => CHAIN_ID,
    rpcUrl: () => 'http://127.0.0.1:1',
    proxyOf: async () => null,
    providers: async () => singleProvider('http://127.0.0.1:1'),
    signingKey: async () => ({ kind: 'private-key', key: facts.signerKey }),
    allowPrivateAddresses: () => false,
    nodeKeyFile: () => null,
    timeoutMs: () => null,
    finality: () => 'included',
    maxFeePerGas: () => null,
    maxCostWei: () => null,
    minFundsWei: () => null,
    stateDirectory: () => '/nowhere',
    describe: () => [],
  }
  return new Proxy(defaults, {
    get: (target, name: keyof Settings) => facts.settings[name] ?? target[name],
  })
}

async function fiveOperators(): Promise<{ addr: string; data: Hex }[]> {
  const members: { addr: string; data: Hex }[] = []
  for (let i = 1; i <= 5; i++) {
    const pair = await keypair(100 + i)
    const nodes = [node(pair, `20.0.${i}.1`), node(pair, `20.0.${i}.2`)]
    const addr = `0x${String(i).repeat(40)}`
    members.push({ addr, data: bytesToHex(encodeOperatorData(operatorData(nodes, `member ${i}`))) })
  }
  return members
}

function rawView(facts: Facts, members: World['members'], version: bigint): RawClusterView {
  const extra = bytesToHex(encodeSettingsData(DEFAULT_SETTINGS))
  return {
    owner: OWNER,
    settings: { maxOperatorDataBytes: facts.maxOperatorDataBytes, minOperators: 5, extra },
    version,
    keyspaceVersion: 0n,
    operatorSlots: [...members],
    keyspaces: [
      { operatorBitmask: 31n, replicationStrategy: 0 },
      { operatorBitmask: 0n, replicationStrategy: 0 },
    ],
    migration: { id: 0n, startedAt: 0n, abortedAt: 0n, pullingOperatorBitmask: 0n },
    maintenanceSlot: ZERO_ADDRESS,
  }
}

function fakeChain(facts: Facts, members: World['members'], sent: ClusterCall[]): Chain {
  let planned: ClusterCall | null = null
  const block = () => ({ number: 100 + sent.length, hash: `0x${'ab'.repeat(32)}` as Hex })
  const cluster = () => {
    if (facts.trouble) throw facts.trouble
    const view = clusterView(rawView(facts, members, BigInt(1 + sent.length)))
    return { chainId: CHAIN_ID, contract: CONTRACT, block: block(), view }
  }
  const account = (address: Address): AccountSnapshot => ({
    chainId: CHAIN_ID,
    genesisHash: GENESIS_HASH,
    block: block(),
    account: { address, nonce: 7, pendingNonce: 7, balanceWei: facts.balanceWei },
    fees: { maxFeePerGas: 1_000_000n, maxPriorityFeePerGas: 1n },
  })
  const hash = SENT_HASH
  return {
    readCluster: async () => cluster(),
    readClusterForWrite: async (address) => ({ ...account(address), ...cluster(), implementation: null }),
    readAccount: async (address) => account(address),
    encodeCall: async (call) => {
      planned = call
      return { to: CONTRACT, data: '0x' }
    },
    estimate: async () => ({
      gas: 100_000n,
      executionFeeWei: 100_000_000_000n,
      l1FeeWei: 0n,
      operatorFeeWei: 0n,
      nonce: 7,
    }),
    sign: async (snapshot) => ({ hash, raw: '0x02cd', nonce: snapshot.account.nonce, from: snapshot.account.address }),
    broadcast: async () => ({
      accepted: facts.outcome !== 'rejected',
      refusals: facts.outcome === 'rejected' ? ['a test'] : [],
      failures: [],
    }),
    operatorWrites: async () => [],
    reconnect: async () => {},
    follow: async (): Promise<TransactionOutcome> => {
      if (facts.outcome === 'replaced') return { kind: 'replaced', by: null }
      if (facts.outcome === 'rejected') return { kind: 'unheard' }
      if (facts.outcome === 'unknown') return { kind: 'unknown', reason: 'a test', shown: false }
      if (planned) sent.push(planned)
      if (planned?.fn === 'addNodeOperator' && facts.outcome === 'included')
        members.push({ addr: planned.operator, data: facts.onAdd(bytesToHex(planned.data)) })
      const receipt: Receipt = {
        hash,
        block: block(),
        gasUsed: 90_000n,
        feeWei: 90_000_000_000n,
        l1FeeWei: 0n,
      }
      return { kind: facts.outcome, receipt }
    },
    revertReason: async () => 'a test',
    maintenanceSince: () => Promise.reject(new Error('not in this test')),
    pendingOwner: () => Promise.reject(new Error('not in this test')),
    safeAt: () => Promise.reject(new Error('not in this test')),
    history: () => Promise.reject(new Error('not in this test')),
    blockHashes: () => Promise.reject(new Error('not in this test')),
    blockSince: () => Promise.reject(new Error('not in this test')),
  }
}
