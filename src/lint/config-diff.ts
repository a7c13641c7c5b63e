/**
 * `config diff PATH…`: shows where the files, the chain and the running nodes differ. Reads only; whether all of it is
 * all right by itself is `config check`'s question.
 */

import type { Address } from '../base/address.js'
import { ifSet } from '../base/if-set.js'
import { jsonInteger } from '../base/snake-json.js'
import type { BlockRef } from '../chain/transaction.js'
import type { ActionResult, Services } from '../cli/services.js'
import type { ClusterView, OperatorSlot } from '../cluster/cluster-view.js'
import { decryptIpv4 } from '../cluster/codec/ip-encryption.js'
import { EXIT_CHANGES_PRESENT } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { gauge } from '../peer/protocol/metrics-text.js'
import { readCluster, requireOperator, warnOfWrongKey } from '../read/read-operator.js'
import { addressOfKey } from '../signers/address-of-key.js'
import { type CheckedService, checkServices, outwardPort } from './model/checked-service.js'
import { type DriftRow, driftRows, type NodeInFiles, type RunningNode } from './model/drift.js'
import type { Found } from './model/found.js'
import { operatorOfNodes } from './model/nodes-on-chain.js'
import { readFound } from './readers/read-found.js'

export interface Input {
  readonly paths: readonly string[]
  readonly running?: boolean
  readonly metricsHost?: string
  readonly detailedExitcode?: boolean
}

export interface ConfigDiffData {
  readonly block: BlockRef
  readonly version: number | string
  readonly operator: Address
  readonly rows: readonly DriftRow[]
  /** How many rows differ. */
  readonly drift: number
}

const METRICS_HOST = '127.0.0.1'

interface Node extends NodeInFiles {
  /** As its machine has it, where a container's port is published under another number; null where there is none. */
  readonly metricsPort: number | null
}

/**
 * Exit 10 with `--detailed-exitcode` where something differs. Throws FILE_*, DOCUMENT_INVALID, SELECTOR_NO_MATCH where
 * the files configure no node, OPERATOR_NOT_FOUND, and what settings and chain throw.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<ConfigDiffData>> {
  const checked = await nodesIn(await readFound(services.files, input.paths))
  const nodes = checked.map(nodeIn)
  const key = await services.settings.encryptionKey()
  const { view, block, contract } = await readCluster(services)
  const slot = await operatorOf(services, view, checked)
  if (key) warnOfWrongKey(services, [slot], key)
  const running = input.running ? await askRunning(services, nodes, input.metricsHost ?? METRICS_HOST) : new Map()
  const listed = (slot.decoded?.nodes ?? []).map(({ peerId, ipv4, primaryPort, secondaryPort }) => {
    return { peerId, ipv4Addr: key && decryptIpv4(key, peerId, ipv4), primaryPort, secondaryPort }
  })
  const rows = driftRows(nodes, { ...view, contract, operator: slot.id, nodes: listed }, running)
  const drift = rows.filter((row) => row.drift).length
  return {
    data: { block, version: jsonInteger(view.version), operator: slot.id, rows, drift },
    exitCode: input.detailedExitcode && drift > 0 ? EXIT_CHANGES_PRESENT : 0,
  }
}

/** Throws SELECTOR_NO_MATCH. */
async function nodesIn(found: Found): Promise<readonly CheckedService[]> {
  // What only other programs can put together would look like nodes that are on chain alone.
  const apart = found.remarks.find(({ id, status }) => id === 'not-followed' && status === 'fail')
  if (apart !== undefined) {
    throw new WcnError('SELECTOR_NO_MATCH', `${apart.file}:${apart.line}: ${apart.summary}`, {
      hint: apart.hint?.replace('check what', 'compare what').replace('config check', 'config diff') ?? undefined,
    })
  }
  const { nodes } = await checkServices(found, { addressOf: addressOfKey, nearest: () => null })
  if (nodes.length > 0) return nodes
  throw new WcnError('SELECTOR_NO_MATCH', 'no node is configured in these files', {
    hint: 'name the files or the directory that `wcn config emit` wrote, or your own',
  })
}

/** What can't be read is not said: `config check` says what is wrong with it. */
function nodeIn({ found, values }: CheckedService): Node {
  const outward = (port: number | undefined) => (port === undefined ? null : outwardPort(found, port))
  const metricsPort = values.METRICS_SERVER_PORT?.value ?? null
  const published = found.published.find(({ protocol, port }) => protocol === 'tcp' && port === metricsPort)
  return {
    name: found.name,
    peerId: values.peerId?.value ?? null,
    primaryPort: outward(values.PRIMARY_RPC_SERVER_PORT?.value),
    secondaryPort: outward(values.SECONDARY_RPC_SERVER_PORT?.value),
    publicAddress: values.PUBLIC_ADDRESS?.value ?? null,
    contract: values.SMART_CONTRACT_ADDRESS?.value ?? null,
    signer: values.signer?.value ?? null,
    metricsPort: published?.hostPort ?? metricsPort,
  }
}

/** The one that is configured; else the one that the nodes tell. Throws OPERATOR_NOT_FOUND, SETTING_MISSING. */
async function operatorOf(
  { settings }: Services,
  view: ClusterView,
  nodes: readonly CheckedService[],
): Promise<OperatorSlot> {
  const configured = await ifSet(() => settings.operator())
  const slot = configured === null ? operatorOfNodes(nodes, view, null) : requireOperator(view, configured)
  if (slot !== null) return slot
  throw new WcnError('SETTING_MISSING', 'it is not known which operator is meant: none lists these nodes', {
    hint: 'set --operator or WCN_OPERATOR to its address',
  })
}

/** By the names of the nodes. Metrics don't say whose they are, and nodes of several hosts may all have the usual port. */
async function askRunning(
  services: Services,
  nodes: readonly Node[],
  host: string,
): Promise<ReadonlyMap<string, RunningNode | null>> {
  const metrics = await services.metrics()
  const seen = new Map<number, Node>()
  for (const node of nodes) {
    if (node.metricsPort === null) continue
    const other = seen.get(node.metricsPort)
    if (!other) seen.set(node.metricsPort, node)
    else if (other.peerId !== node.peerId)
      services.talk.warn(
        `${other.name} and ${node.name} have the same metrics port ${node.metricsPort}: what answers at ${host} is one of them, and counts for both here. Compare the files of one host at a time`,
      )
  }
  const asked = nodes.map(async ({ name, metricsPort }): Promise<readonly [string, RunningNode | null]> => {
    const text = metricsPort === null ? null : await metrics.read(host, metricsPort)
    if (text === null) return [name, null]
    const value = (what: string) => gauge(text, `wcn_node_${what}`)
    const versions = { clusterVersion: value('cluster_version'), keyspaceVersion: value('keyspace_version') }
    return [name, { ...versions, softwareVersion: value('version') }]
  })
  return new Map(await Promise.all(asked))
}
