/** For tests of actions: a chain per file with a cluster that the network would accept, as new in each test. */
import { type Hex, toHex } from 'viem'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Address, parseAddress } from '../../src/base/address.js'
import { bytesToHex } from '../../src/base/hex.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { type ClusterView, clusterView, findOperator, type RawClusterView } from '../../src/cluster/cluster-view.js'
import { encodeOperatorData, type StoredClient } from '../../src/cluster/codec/operator-data.js'
import { DEFAULT_SETTINGS, encodeSettingsData } from '../../src/cluster/codec/settings-data.js'
import { type PlainNode, plainNode, storeNode } from '../../src/cluster/plain-node.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { ClusterFixture, deployCluster, impersonate } from '../chain/contract/cluster-fixture.js'
import { type Anvil, startAnvil } from './anvil.js'
import { type ChainServices, type ChainServicesOptions, chainServices } from './chain-services.js'
import { ip, node } from './nodes.js'

const KEY = parseEncryptionKey('42'.repeat(32), 'the test')
export const WRONG_KEY = parseEncryptionKey('24'.repeat(32), 'the test')
export const OPERATOR_KEY = parseOperatorPrivateKey('22'.repeat(32), 'the test')
export const OPERATOR: Address = privateKeySigner(OPERATOR_KEY).address
export const OWNER: Address = parseAddress('ffff'.repeat(10), 'the test')
export const SETTINGS = {
  maxOperatorDataBytes: 4096,
  minOperators: 5,
  extra: bytesToHex(encodeSettingsData(DEFAULT_SETTINGS)),
}
/** The operator under test in slot 0, others in the slots behind it. */
export const member = (slot: number): Address =>
  slot === 0 ? OPERATOR : parseAddress(`${slot}${slot}`.repeat(20), 'the test')

export function blob(name: string, nodes: readonly PlainNode[], clients: readonly StoredClient[] = []): Hex {
  return bytesToHex(encodeOperatorData({ name, nodes: nodes.map((plain) => storeNode(plain, KEY)), clients }))
}

/** The operator's own nodes; those of the others have private addresses, which prove the key. */
export const OWN_NODES: readonly PlainNode[] = [node(0), node(1), node(2)]
const othersNodes = (slot: number) =>
  [0, 1].map((n) => node(40 + 2 * slot + n, { privateIpv4Addr: ip(`10.${slot}.0.${n}`) }))

interface Now {
  chain: Anvil
  cluster: ClusterFixture
  contract: Address
}

/** Registers the hooks. `now` is filled when a test runs. Its ID is that of development chains unless given. */
export function useRealCluster({ chainId = 31337 } = {}) {
  const now = {} as Now
  const open: ChainServices[] = []
  let fresh: string

  beforeAll(async () => {
    now.chain = await startAnvil({ chainId })
    const members = [0, 1, 2, 3, 4].map((slot) => ({
      addr: member(slot),
      data: blob(`member ${slot}`, slot === 0 ? OWN_NODES : othersNodes(slot)),
    }))
    await impersonate(now.chain, [OWNER, ...members.map(({ addr }) => addr)])
    const { address } = await deployCluster(now.chain, OWNER, SETTINGS, members)
    Object.assign(now, { cluster: new ClusterFixture(now.chain, address), contract: parseAddress(address, 'the test') })
    fresh = await now.chain.rpc<string>('evm_snapshot')
  })
  afterEach(async () => {
    for (const { close } of open.splice(0)) close()
    await now.chain.rpc('anvil_dropAllTransactions')
    await now.chain.rpc('evm_revert', [fresh])
    await now.chain.rpc('evm_setAutomine', [true])
    fresh = await now.chain.rpc<string>('evm_snapshot')
  })
  afterAll(() => now.chain?.stop())

  const view = async (): Promise<ClusterView> => clusterView((await now.cluster.view()) as unknown as RawClusterView)
  return {
    now,
    view,
    services(options: Partial<ChainServicesOptions> = {}): ChainServices {
      const made = chainServices({
        url: now.chain.url,
        contract: now.contract,
        chainId,
        privateKey: OPERATOR_KEY,
        encryptionKey: KEY,
        ...options,
      })
      open.push(made)
      return made
    },
    /** What the chain holds of the operator: the name, nodes in the clear, clients. */
    async stored(id: Address = OPERATOR) {
      const decoded = findOperator(await view(), id)?.decoded
      if (!decoded) throw new Error('the data does not decode')
      const { name, nodes, clients, schema, trailingBytes } = decoded
      return { name, nodes: nodes.map((one) => plainNode(one, KEY)), clients, schema, trailingBytes }
    },
    async rawData(id: Address = OPERATOR): Promise<Hex> {
      const slot = findOperator(await view(), id)
      if (!slot) throw new Error('there is no such operator')
      return bytesToHex(slot.data)
    },
    ownerWrites: (data: Hex, id: Address = OPERATOR) => now.cluster.write(OWNER, 'updateNodeOperatorData', [id, data]),
    transactionCount: async (who: Address = OPERATOR) =>
      Number(await now.chain.rpc<Hex>('eth_getTransactionCount', [who, 'latest'])),
    setBalance: (wei: bigint, who: Address = OPERATOR) => now.chain.rpc('anvil_setBalance', [who, toHex(wei)]),
    automine: (on: boolean) => now.chain.rpc('evm_setAutomine', [on]),
    mine: () => now.chain.rpc('evm_mine'),
    /** Resolves when a block includes it: a chain that mines at once takes it a moment after it was sent, not before. */
    intoBlock: (raw: string) => now.chain.rpc('eth_sendRawTransactionSync', [raw]),
    /** As another software with the operator's key: an empty transfer, in a block. Gives its hash. */
    async foreignIntoBlock() {
      const transfer = [{ from: OPERATOR, to: OPERATOR }]
      return (await now.chain.rpc<{ transactionHash: Hex }>('eth_sendTransactionSync', transfer)).transactionHash
    },
    /** Where it waits, because nothing is mined unless a test says so. */
    async intoPool(raw: string) {
      if (await now.chain.rpc('anvil_getAutomine')) throw new Error('it would not wait in the pool for long')
      await now.chain.rpc('eth_sendRawTransaction', [raw])
    },
  }
}
