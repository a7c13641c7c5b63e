/** What a cluster itself demands of an applicant (docs/dev/network/contract.md, `addNodeOperator`; docs/dev/network/join-request.md, "Online"). */

import { type Address, checksumAddress } from '../../base/address.js'
import { type Check, check, checkThat } from '../../base/check.js'
import { equalBytes } from '../../base/hex.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { WriteSnapshot } from '../../chain/chain.js'
import type { JoinRequestContent } from '../../chain/typed-data.js'
import { type ClusterView, findOperator } from '../../cluster/cluster-view.js'
import { encryptionKeyEvidence } from '../../cluster/encryption-key-evidence.js'
import { requireWritable } from '../../cluster/judge-write.js'
import { NOTHING_MORE } from '../../cluster/judged-write.js'
import { namesAlike } from '../../cluster/look-alikes.js'
import { operatorChanges } from '../../cluster/operator-changes.js'
import { WcnError } from '../../errors/wcn-error.js'
import { distinctPeerIds, type OpenedRequest } from './join-request.js'

const MAX_OPERATORS = 256

export type Standing = ReturnType<typeof standingOf>

/**
 * Where an applicant stands with a cluster: not there, there exactly as requested, or there otherwise. `changes` go from
 * what was requested to what is on chain; there are none where that does not decode or differs in encoding only.
 */
export function standingOf(
  view: ClusterView,
  { content: { operator }, blob, data }: OpenedRequest,
  key: EncryptionKey | null,
) {
  const slot = findOperator(view, operator)
  if (!slot) return { kind: 'absent' } as const
  if (equalBytes(slot.data, blob)) return { kind: 'as-requested', slot } as const
  const changes = slot.decoded ? operatorChanges(data, slot.decoded, key) : []
  const reason =
    slot.decoded === null
      ? `its data on chain does not decode: ${slot.reason}`
      : changes.length === 0
        ? 'the same data in another order or encoding'
        : changes.length === 1
          ? 'one difference'
          : `${changes.length} differences`
  return { kind: 'different', slot, changes, reason } as const
}

/** Throws REQUEST_INVALID where the request is for another cluster than the one configured here. */
export function requireSameCluster(
  { chainId, contract }: Pick<JoinRequestContent, 'chainId' | 'contract'>,
  configured: { chainId(): number; contractAddress(): Address },
): void {
  const [ownChain, ownContract] = [configured.chainId(), configured.contractAddress()]
  const other = (requested: string, own: string, hint: string) =>
    new WcnError('REQUEST_INVALID', `the request is for ${requested}, and ${own} is configured here`, { hint })
  if (chainId !== ownChain)
    throw other(`chain ${chainId}`, `chain ${ownChain}`, 'set --chain-id or WCN_CHAIN_ID if the request is right')
  if (contract !== ownContract)
    throw other(
      `cluster ${checksumAddress(contract)}`,
      checksumAddress(ownContract),
      'check --contract-address; the request must be made for the cluster that is to be joined',
    )
}

/** Throws OPERATOR_EXISTS. */
export function requireNotMember(standing: Standing, operator: Address): void {
  if (standing.kind === 'absent') return
  const how = standing.kind === 'different' ? ` (${standing.reason})` : ''
  const { slot } = standing.slot
  throw new WcnError('OPERATOR_EXISTS', `${operator} is an operator of this cluster already, in slot ${slot}${how}`, {
    hint: 'its owner changes the nodes with `wcn nodes update`; see `wcn operator view`',
    details: { operator, slot },
  })
}

/** Throws CLUSTER_FULL. */
export function requireFreeSlot(view: ClusterView): void {
  if (view.operators.length < MAX_OPERATORS) return
  throw new WcnError('CLUSTER_FULL', `all ${MAX_OPERATORS} operator slots of this cluster are taken`, {
    hint: 'an operator must leave before another can join',
  })
}

/** What no rule forbids and people should know, in sentences: peer IDs that other operators have as well, and like names. */
export function doubtsOf({ operators }: ClusterView, { content: { operator }, data }: OpenedRequest) {
  const others = operators.filter(({ id }) => id !== operator)
  const taken = new Set(others.flatMap(({ decoded }) => decoded?.nodes.map((node) => node.peerId) ?? []))
  const shared = distinctPeerIds(data).filter((peerId) => taken.has(peerId))
  return {
    peerIds: shared.map((peerId) => `another operator has peer ID ${peerId} as well`),
    names: namesAlike(operators, { name: data.name, operator }),
  }
}

/** Read at one block, with the applicant's account. */
export async function examineAdmission(
  opened: OpenedRequest,
  { view, account }: WriteSnapshot,
  key: EncryptionKey | null,
): Promise<readonly Check[]> {
  const standing = standingOf(view, opened, key)
  if (standing.kind === 'as-requested')
    return [check('membership', 'pass', `on chain already, exactly as requested, in slot ${standing.slot.slot}`)]
  const { blob, data, content } = opened
  const { peerIds, names } = doubtsOf(view, opened)
  const { maxOperatorDataBytes: maxDataBytes } = view.settings
  return [
    await checkThat('membership', () => {
      requireNotMember(standing, content.operator)
      return 'not an operator of this cluster yet'
    }),
    await checkThat('slot', () => {
      requireFreeSlot(view)
      return `${MAX_OPERATORS - view.operators.length} of ${MAX_OPERATORS} slots are free`
    }),
    await checkThat('size', () => {
      requireWritable({ slot: null, after: data, key: null, maxDataBytes, allowed: NOTHING_MORE }, ['data-size'])
      return `${blob.length} of at most ${maxDataBytes} bytes`
    }),
    keyCheck(view, key),
    doubt('peer-ids', 'no other operator has these peer IDs', peerIds, 'ask the applicant for keys of their own'),
    doubt(
      'name',
      'no other operator has a name that looks like it',
      names,
      'people tell operators apart by their names: ask the applicant whether that is meant',
    ),
    doubt(
      'funds',
      "the operator's account holds some ETH",
      account.balanceWei > 0n ? [] : ["the operator's account holds no ETH"],
      'its primary node must send transactions to finish migrations',
    ),
  ]
}

function doubt(id: string, fine: string, doubts: readonly string[], hint: string): Check {
  return doubts.length === 0 ? check(id, 'pass', fine) : check(id, 'warn', doubts.join('; '), hint)
}

function keyCheck(view: ClusterView, key: EncryptionKey | null): Check {
  const id = 'encryption-key'
  if (key === null) return check(id, 'skip', 'no encryption key was given')
  switch (encryptionKeyEvidence(view, key)) {
    case 'proven':
      return check(id, 'pass', 'it is the key of this cluster')
    case 'unproven':
      return check(id, 'pass', 'nothing on chain contradicts it')
    case 'contradicted':
      return check(id, 'fail', 'the addresses on chain make no sense with it', 'check which cluster the key belongs to')
  }
}
