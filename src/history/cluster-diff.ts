/** `cluster diff`: what is different about the cluster between two blocks, whatever happened in between. */

import type { EncryptionKey } from '../base/keys/encryption-key.js'
import { jsonInteger, snakeJson } from '../base/snake-json.js'
import type { Services } from '../cli/services.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import { type Change, operatorChanges } from '../cluster/operator-changes.js'
import { readAtBlock } from '../read/read-at-block.js'
import { readCluster } from '../read/read-operator.js'

interface Input {
  readonly from: string
  readonly to?: string
}

/** `path` of what is an operator's begins with its slot: `operators[3].nodes[1]`. Throws what reading throws. */
export async function run(services: Services, { from, to }: Input) {
  const key = await services.settings.encryptionKey()
  const before = await readAtBlock(services, from, '--from')
  const after = to === undefined ? await readCluster(services) : await readAtBlock(services, to, '--to')
  return {
    data: {
      chain_id: after.chainId,
      contract: after.contract,
      from: { block: before.block, version: jsonInteger(before.view.version) },
      to: { block: after.block, version: jsonInteger(after.view.version) },
      changes: clusterChanges(before.view, after.view, key),
    },
  }
}

/** Of operators, settings, keyspace, migration, maintenance and owner. */
export function clusterChanges(before: ClusterView, after: ClusterView, key: EncryptionKey | null): readonly Change[] {
  return [...plainChanges(before, after), ...operatorsChanges(before, after, key)]
}

function plainChanges(before: ClusterView, after: ClusterView): readonly Change[] {
  const [old, now] = [before, after].map((view): Readonly<Record<string, unknown>> => {
    const { owner, keyspace, newKeyspace, pullingOperators, maintenance, settings } = view
    const named = Object.entries(snakeJson(settings)).map(([name, value]) => [`settings.${name}`, value])
    const moving = {
      new_keyspace: newKeyspace?.join(' ') ?? null,
      pulling_operators: pullingOperators?.join(' ') ?? null,
    }
    return { owner, ...Object.fromEntries(named), keyspace: keyspace.join(' '), ...moving, maintenance }
  })
  return Object.keys(now ?? {})
    .filter((path) => old?.[path] !== now?.[path])
    .map((path) => ({ op: 'update', path, before: old?.[path] ?? null, after: now?.[path] ?? null }))
}

function operatorsChanges(before: ClusterView, after: ClusterView, key: EncryptionKey | null): readonly Change[] {
  const slots = [...new Set([...before.operators, ...after.operators].map(({ slot }) => slot))].sort((a, b) => a - b)
  return slots.flatMap((slot): readonly Change[] => {
    const [old, now] = [before, after].map(({ operators }) => operators.find((one) => one.slot === slot))
    const path = `operators[${slot}]`
    const said = (one: typeof old) => one && { id: one.id, name: one.decoded?.name ?? null }
    if (old?.id !== now?.id) {
      const op = old === undefined ? 'add' : now === undefined ? 'remove' : 'update'
      return [{ op, path, before: said(old) ?? null, after: said(now) ?? null }]
    }
    if (!old?.decoded || !now?.decoded) {
      const reasons = [old, now].map((one) => one?.reason ?? 'decodes')
      return reasons[0] === reasons[1] ? [] : [{ op: 'update', path, before: reasons[0], after: reasons[1] }]
    }
    return operatorChanges(old.decoded, now.decoded, key).map((change) => ({
      ...change,
      path: `${path}.${change.path}`,
    }))
  })
}
