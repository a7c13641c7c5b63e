/**
 * The whole cluster as the contract's getView() shows it, in the network's terms (docs/dev/network/contract.md). Operators are
 * decoded when somebody looks at them. A view the network's own code would reject is still shown, with the reasons.
 */

import { type Address, parseAddress, ZERO_ADDRESS } from '../base/address.js'
import { type Hex, hexToBytes } from '../base/hex.js'
import { once } from '../base/once.js'
import { WcnError } from '../errors/wcn-error.js'
import { type DecodedOperatorData, decodeOperatorData } from './codec/operator-data.js'
import { DEFAULT_SETTINGS, decodeSettingsData, type NetworkSettings } from './codec/settings-data.js'

/** What an ABI decoder gives for getView(). */
export interface RawClusterView {
  readonly owner: string
  readonly settings: { readonly maxOperatorDataBytes: number; readonly minOperators: number; readonly extra: Hex }
  readonly version: bigint
  readonly keyspaceVersion: bigint
  readonly operatorSlots: readonly { readonly addr: string; readonly data: Hex }[]
  readonly keyspaces: readonly RawKeyspace[]
  readonly migration: {
    readonly id: bigint
    readonly startedAt: bigint
    readonly abortedAt: bigint
    readonly pullingOperatorBitmask: bigint
  }
  readonly maintenanceSlot: string
}

interface RawKeyspace {
  readonly operatorBitmask: bigint
  readonly replicationStrategy: number
}

/** An occupied slot. */
export interface OperatorSlot {
  readonly slot: number
  readonly id: Address
  readonly data: Uint8Array
  /** Null where the network can't decode the data. Decoded on first use. */
  readonly decoded: DecodedOperatorData | null
  /** Why the data doesn't decode; null where it does. */
  readonly reason: string | null
}

export interface ClusterMigration {
  readonly id: bigint
  /** Unix seconds. */
  readonly startedAt: bigint
  /** Unix seconds of the last abort, which may be that of an earlier migration; 0 = never. */
  readonly abortedAt: bigint
}

export interface ClusterView {
  readonly owner: Address
  /** What the network's code would apply; the defaults where `problems` says the settings don't decode. */
  readonly settings: NetworkSettings & {
    /** Bytes an operator's data may have. */
    readonly maxOperatorDataBytes: number
    readonly minOperators: number
  }
  /** `Settings.extra` as it is stored: needed to rewrite settings without losing what is unknown here. */
  readonly settingsExtra: Uint8Array
  readonly version: bigint
  readonly keyspaceVersion: bigint
  readonly operators: readonly OperatorSlot[]
  /** Slots of the serving keyspace. */
  readonly keyspace: readonly number[]
  /** Slots of the keyspace a running migration leads to; null when none runs. */
  readonly newKeyspace: readonly number[] | null
  /** Slots that still pull; null when no migration runs. */
  readonly pullingOperators: readonly number[] | null
  /** The last migration, running or not; null when there has never been one. */
  readonly migration: ClusterMigration | null
  /** Holder of the maintenance slot. */
  readonly maintenance: Address | null
  /** Every reason why the network's code rejects this whole view. */
  readonly problems: readonly string[]
}

/** The network's own minimum of slots and of operators in a keyspace, whatever `minOperators` says. */
export const MIN_OPERATORS = 5
export const MAX_OPERATORS = 256

/** Throws ADDRESS_INVALID or DOCUMENT_INVALID only for a `raw` that no ABI decoder gives. */
export function clusterView(raw: RawClusterView): ClusterView {
  const problems: string[] = []
  const operators = occupiedSlots(raw, problems)
  const settingsExtra = hexToBytes(raw.settings.extra)
  const { maxOperatorDataBytes, minOperators } = raw.settings
  const settings = { maxOperatorDataBytes, minOperators, ...networkSettings(settingsExtra, problems) }

  const pulling = slotsOf(raw.migration.pullingOperatorBitmask)
  const migrating = pulling.length > 0
  if (migrating && raw.keyspaceVersion === 0n) problems.push('a migration is running, but the keyspace version is 0')
  const newest = Number(raw.keyspaceVersion % 2n)
  const occupied = new Set(operators.map(({ slot }) => slot))
  const keyspace = (index: number, name: string) => checkedKeyspace(raw.keyspaces[index], name, occupied, problems)

  const { id, startedAt, abortedAt } = raw.migration
  return {
    owner: parseAddress(raw.owner, 'the owner in the cluster view'),
    settings,
    settingsExtra,
    version: raw.version,
    keyspaceVersion: raw.keyspaceVersion,
    operators,
    keyspace: keyspace(migrating ? 1 - newest : newest, 'serving'),
    newKeyspace: migrating ? keyspace(newest, 'new') : null,
    pullingOperators: migrating ? pulling : null,
    migration: id === 0n ? null : { id, startedAt, abortedAt },
    maintenance: occupant(raw.maintenanceSlot, 'the maintenance slot in the cluster view'),
    problems,
  }
}

export function findOperator(view: ClusterView, id: Address): OperatorSlot | null {
  return view.operators.find((operator) => operator.id === id) ?? null
}

function occupiedSlots(raw: RawClusterView, problems: string[]): readonly OperatorSlot[] {
  const count = raw.operatorSlots.length
  if (count < MIN_OPERATORS) problems.push(`the cluster has ${count} operator slots, fewer than ${MIN_OPERATORS}`)
  if (count > MAX_OPERATORS) problems.push(`the cluster has ${count} operator slots, more than ${MAX_OPERATORS}`)

  const slots: OperatorSlot[] = []
  const seen = new Map<Address, number>()
  raw.operatorSlots.forEach(({ addr, data }, slot) => {
    const id = occupant(addr, `operator slot ${slot} in the cluster view`)
    if (id === null) return
    const first = seen.get(id)
    if (first === undefined) seen.set(id, slot)
    else problems.push(`operator ${id} is in slots ${first} and ${slot}`)
    slots.push(operatorSlot(slot, id, data))
  })
  return slots
}

function operatorSlot(slot: number, id: Address, hex: Hex): OperatorSlot {
  const data = hexToBytes(hex)
  const decode = once((): Pick<OperatorSlot, 'decoded' | 'reason'> => {
    try {
      return { decoded: decodeOperatorData(data), reason: null }
    } catch (error) {
      return { decoded: null, reason: undecodableReason(error) }
    }
  })
  return {
    slot,
    id,
    data,
    get decoded() {
      return decode().decoded
    },
    get reason() {
      return decode().reason
    },
  }
}

function networkSettings(extra: Uint8Array, problems: string[]): NetworkSettings {
  try {
    return decodeSettingsData(extra).settings
  } catch (error) {
    problems.push(undecodableReason(error))
    return DEFAULT_SETTINGS
  }
}

function undecodableReason(error: unknown): string {
  if (error instanceof WcnError && error.code === 'DATA_UNDECODABLE') return error.message
  throw error
}

/** The slots of a keyspace; says what the network refuses about it. */
function checkedKeyspace(
  raw: RawKeyspace | undefined,
  name: string,
  occupied: ReadonlySet<number>,
  problems: string[],
): readonly number[] {
  const slots = slotsOf(raw?.operatorBitmask ?? 0n)
  const strategy = raw?.replicationStrategy ?? 0
  if (strategy !== 0) problems.push(`the ${name} keyspace has replication strategy ${strategy}, which is unknown`)
  if (slots.length < MIN_OPERATORS) {
    problems.push(`the ${name} keyspace has ${slots.length} operators, fewer than ${MIN_OPERATORS}`)
  }
  const empty = slots.filter((slot) => !occupied.has(slot))
  if (empty.length > 0) problems.push(`the ${name} keyspace names empty slots: ${empty.join(', ')}`)
  return slots
}

function occupant(address: string, source: string): Address | null {
  const id = parseAddress(address, source)
  return id === ZERO_ADDRESS ? null : id
}

/** A bitmask's slots: the positions of its 1 bits, lowest first. */
export function slotsOf(mask: bigint): readonly number[] {
  const digits = mask.toString(2)
  const positions: number[] = []
  for (let i = 0; i < digits.length; i++) if (digits.at(-1 - i) === '1') positions.push(i)
  return positions
}
