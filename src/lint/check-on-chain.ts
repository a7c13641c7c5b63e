/** Asks the chain for `config check --online`: how the cluster is, and what is known of encryption keys. */
import type { Address } from '../base/address.js'
import type { WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireClustersKey } from '../read/contract-knowledge.js'
import { type CheckedService, servicesWith } from './model/checked-service.js'
import { type Complaint, type Finding, fail, warn } from './model/finding.js'
import { type ChainSide, checkOnline, type KeyVerdict, keyName } from './model/online.js'

/** What can't be read is a finding, and no snapshot: whatever else was found is still worth knowing. */
export async function readClusterOnChain(
  services: Services,
  operator: Address | null,
): Promise<{ readonly snapshot: WriteSnapshot | null; readonly finding: Finding }> {
  const said = (complaint: Complaint, snapshot: WriteSnapshot | null) => ({
    snapshot,
    finding: { id: 'chain', ...complaint },
  })
  try {
    const chain = await services.chain()
    // Any account will do: what is remembered of a contract goes by its chain's first block, which comes with one.
    const snapshot = await chain.readClusterForWrite(operator ?? services.settings.contractAddress())
    const { view, block } = snapshot
    return view.problems.length > 0
      ? said(warn(null, `the network's nodes reject this cluster: ${view.problems.join('; ')}`), snapshot)
      : said(
          { ...fail(null, `a cluster of ${view.operators.length} operators at block ${block.number}`), status: 'pass' },
          snapshot,
        )
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    return said(fail(null, error.message, error.hint), null)
  }
}

/** Addresses that the nodes give as their own are evidence for keys too. Throws JOURNAL_INVALID, FILE_UNREADABLE. */
export async function compareWithCluster(
  services: Services,
  nodes: readonly CheckedService[],
  { snapshot, ...side }: Pick<ChainSide, 'operator' | 'isBlamed'> & { readonly snapshot: WriteSnapshot },
): Promise<readonly Finding[]> {
  const own = nodes.flatMap(({ values: { peerId, PUBLIC_ADDRESS } }) =>
    peerId && PUBLIC_ADDRESS ? [{ peerId: peerId.value, ipv4Addr: PUBLIC_ADDRESS.value }] : [],
  )
  const keys = new Map<string, KeyVerdict>()
  for (const { value } of servicesWith(nodes, 'SMART_CONTRACT_ENCRYPTION_KEY')) {
    if (keys.has(keyName(value))) continue
    try {
      const proven = await requireClustersKey(services, snapshot, value, { force: false, own })
      keys.set(keyName(value), { kind: proven ? 'proven' : 'unproven' })
    } catch (error) {
      if (!(error instanceof WcnError) || error.code !== 'ENCRYPTION_KEY_WRONG') throw error
      keys.set(keyName(value), { kind: 'wrong', why: error.message })
    }
  }
  return checkOnline(nodes, { ...side, contract: services.settings.contractAddress(), view: snapshot.view, keys })
}
