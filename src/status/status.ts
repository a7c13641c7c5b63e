/**
 * `status`: how things stand, put together from what other commands tell one by one. Cluster and account are read in one
 * batch, nodes are looked at now. What can't be known here is null, with the reason.
 */
import type { Address } from '../base/address.js'
import { jsonInteger } from '../base/snake-json.js'
import type { ClusterSnapshot, WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { type WatchInput, watched } from '../cli/watch.js'
import { findOperator } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import { type ExaminerInput, openExaminer } from '../health/examiner.js'
import { maintenanceOf } from '../maintenance/maintenance-status.js'
import { fundsOf } from '../operator/operator-funds.js'
import { readCluster, warnOfProblems } from '../read/read-operator.js'
import { entryJson } from '../tx/journal-json.js'
import { accountJournals, openNonces } from '../write/open-nonces.js'
import { lookAtNodes } from './look-at-nodes.js'
import { nextStep } from './model/next-step.js'

export interface Input extends ExaminerInput, WatchInput {}

export type StatusJson = Awaited<ReturnType<typeof status>>['data']

/** A look costs as long as the slowest port takes: less than where only that is asked. */
const PROBE_TIMEOUT = '2s'

/** Throws what is wrong with flags and settings, and what reading the cluster throws. */
export async function run(services: Services, input: Input) {
  const examiner = await openExaminer(services, { probeTimeout: PROBE_TIMEOUT, ...input })
  return watched(services, input, () => status(services, examiner))
}

async function status(services: Services, examiner: Awaited<ReturnType<typeof openExaminer>>) {
  const operator = await whoIsMeant(services)
  const { snapshot, own } = await read(services, operator)
  const { chainId, contract, block, view } = snapshot
  const slot = operator && findOperator(view, operator)
  const [nodes, funds, open, slotOf] = await Promise.all([
    lookAtNodes(services, examiner, snapshot, slot ?? null),
    own && fundsOf(services, own, async () => (slot ? own : null)),
    own && openTransactions(services, own),
    maintenanceOf(services, snapshot),
  ])
  const pulls = slot ? (view.pullingOperators?.includes(slot.slot) ?? false) : false
  const standing = {
    open: open?.length ?? 0,
    problems: view.problems,
    operator,
    member: slot ? (slot.decoded ? 'yes' : 'undecodable') : 'no',
    writesLeft: funds && Number(funds.writes_left ?? Number.POSITIVE_INFINITY),
    inMaintenance: operator !== null && view.maintenance === operator,
    migration: view.pullingOperators === null ? 'none' : pulls ? 'pulls' : 'running',
    nodes: nodes.standing,
  } as const
  return {
    data: {
      chain_id: chainId,
      contract,
      /** What named it: a flag, a variable, a context. */
      contract_source: services.settings.contractSource(),
      block,
      version: jsonInteger(view.version),
      /** Whose address this is; null where nothing says who is meant. */
      operator,
      /** Null where it is not in the cluster. */
      slot: slot ? slot.slot : null,
      name: slot?.decoded?.name ?? null,
      in_keyspace: slot ? view.keyspace.includes(slot.slot) : null,
      nodes: nodes.json,
      funds,
      maintenance: { holder: slotOf.maintenance, name: slotOf.name, since: slotOf.since },
      /** `pulls`: this operator still pulls data. */
      migration: {
        in_progress: slotOf.migration_in_progress,
        pulls,
        /** Unix seconds; null where none is in progress. */
        started_at: view.pullingOperators && view.migration && jsonInteger(view.migration.startedAt),
      },
      /** Null where nothing says who is meant. */
      open_transactions: open,
      next: nextStep(standing),
    },
  }
}

/** A screen tells what it can: no key at hand is no error here. */
async function whoIsMeant({ settings }: Services): Promise<Address | null> {
  try {
    return await settings.operator()
  } catch (error) {
    if (error instanceof WcnError && error.code === 'SETTING_MISSING') return null
    throw error
  }
}

async function read(
  services: Services,
  operator: Address | null,
): Promise<{ readonly snapshot: ClusterSnapshot; readonly own: WriteSnapshot | null }> {
  if (operator === null) return { snapshot: await readCluster(services), own: null }
  const own = await (await services.chain()).readClusterForWrite(operator)
  warnOfProblems(services, own.view)
  return { snapshot: own, own }
}

async function openTransactions(services: Services, { chainId, genesisHash, contract, account }: WriteSnapshot) {
  const key = { chainId, genesisHash, contract, signer: account.address }
  return openNonces(await accountJournals(services, key)).map(({ key: journal, newest }) => entryJson(journal, newest))
}
