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
import { keypairFromSecret } from '../base/keys/node-keypair.js'
import { parseOperatorPrivateKey } from '../base/keys/operator-key.js'
import type { PeerId } from '../base/keys/peer-id.js'
import { Secret } from '../base/secret.js'
import type { Services } from '../cli/services.js'
import { encodeOperatorData } from '../cluster/codec/operator-data.js'
import { DEFAULT_SETTINGS, encodeSettingsData } from '../cluster/codec/settings-data.js'
import { WcnError } from '../errors/wcn-error.js'
import type { State } from '../platform/state/local-state.js'
import { addressOfKey } from '../signers/address-of-key.js'
import type { DevelopmentAccount, DevelopmentEnvironment } from './model/development-env-file.js'
import { sampleOperator, samplePeerIds } from './model/sample-cluster.js'

const MIN_OPERATORS = 5
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

/** `count` operators; the owner is an account of its own. */
export async function foundDevelopmentCluster(
  services: Services,
  chain: RunningChain,
  count: number,
): Promise<Omit<DevelopmentEnvironment, 'stateDirectory'>> {
  const { randomBytes } = services
  const encryptionKey = parseEncryptionKey(bytesToHex(randomBytes(32)), 'a fresh key')
  const owner = await freshAccount(services)
  const operators = await Promise.all(
    Array.from({ length: count }, async (_, slot) => {
      const peerIds = await Promise.all(Array.from({ length: samplePeerIds(slot) }, () => freshPeerId(randomBytes)))
      const data = sampleOperator(slot, peerIds, encryptionKey)
      return { ...(await freshAccount(services)), name: data.name, data: encodeOperatorData(data) }
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
        maxCostWei: () => null,
      },
      chain: async () => connected,
      state: async () => forgetfulState,
      signer: () => chain.signer(owner.key),
      talk: { ...services.talk, preview: () => {}, note: () => {}, tell: () => {}, confirm: async () => true },
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
  if (view.problems.length > 0 || view.operators.length !== count)
    throw new WcnError('INTERNAL', `the fresh cluster is not as it was founded: ${view.problems.join('; ')}`)
  return { rpcUrl: chain.rpcUrl, pid: chain.pid, contract, encryptionKey, owner, operators }
}

async function freshAccount({ randomBytes }: Services): Promise<DevelopmentAccount> {
  const key = parseOperatorPrivateKey(bytesToHex(randomBytes(32)), 'a fresh key')
  return { key, id: await addressOfKey(key) }
}

async function freshPeerId(randomBytes: Services['randomBytes']): Promise<PeerId> {
  return (await keypairFromSecret(new Secret(randomBytes(32)))).peerId
}
