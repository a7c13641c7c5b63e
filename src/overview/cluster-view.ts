/** `cluster view`: everything the contract holds; with `--shards` also what follows from it for each operator's data. */

import type { Services } from '../cli/services.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import { alikeBySlot } from '../cluster/look-alikes.js'
import type { ShardCounts } from '../cluster/replicas.js'
import { clusterJson } from '../cluster/to-json.js'
import type { PageInput } from '../page/write-page.js'
import { readAtBlock } from '../read/read-at-block.js'
import { readCluster, warnOfWrongKey } from '../read/read-operator.js'

/** Enough to tell a wrong key, and little beside decrypting the largest cluster. */
const CHECKED_OPERATORS = 8

/** What they are for is the page's to say. */
const PAGE_FLAGS = ['html', 'live', 'via', 'since', 'nodeKeyFile', 'probeTimeout', 'concurrency'] as const

interface Input extends PageInput {
  readonly shards?: boolean
}

export async function run(services: Services, { shards = false, ...input }: Input = {}) {
  const { block } = input
  const isForPage = PAGE_FLAGS.some((name) => input[name] !== undefined)
  const writePage = isForPage ? await (await import('../page/write-page.js')).openPage(services, input) : null
  const key = await services.settings.encryptionKey()
  const snapshot = block === undefined ? await readCluster(services) : await readAtBlock(services, block, '--block')
  const { operators } = snapshot.view
  if (key) warnOfWrongKey(services, operators.slice(0, CHECKED_OPERATORS), key)
  const json = clusterJson(snapshot, key)
  const alike = alikeBySlot(operators)
  const counts = shards || writePage ? await countShards(snapshot.view) : null
  const data = {
    ...json,
    operators: json.operators.map((operator) => ({
      ...operator,
      ...looksLike(alike.get(operator.slot) ?? []),
      ...(shards && shardsOf(counts, operator.slot)),
    })),
  }
  return { data: { ...data, ...(writePage && { page: await writePage(snapshot, json, counts) }) } }
}

/** Slots of operators whose names people would take for this one; not there where there are none. */
function looksLike(slots: readonly number[]): { readonly looks_like?: readonly number[] } {
  return slots.length === 0 ? {} : { looks_like: slots }
}

async function countShards(view: ClusterView): Promise<ShardCounts | null> {
  return (await import('../cluster/replicas.js')).shardCounts(view)
}

/** Null where the network's nodes reject the keyspace; of what is to be pulled, also where no migration runs. */
function shardsOf(counts: ShardCounts | null, slot: number) {
  const { stored, pulled } = counts ?? { stored: null, pulled: null }
  return { shards: stored && (stored.get(slot) ?? 0), shards_to_pull: pulled && (pulled.get(slot) ?? 0) }
}
