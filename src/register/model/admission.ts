/** What a cluster itself demands of an applicant (docs/dev/network/contract.md, `addNodeOperator`; docs/dev/network/join-request.md, "Online"). */

import { type Address, checksumAddress } from '../../base/address.js'
import { type Check, check, checkThat } from '../../base/check.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { WriteSnapshot } from '../../chain/chain.js'
import type { JoinRequestContent } from '../../chain/typed-data.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import type { OperatorData } from '../../cluster/codec/operator-data.js'
import { encryptionKeyEvidence } from '../../cluster/encryption-key-evidence.js'
import { requireWritable } from '../../cluster/judge-write.js'
import { NOTHING_MORE } from '../../cluster/judged-write.js'
import { namesAlike } from '../../cluster/look-alikes.js'
import { WcnError } from '../../errors/wcn-error.js'
import { distinctPeerIds, type OpenedRequest } from './open.js'
import { type Standing, standingOf } from './standing.js'

const MAX_OPERATORS = 256

/** Throws REQUEST_INVALID where the request is for another cluster than the one configured here. */
export function requireSameCluster(
  { chainId, contract }: Pick<JoinRequestContent, 'chainId' | 'contract'>,
  configured: { readonly chainId: number; readonly contract: Address },
): void {
  if (chainId !== configured.chainId)
    throw new WcnError(
      'REQUEST_INVALID',
      `the request is for chain ${chainId}, and chain ${configured.chainId} is configured here`,
      {
        hint: 'set --chain-id or WCN_CHAIN_ID if the request is right',
      },
    )
  if (contract !== configured.contract)
    throw new WcnError(
      'REQUEST_INVALID',
      `the request is for cluster ${checksumAddress(contract)}, and ${checksumAddress(configured.contract)} is configured here`,
      { hint: 'check --contract-address; the request must be made for the cluster that is to be joined' },
    )
}

/** Throws OPERATOR_EXISTS. */
export function requireNotMember(standing: Standing, operator: Address): void {
  if (standing.kind === 'absent') return
  const how = standing.kind === 'different' ? ` (${standing.reason})` : ''
  throw new WcnError(
    'OPERATOR_EXISTS',
    `${operator} is an operator of this cluster already, in slot ${standing.slot.slot}${how}`,
    {
      hint: 'its owner changes the nodes with `wcn nodes update`; see `wcn operator view`',
      details: { operator, slot: standing.slot.slot },
    },
  )
}

/** Throws CLUSTER_FULL. */
export function requireFreeSlot(view: ClusterView): void {
  if (view.operators.length < MAX_OPERATORS) return
  throw new WcnError('CLUSTER_FULL', `all ${MAX_OPERATORS} operator slots of this cluster are taken`, {
    hint: 'an operator must leave before another can join',
  })
}

/** Which of the nodes' peer IDs other operators have on chain as well. */
export function sharedPeerIds(view: ClusterView, operator: Address, data: OperatorData): readonly string[] {
  const taken = new Set(
    view.operators
      .filter(({ id }) => id !== operator)
      .flatMap(({ decoded }) => decoded?.nodes.map((node) => node.peerId) ?? []),
  )
  return distinctPeerIds(data).filter((peerId) => taken.has(peerId))
}

/** Read at one block, with the applicant's account. */
export async function examineAdmission(
  { content: { operator }, blob, data }: OpenedRequest,
  { view, account }: WriteSnapshot,
  key: EncryptionKey | null,
): Promise<readonly Check[]> {
  const standing = standingOf(view, { operator, blob, data }, key)
  if (standing.kind === 'as-requested')
    return [check('membership', 'pass', `on chain already, exactly as requested, in slot ${standing.slot.slot}`)]
  const shared = sharedPeerIds(view, operator, data)
  return [
    await checkThat('membership', () => {
      requireNotMember(standing, operator)
      return 'not an operator of this cluster yet'
    }),
    await checkThat('slot', () => {
      requireFreeSlot(view)
      return `${MAX_OPERATORS - view.operators.length} of ${MAX_OPERATORS} slots are free`
    }),
    await checkThat('size', () => {
      const { maxOperatorDataBytes: maxDataBytes } = view.settings
      requireWritable({ slot: null, after: data, key: null, maxDataBytes, allowed: NOTHING_MORE }, ['data-size'])
      return `${blob.length} of at most ${view.settings.maxOperatorDataBytes} bytes`
    }),
    keyCheck(view, key),
    shared.length === 0
      ? check('peer-ids', 'pass', 'no other operator has these peer IDs')
      : check(
          'peer-ids',
          'warn',
          `another operator has the same peer ID on chain: ${shared.join(', ')}`,
          'ask the applicant for keys of their own',
        ),
    nameCheck(namesAlike(view.operators, { name: data.name, operator })),
    account.balanceWei > 0n
      ? check('funds', 'pass', "the operator's account holds some ETH")
      : check(
          'funds',
          'warn',
          "the operator's account holds no ETH",
          'its primary node must send transactions to finish migrations',
        ),
  ]
}

function nameCheck(alike: readonly string[]): Check {
  const hint = 'people tell operators apart by their names: ask the applicant whether that is meant'
  return alike.length === 0
    ? check('name', 'pass', 'no other operator has a name that looks like it')
    : check('name', 'warn', alike.join('; '), hint)
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
