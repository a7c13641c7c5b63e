/** What the chain says about an operator's nodes, for a description that is being started. */

import type { Address } from '../base/address.js'
import type { Ipv4 } from '../base/ipv4.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import { requireNodePeerId } from '../base/keys/parse-peer-id.js'
import type { PeerId } from '../base/keys/peer-id.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { decryptIpv4 } from '../cluster/codec/ip-encryption.js'
import { WcnError } from '../errors/wcn-error.js'

export interface ChainNode {
  /** Null for a placeholder that no node can be. */
  readonly peerId: PeerId | null
  /** Null without the encryption key. */
  readonly ipv4Addr: Ipv4 | null
  readonly primaryPort: number
  readonly secondaryPort: number
}

/** Empty where cluster or operator are not configured, not reachable or not there; says so and never fails over it. */
export async function nodesOnChain(
  { settings, chain, talk }: Services,
  operator: Address | null,
  key: EncryptionKey | null,
): Promise<readonly ChainNode[]> {
  if (operator === null) {
    talk.note('no nodes are filled in from the chain: it is not known which operator is meant')
    return []
  }
  try {
    settings.contractAddress()
    const { view, block } = await (await chain()).readCluster()
    const data = findOperator(view, operator)?.decoded
    if (!data) {
      talk.note(
        `no nodes are filled in: operator ${operator} has none on chain that can be read (block ${block.number})`,
      )
      return []
    }
    talk.note(`nodes are filled in as on chain at block ${block.number}`)
    return data.nodes.map(({ peerId, ipv4, primaryPort, secondaryPort }) => ({
      peerId: isNodes(peerId) ? peerId : null,
      ipv4Addr: key === null ? null : decryptIpv4(key, peerId, ipv4),
      primaryPort,
      secondaryPort,
    }))
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    talk.note(`no nodes are filled in from the chain: ${error.message}`)
    return []
  }
}

function isNodes(peerId: PeerId): boolean {
  try {
    requireNodePeerId(peerId, 'on chain')
    return true
  } catch (error) {
    if (error instanceof WcnError) return false
    throw error
  }
}
