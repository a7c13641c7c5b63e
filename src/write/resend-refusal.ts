/**
 * Why bytes that nobody knows must not be sent again: what they were made for is no longer so, or they would do no good
 * (docs/dev/never.md 1).
 */

import { bytesToHex, type Hex, hexToBytes } from '../base/hex.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import { bidFault } from '../chain/fee-limits.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { decodeOperatorData, type OperatorData } from '../cluster/codec/operator-data.js'
import { type Change, operatorChanges } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry } from '../platform/state/journal-entry.js'
import type { JournalKey } from '../platform/state/state.js'
import { changedSince } from './model/write-base.js'
import { givenLimits } from './price.js'

/** FEE_TOO_HIGH: what was signed earlier obeys today's limits. */
export function bidTooHigh(services: Services, { transaction, fees, gas }: JournalEntry): WcnError | null {
  const { hash, nonce } = transaction
  const fault = bidFault(
    { fees, gas, otherWei: 0n },
    givenLimits(services),
    `transaction ${hash} of an earlier run, which is not sent again,`,
    `give it up with \`wcn tx cancel ${hash}\``,
  )
  if (!fault) return null
  const { code, message, hint, details } = fault
  return new WcnError(code, message, { hint, details: { ...details, hash, nonce } })
}

/** STATE_CHANGED, with the operator's data in both versions where that is what changed; null where the base holds. */
export async function changedBase(
  services: Services,
  { contract }: JournalKey,
  { base, transaction, what }: JournalEntry,
): Promise<WcnError | null> {
  if (base === null || contract === null) return null
  const now = await (await services.chain()).readCluster({ contract })
  const changes = changedSince(base, now)
  if (changes.length === 0) return null
  const { hash, nonce } = transaction
  return new WcnError(
    'STATE_CHANGED',
    `transaction ${hash} (${what.title}) is not sent again, since ${changes.join(' and ')} after it was signed`,
    {
      hint: `\`wcn tx cancel ${hash}\` gives it up; then run what is still wanted`,
      details: { hash, nonce, changes, ...(await bothVersions(services, base.operator, now)) },
    },
  )
}

/** TRANSACTION_OPEN. Whoever asked for the slot has gone since: it would be held for nothing. */
export function maintenanceOpen({ transaction: { hash, nonce }, what }: JournalEntry): WcnError {
  return new WcnError(
    'TRANSACTION_OPEN',
    `transaction ${hash} (${what.title}) is known to nobody, and entering maintenance is never sent again by itself`,
    {
      hint: `run \`wcn maintenance enter\` again to send it after all, or give it up with \`wcn tx cancel ${hash}\``,
      details: { hash, nonce },
    },
  )
}

interface BothVersions {
  readonly operator_data: { readonly before: Hex | null; readonly now: Hex | null }
  /** Only where both decode. */
  readonly changed_since?: readonly Change[]
}

async function bothVersions(
  { settings }: Services,
  operator: NonNullable<JournalEntry['base']>['operator'],
  { view }: ClusterSnapshot,
): Promise<BothVersions | Record<never, never>> {
  if (operator === null) return {}
  const slot = findOperator(view, operator.id)
  const now = slot && bytesToHex(slot.data)
  if (operator.data === now) return {}
  const data = { operator_data: { before: operator.data, now: now ?? null } }
  const before = operator.data === null ? null : decoded(operator.data)
  if (!before || !slot?.decoded) return data
  return { ...data, changed_since: operatorChanges(before, slot.decoded, await settings.encryptionKey()) }
}

function decoded(data: Hex): OperatorData | null {
  try {
    return decodeOperatorData(hexToBytes(data))
  } catch (error) {
    if (error instanceof WcnError) return null
    throw error
  }
}
