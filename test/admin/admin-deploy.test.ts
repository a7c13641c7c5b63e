/** `admin deploy` against a real chain, and against what the network's own tool deployed. */

import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Input, run } from '../../src/admin/admin-deploy.js'
import { type Address, parseAddress } from '../../src/base/address.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { type PeerId, peerIdDigest } from '../../src/base/keys/peer-id.js'
import type { Chain } from '../../src/chain/chain.js'
import { connectChain, type EvmChain } from '../../src/chain/evm-chain.js'
import type { Preview } from '../../src/cli/preview.js'
import { clusterJson } from '../../src/cluster/to-json.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { type Anvil, startAnvil } from '../support/anvil.js'
import { chainSettings } from '../support/chain-settings.js'
import { sandbox } from '../support/cli.js'
import { neverInterrupted } from '../support/interruption.js'
import { memoryState } from '../support/memory-state.js'
import { rejectionOf } from '../support/rejection.js'
import { type Overrides, testServices } from '../support/services.js'
import { readVectors } from '../support/vectors.js'

interface Recorded {
  readonly operators: readonly string[]
  readonly encryption_key: string
  readonly states: readonly {
    readonly expected: {
      readonly settings: object
      readonly operators: readonly { readonly nodes: readonly { readonly peer_id: string }[] }[]
    }
  }[]
}

const recorded = readVectors<Recorded>('cluster-states')
const founded = recorded.states[0]?.expected
const key = parseEncryptionKey(recorded.encryption_key, 'vectors')
const owner = privateKeySigner(parseOperatorPrivateKey('a1'.repeat(32), 'test'))
const operators = recorded.operators.slice(0, 5)

const CONTRACTS = new URL('../../src/chain/contract/contracts.json', import.meta.url)
const box = sandbox()
afterAll(box.remove)

let anvil: Anvil
let connections: EvmChain[] = []
beforeAll(async () => {
  anvil = await startAnvil()
  await anvil.rpc('anvil_setBalance', [owner.address, '0x56bc75e2d63100000'])
})
afterAll(async () => {
  for (const connection of connections) connection.close()
  connections = []
  await anvil?.stop()
})

async function connect(contract: () => Address): Promise<EvmChain> {
  const connection = await connectChain(chainSettings(anvil.url, contract), {
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 10))),
  })
  connections.push(connection)
  return connection
}

const noContract = () => {
  throw new Error('there is no contract yet')
}

async function deploy(input: Partial<Input> = {}, overrides: Overrides = {}) {
  const chain = await connect(noContract)
  const previews: Preview[] = []
  const questions: string[] = []
  const state = memoryState()
  const services = testServices({
    chain: async () => chain,
    state: async () => state,
    signer: async () => owner,
    interruption: neverInterrupted(),
    ...overrides,
    settings: { requireEncryptionKey: async () => key, chainId: () => 31337, ...overrides.settings },
    talk: {
      preview: async (preview) => void previews.push(preview),
      confirm: async (question) => questions.push(question) > 0,
      ...overrides.talk,
    },
  })
  const result = () => run(services, { operator: operators, ...input })
  return { result, previews, questions, said: services.said }
}

const nonce = async () => Number(await anvil.rpc('eth_getTransactionCount', [owner.address, 'latest']))

describe('admin deploy', () => {
  it('founds the cluster that the Rust tool founds', async () => {
    const digests = founded?.operators.map(({ nodes }) => peerIdDigest(nodes[0]?.peer_id as PeerId)) ?? []
    const { result, previews, questions } = await deploy(
      {},
      { randomBytes: () => digests.shift() ?? new Uint8Array(32) },
    )
    const { data } = await result()
    expect(data).toMatchObject({ owner: owner.address, version: 1, dry_run: false })
    expect(data.transactions).toHaveLength(2)

    const contract = data.contract ?? noContract()
    const snapshot = await (await connect(() => contract)).readCluster()
    expect(snapshot.view.problems).toEqual([])
    const shown = clusterJson(snapshot, key)
    expect(shown).toMatchObject({ ...founded, contract, owner: owner.address, version: 1, migration: null })
    expect(shown.settings.min_operators).toBe(5)

    expect(previews).toHaveLength(2)
    expect(previews[0]?.title).toContain('1 of 2')
    expect(previews[0]?.changes).toContainEqual({ op: 'add', path: 'owner', before: null, after: owner.address })
    expect(previews[1]?.changes).toEqual([
      { op: 'add', path: 'implementation', before: null, after: data.implementation },
    ])
    expect(questions).toHaveLength(1)
  })

  it('takes the contract that is given, shows by which hash it is known, and refuses another', async () => {
    const { contracts } = JSON.parse(readFileSync(CONTRACTS, 'utf8'))
    writeFileSync(box.path('Cluster.json'), JSON.stringify(contracts.Cluster))
    writeFileSync(box.path('Proxy.json'), JSON.stringify(contracts.ERC1967Proxy))
    const { result, previews, said } = await deploy({ artifact: box.path('Cluster.json') })
    const { data } = await result()
    expect(data.bytecode_hash).toMatch(/^0x[0-9a-f]{64}$/)
    expect(previews[0]?.changes).toContainEqual({
      ...{ op: 'add', path: 'bytecode_hash', before: null },
      after: data.bytecode_hash,
    })
    expect(said.join()).not.toContain('development chain')
    const { view } = await (await connect(() => data.contract ?? noContract())).readCluster()
    expect([view.operators.length, view.problems]).toEqual([5, []])

    const before = await nonce()
    const other = await deploy({ artifact: box.path('Proxy.json') })
    expect((await rejectionOf(other.result())).code).toBe('CLUSTER_INVALID')
    const none = await deploy({ artifact: box.path('nowhere.json') })
    expect((await rejectionOf(none.result())).code).toBe('FILE_UNREADABLE')
    expect([await nonce(), other.previews, none.previews]).toEqual([before, [], []])
  })

  it('obeys the limits it is given', async () => {
    const { result } = await deploy({
      operator: [...operators, parseAddress('6'.repeat(40), 'test')],
      minOperators: '6',
      maxOperatorDataBytes: '101',
    })
    const contract = (await result()).data.contract ?? noContract()
    const { view } = await (await connect(() => contract)).readCluster()
    expect(view.settings).toMatchObject({ minOperators: 6, maxOperatorDataBytes: 101 })
  })

  it('sends nothing in a dry run', async () => {
    const before = await nonce()
    const { result, previews, questions } = await deploy({ dryRun: true })
    expect((await result()).data).toEqual({
      chain_id: 31337,
      contract: null,
      bytecode_hash: null,
      owner: owner.address,
      implementation: null,
      transactions: [],
      version: null,
      dry_run: true,
    })
    expect([previews.length, questions.length, await nonce()]).toEqual([1, 0, before])
  })

  it('sends nothing when consent is refused', async () => {
    const before = await nonce()
    const { result } = await deploy({}, { talk: { confirm: async () => false } })
    expect(await rejectionOf(result())).toMatchObject({ code: 'DECLINED' })
    expect(await nonce()).toBe(before)
  })

  it('warns on any chain but the development one that the contract is not the network’s', async () => {
    const { result, said } = await deploy({ dryRun: true }, { settings: { chainId: () => 10 } })
    await result()
    expect(said).toEqual(["warning: this deploys the contract of this tool's development chain, not the network's own"])
  })

  it('says what exists when only the first transaction came through', async () => {
    const chain = await connect(noContract)
    let sends = 0
    const faltering: Chain = {
      ...chain,
      sign: (...all) => chain.sign(...all),
      broadcast: async (transaction) =>
        ++sends === 1 ? chain.broadcast(transaction) : { accepted: false, refusals: ['out of order'], failures: [] },
    }
    const { result, said } = await deploy({}, { chain: async () => faltering })
    expect(await rejectionOf(result())).toMatchObject({ code: 'RPC_ERROR' })
    expect(said.at(-1)).toMatch(/^warning: the implementation exists at 0x[0-9a-f]{40} /)
  })

  it('waits until the provider has counted the first transaction', async () => {
    const chain = await connect(noContract)
    const first = await chain.readAccount(owner.address)
    let reads = 0
    const lagging: Chain = { ...chain, readAccount: async (who) => (++reads <= 3 ? first : chain.readAccount(who)) }
    const { result } = await deploy(
      {},
      { chain: async () => lagging, clock: { now: () => 0, monotonicMs: () => 0, sleep: async () => undefined } },
    )
    expect((await result()).data.transactions.map((transaction) => transaction.nonce)).toEqual([
      first.account.nonce,
      first.account.nonce + 1,
    ])
  })

  const [one = ''] = operators
  it.each<[string, Partial<Input>, string]>([
    ['four operators', { operator: operators.slice(1) }, 'CLUSTER_INVALID'],
    ['a key that is elsewhere', { unsigned: 'deploy.json' }, 'USAGE'],
    ['one twice', { operator: [...operators, one.toUpperCase().replace('0X', '')] }, 'CLUSTER_INVALID'],
    ['the zero address', { operator: [...operators, `0x${'0'.repeat(40)}`] }, 'CLUSTER_INVALID'],
    ['what is no address', { operator: [...operators, '0x12'] }, 'ADDRESS_INVALID'],
    [
      'too many',
      { operator: Array.from({ length: 257 }, (_, i) => (i + 1).toString(16).padStart(40, '0')) },
      'CLUSTER_FULL',
    ],
    ['a minimum the network refuses', { minOperators: '4' }, 'CLUSTER_INVALID'],
    ['a minimum beyond those given', { minOperators: '6' }, 'CLUSTER_INVALID'],
    ['a minimum that is no number', { minOperators: '5.0' }, 'SETTING_INVALID'],
    ['no limit', { maxOperatorDataBytes: '0' }, 'SETTING_INVALID'],
    ['a limit beyond the contract’s type', { maxOperatorDataBytes: '65536' }, 'SETTING_INVALID'],
    ['a limit that nothing fits', { maxOperatorDataBytes: '20' }, 'DATA_TOO_LARGE'],
  ])('refuses %s before it asks the chain', async (_, input, code) => {
    const { result } = await deploy(input, { chain: async () => noContract() })
    expect(await rejectionOf(result())).toMatchObject({ code })
  })
})
