/** Tells what happened to a cluster, event by event: against what was there before, so that a change is told as a change. */
import { type Address, checksumAddress } from '../../base/address.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import { jsonInteger, snakeJson } from '../../base/snake-json.js'
import type { ClusterEvent } from '../../cluster/cluster-event.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { decodeOperatorData, type OperatorData } from '../../cluster/codec/operator-data.js'
import { decodeSettingsData } from '../../cluster/codec/settings-data.js'
import { type Change, operatorChanges } from '../../cluster/operator-changes.js'
import { WcnError } from '../../errors/wcn-error.js'
import { changesInWords } from './changes-in-words.js'

interface Known {
  readonly slot: number
  /** Null where it does not decode. */
  readonly data: OperatorData | null
}

/** An event as `--json` shows it, and in words. */
export type ToldEvent = ReturnType<ReturnType<typeof createTeller>>

/**
 * The events must be told in their order. `before`: the cluster before the first of them; null where that can't be read:
 * then an operator's first change says what it has, not what changed. Without `key` addresses stay hidden.
 */
export function createTeller(before: ClusterView | null, key: EncryptionKey | null) {
  const operators = new Map<Address, Known>()
  for (const { id, slot, decoded } of before?.operators ?? []) operators.set(id, { slot, data: decoded })
  let [owner, holder] = [before?.owner ?? null, before?.maintenance ?? null]
  let settings: Readonly<Record<string, unknown>> | null = before && snakeJson(before.settings)

  const spelled = new Map<Address, string>()
  const spelling = (id: Address) => {
    const known = spelled.get(id) ?? checksumAddress(id)
    spelled.set(id, known)
    return known
  }
  const named = (id: Address) => {
    const name = operators.get(id)?.data?.name
    if (name === undefined && id === owner) return `the owner (${spelling(id)})`
    return name === undefined ? spelling(id) : `${JSON.stringify(name)} (${spelling(id)})`
  }

  const tell = (event: ClusterEvent): { readonly words: string; readonly changes?: readonly Change[] | null } => {
    switch (event.kind) {
      case 'cluster-initialized':
        event.operators.forEach(({ id, data }, slot) => void operators.set(id, { slot, data: decodedOrNull(data) }))
        return { words: `the cluster was founded with ${event.operators.length} operators` }
      case 'operator-added': {
        const data = decodedOrNull(event.data)
        operators.set(event.operator, { slot: event.slot, data })
        const changes = data && operatorChanges(null, data, key)
        const what = data ? `with ${data.nodes.length} nodes` : 'with data that does not decode'
        return { words: `${named(event.operator)} joined in slot ${event.slot} ${what}`, changes }
      }
      case 'operator-updated': {
        const who = named(event.operator)
        const old = operators.get(event.operator)
        const data = decodedOrNull(event.data)
        operators.set(event.operator, { slot: event.slot, data })
        if (data === null) return { words: `${who} has data that does not decode`, changes: null }
        if (!old?.data)
          return { words: `${who} has ${data.nodes.length} nodes; what it had before is not known`, changes: null }
        const changes = operatorChanges(old.data, data, key)
        return { words: `${who} ${changesInWords(changes)}`, changes }
      }
      case 'operator-removed': {
        const who = named(event.operator)
        operators.delete(event.operator)
        return { words: `${who} left slot ${event.slot}` }
      }
      case 'migration-started':
        return { words: `migration ${event.id} started, to the keyspace of slots ${event.slots.join(' ')}` }
      case 'data-pulled':
        return { words: `${named(event.operator)} has pulled its data in migration ${event.id}` }
      case 'migration-completed':
        return { words: `${named(event.operator)} was the last to pull: migration ${event.id} is complete` }
      case 'migration-aborted':
        return { words: `migration ${event.id} was aborted` }
      case 'maintenance-entered':
        holder = event.operator
        return { words: `${named(event.operator)} entered maintenance` }
      case 'maintenance-left': {
        const freed = holder !== null && holder !== event.operator ? holder : null
        holder = null
        // Only the owner can do that for somebody else.
        if (freed) return { words: `${named(event.operator)} freed the maintenance slot of ${named(freed)}` }
        return { words: `${named(event.operator)} left maintenance` }
      }
      case 'settings-updated': {
        const now = settingsJson(event.settings)
        const changes = settings && now && settingsChanges(settings, now)
        settings = now
        if (now === null) return { words: 'the settings were changed to what no node can decode', changes: null }
        const what = changes?.map(({ path, before, after }) => `${path} ${before} → ${after}`)
        return { words: `the settings were changed${what ? `: ${what.join(', ') || 'nothing differs'}` : ''}`, changes }
      }
      case 'ownership-offered':
        return { words: `${checksumAddress(event.from)} offered the ownership to ${checksumAddress(event.to)}` }
      case 'ownership-transferred':
        owner = event.to
        return { words: `the ownership went from ${checksumAddress(event.from)} to ${checksumAddress(event.to)}` }
      case 'upgraded':
        return { words: `the contract's code was replaced by that of ${checksumAddress(event.implementation)}` }
      case 'initialized':
        return { words: 'the contract was initialized' }
    }
  }

  return (event: ClusterEvent) => {
    const { block, blockHash, time, transaction, index, version, kind } = event
    // Who left is named as it was.
    const earlier = 'operator' in event ? operators.get(event.operator) : undefined
    const { words, changes } = tell(event)
    const operator = 'operator' in event ? event.operator : null
    const known = (operator === null ? undefined : operators.get(operator)) ?? earlier
    return {
      version: version === null ? null : jsonInteger(version),
      event: kind,
      block: { number: block, hash: blockHash },
      log_index: index,
      time,
      transaction,
      operator: operator && { id: operator, slot: known?.slot ?? null, name: known?.data?.name ?? null },
      ...(changes === undefined ? {} : { changes }),
      ...('id' in event ? { migration: jsonInteger(event.id) } : {}),
      ...('slots' in event ? { keyspace: event.slots } : {}),
      words,
    }
  }
}

function decodedOrNull(data: Uint8Array): OperatorData | null {
  try {
    return decodeOperatorData(data)
  } catch (error) {
    if (error instanceof WcnError) return null
    throw error
  }
}

type StoredSettings = Extract<ClusterEvent, { readonly kind: 'settings-updated' }>['settings']

/** Null where no node can decode them. */
function settingsJson({ maxOperatorDataBytes, minOperators, extra }: StoredSettings) {
  try {
    return snakeJson({ maxOperatorDataBytes, minOperators, ...decodeSettingsData(extra).settings })
  } catch (error) {
    if (error instanceof WcnError) return null
    throw error
  }
}

function settingsChanges(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly Change[] {
  return Object.keys(after)
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ op: 'update', path: name, before: before[name], after: after[name] }))
}
