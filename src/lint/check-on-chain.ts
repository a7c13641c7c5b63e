/** The half of `config check --online` that asks: the cluster, and what is known of encryption keys. */
import type { Address } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { KnownAddress } from '../cluster/encryption-key-evidence.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireClustersKey } from '../read/contract-knowledge.js'
import type { KeyVerdict } from './model/chain-side.js'
import type { CheckedNode } from './model/checked-service.js'
import { type Finding, nowhere } from './model/finding.js'
import type { Place } from './model/found.js'
import { checkOnline } from './model/online.js'
import { keyName } from './model/online-keys.js'

export interface ClusterOnChain {
  /** Null where the cluster could not be read. */
  readonly snapshot: WriteSnapshot | null
  readonly findings: readonly Finding[]
}

/** What can't be read is a finding: whatever else was found is still worth knowing. */
export async function readClusterOnChain(services: Services, operator: Address | null): Promise<ClusterOnChain> {
  try {
    const chain = await services.chain()
    // Any account will do: what is remembered of a contract goes by its chain's first block, which comes with one.
    const snapshot = await chain.readClusterForWrite(operator ?? services.settings.contractAddress())
    const { view, block } = snapshot
    const finding =
      view.problems.length === 0
        ? nowhere('chain', 'pass', `a cluster of ${view.operators.length} operators at block ${block.number}`)
        : nowhere('chain', 'warn', `the network's nodes reject this cluster: ${view.problems.join('; ')}`)
    return { snapshot, findings: [finding] }
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    return { snapshot: null, findings: [nowhere('chain', 'fail', error.message, error.hint ?? null)] }
  }
}

interface Comparison {
  readonly snapshot: WriteSnapshot
  readonly operator: Address | null
  readonly isBlamed: (place: Place) => boolean
}

/** Addresses that the nodes give as their own are evidence for keys too. Throws JOURNAL_INVALID, FILE_UNREADABLE. */
export async function compareWithCluster(
  services: Services,
  nodes: readonly CheckedNode[],
  { snapshot, operator, isBlamed }: Comparison,
): Promise<readonly Finding[]> {
  const own = nodes.flatMap(({ values: { peerId, publicAddress } }) =>
    peerId && publicAddress ? [{ peerId: peerId.value, ipv4Addr: publicAddress.value }] : [],
  )
  const given = new Map(
    nodes.flatMap(({ values: { encryptionKey } }) =>
      encryptionKey ? [[keyName(encryptionKey.value), encryptionKey.value] as const] : [],
    ),
  )
  const keys = new Map<string, KeyVerdict>()
  for (const [name, key] of given) keys.set(name, await keyVerdict(services, snapshot, key, own))
  const contract = services.settings.contractAddress()
  return checkOnline(nodes, { contract, view: snapshot.view, operator, keys, isBlamed })
}

async function keyVerdict(
  services: Services,
  snapshot: WriteSnapshot,
  key: EncryptionKey,
  own: readonly KnownAddress[],
): Promise<KeyVerdict> {
  try {
    const proven = await requireClustersKey(services, snapshot, key, { force: false, own })
    return { kind: proven ? 'proven' : 'unproven' }
  } catch (error) {
    if (error instanceof WcnError && error.code === 'ENCRYPTION_KEY_WRONG') return { kind: 'wrong', why: error.message }
    throw error
  }
}
