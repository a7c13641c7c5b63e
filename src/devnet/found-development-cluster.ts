/**
 * Founds the cluster of a development chain: fresh keys for everybody, a plausible cluster, deployed as `admin deploy`
 * does it.
 */

import { deployCluster } from '../admin/deploy-cluster.js'
import type { RunningChain } from '../anvil/development-chain.js'
import type { Address } from '../base/address.js'
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import { bytesToHex } from '../base/hex.js'
import { parseEncryptionKey } from '../base/keys/encryption-key.js'
import { keypairFromSecret, type NodeKeypair } from '../base/keys/node-keypair.js'
import { parseOperatorPrivateKey } from '../base/keys/operator-key.js'
import type { PeerId } from '../base/keys/peer-id.js'
import { Secret } from '../base/secret.js'
import type { Services } from '../cli/services.js'
import { MIN_OPERATORS } from '../cluster/cluster-view.js'
import { encodeOperatorData } from '../cluster/codec/operator-data.js'
import { DEFAULT_SETTINGS, encodeSettingsData } from '../cluster/codec/settings-data.js'
import { WcnError } from '../errors/wcn-error.js'
import type { State } from '../platform/state/local-state.js'
import { addressOfKey } from '../signers/address-of-key.js'
import type { DevelopmentAccount } from './model/development-env-file.js'
import { nobodysPlaces, sampleClients, sampleOperator } from './model/sample-cluster.js'
import { type OperatorPlaces, PORTS_OF_ONE, STAND_IN_HOST, type StandInPlace } from './model/stand-in-files.js'

const MAX_OPERATOR_DATA_BYTES = 4096
const FUNDS_WEI = 10_000n * 10n ** 18n
/** Founding leaves nothing behind that is worth remembering. */
const forgetfulState: State = {
  journal: {
    entries: async () => [],
    put: async () => {},
    all: async () => ({ journals: [], faults: [] }),
  },
  lockAccount: async () => () => {},
  recall: async () => null,
  remember: async () => {},
  lockRollout: async () => () => {},
  recallRollout: async () => null,
  rememberRollout: async () => {},
}

/** `ports`: for stand-ins, of which each operator has `nodes` and a database; null: its nodes are nobody's. */
interface Plan {
  readonly operators: number
  readonly nodes: number
  readonly ports: readonly number[] | null
}

/** The owner is an account of its own. */
export async function foundDevelopmentCluster(services: Services, chain: RunningChain, plan: Plan) {
  const { randomBytes } = services
  const encryptionKey = parseEncryptionKey(bytesToHex(randomBytes(32)), 'a fresh key')
  const owner = await freshAccount(services)
  const operators = await Promise.all(
    Array.from({ length: plan.operators }, async (_, slot) => {
      const standIns = plan.ports && (await freshPlaces(services, slot, plan.nodes, plan.ports))
      const nodes = standIns?.nodes.map(({ keypair }) => keypair.peerId) ?? (await freshPeerIds(services, plan.nodes))
      const clients = await freshPeerIds(services, sampleClients(slot))
      const places = standIns?.nodes.map(onChain) ?? nobodysPlaces(slot, plan.nodes)
      const data = sampleOperator(slot, { nodes, clients }, places, encryptionKey)
      return { ...(await freshAccount(services)), name: data.name, data: encodeOperatorData(data), standIns }
    }),
  )
  await chain.fund([owner.id, ...operators.map(({ id }) => id)], FUNDS_WEI)

  let contract: Address | null = null
  const connected = await chain.connect(() => {
    if (contract) return contract
    throw new WcnError('INTERNAL', 'the cluster is read before it is deployed')
  })
  const deployed = await deployCluster(
    // Nobody is asked about worthless money, and an interruption here leaves nothing behind.
    {
      ...services,
      settings: {
        ...services.settings,
        chainId: () => DEVELOPMENT_CHAIN_ID,
        timeoutMs: () => null,
        finality: () => 'included',
        maxFeePerGas: () => null,
        // The owner's own: a large cluster costs more than anybody should pay by default.
        maxCostWei: () => FUNDS_WEI,
      },
      chain: async () => connected,
      state: async () => forgetfulState,
      signer: () => chain.signer(owner.key),
      talk: { ...services.talk, preview: async () => {}, note: () => {}, tell: () => {}, confirm: async () => true },
      interruption: { ...services.interruption, sending: () => {}, settled: () => {} },
    },
    {
      settings: {
        maxOperatorDataBytes: MAX_OPERATOR_DATA_BYTES,
        minOperators: MIN_OPERATORS,
        extra: encodeSettingsData(DEFAULT_SETTINGS),
      },
      operators,
    },
    { dryRun: false },
  )
  if (!deployed) throw new WcnError('INTERNAL', 'the cluster was not deployed')
  contract = deployed.contract
  const { view } = await connected.readCluster({ block: deployed.sent[1].receipt.block.number })
  if (view.problems.length > 0 || view.operators.length !== plan.operators)
    throw new WcnError('INTERNAL', `the fresh cluster is not as it was founded: ${view.problems.join('; ')}`)
  const places = operators.flatMap(({ standIns }) => standIns ?? [])
  return { rpcUrl: chain.rpcUrl, pid: chain.pid, contract, encryptionKey, owner, operators, places }
}

async function freshAccount({ randomBytes }: Services): Promise<DevelopmentAccount> {
  const key = parseOperatorPrivateKey(bytesToHex(randomBytes(32)), 'a fresh key')
  return { key, id: await addressOfKey(key) }
}

async function freshPlaces(
  { randomBytes }: Services,
  slot: number,
  nodes: number,
  ports: readonly number[],
): Promise<OperatorPlaces> {
  const place = async (index: number): Promise<StandInPlace> => {
    const first = PORTS_OF_ONE * (slot * (nodes + 1) + index)
    const [primaryPort = 0, secondaryPort = 0, metricsPort = 0] = ports.slice(first, first + PORTS_OF_ONE)
    return { keypair: await freshKeypair(randomBytes), primaryPort, secondaryPort, metricsPort }
  }
  const made = await Promise.all(Array.from({ length: nodes }, (_, index) => place(index)))
  return { nodes: made, database: await place(nodes) }
}

function onChain({ primaryPort, secondaryPort }: StandInPlace) {
  return { ipv4Addr: STAND_IN_HOST, privateIpv4Addr: null, primaryPort, secondaryPort }
}

function freshPeerIds({ randomBytes }: Services, count: number): Promise<readonly PeerId[]> {
  return Promise.all(Array.from({ length: count }, async () => (await freshKeypair(randomBytes)).peerId))
}

function freshKeypair(randomBytes: Services['randomBytes']): Promise<NodeKeypair> {
  return keypairFromSecret(new Secret(randomBytes(32)), { many: true })
}
