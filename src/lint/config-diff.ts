/**
 * `config diff PATH…`: where what files configure, what the chain lists and what runs differ. Reads only; whether it is
 * all right by itself is `config check`'s question.
 */

import { type Address, parseAddress } from '../base/address.js'
import { ifSet } from '../base/if-set.js'
import { jsonInteger } from '../base/json-integer.js'
import { keypairFromSecret, parseNodeSecretKey } from '../base/keys/node-keypair.js'
import { parseOperatorPrivateKey } from '../base/keys/operator-key.js'
import type { PeerId } from '../base/keys/peer-id.js'
import { parsePort } from '../base/port.js'
import type { BlockRef } from '../chain/block-ref.js'
import type { ActionResult, Services } from '../cli/services.js'
import { type ClusterView, findOperator, type OperatorSlot } from '../cluster/cluster-view.js'
import { decryptIpv4 } from '../cluster/codec/ip-encryption.js'
import { EXIT_CHANGES_PRESENT } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { gauge } from '../peer/protocol/metrics-text.js'
import { readCluster, requireOperator, warnOfWrongKey } from '../read/read-operator.js'
import { outwardPort } from './model/checked-service.js'
import { type DriftRow, driftRows, type NodeInFiles, type RunningNode } from './model/drift.js'
import { effectiveValue } from './model/effective-value.js'
import type { Found, FoundService } from './model/found.js'
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

/**
 * Exit 10 with `--detailed-exitcode` where something differs. Throws FILE_*, DOCUMENT_INVALID, SELECTOR_NO_MATCH where
 * the files configure no node, OPERATOR_NOT_FOUND, and what settings and chain throw.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<ConfigDiffData>> {
  const found = await readFound(services.files, input.paths, {})
  requireWhole(found)
  const nodes = await Promise.all(
    found.services
      .filter(({ kind }) => kind === 'node')
      .map(async (service) => ({ service, node: await nodeIn(services, service) })),
  )
  if (nodes.length === 0) {
    throw new WcnError('SELECTOR_NO_MATCH', 'no node is configured in these files', {
      hint: 'name the files or the directory that `wcn config emit` wrote, or your own',
    })
  }
  const key = await services.settings.encryptionKey()
  const { view, block, contract } = await readCluster(services)
  const slot = await operatorOf(
    services,
    view,
    nodes.map(({ node }) => node),
  )
  if (key) warnOfWrongKey(services, [slot], key)
  const running = input.running ? await askRunning(services, nodes, input.metricsHost ?? METRICS_HOST) : new Map()
  const rows = driftRows(
    nodes.map(({ node }) => node),
    {
      contract,
      operator: slot.id,
      version: view.version,
      keyspaceVersion: view.keyspaceVersion,
      nodes: (slot.decoded?.nodes ?? []).map((node, index) => ({
        index,
        peerId: node.peerId,
        ipv4Addr: key === null ? null : decryptIpv4(key, node.peerId, node.ipv4),
        primaryPort: node.primaryPort,
        secondaryPort: node.secondaryPort,
      })),
    },
    running,
  )
  const drift = rows.filter((row) => row.drift).length
  return {
    data: { block, version: jsonInteger(view.version), operator: slot.id, rows, drift },
    exitCode: input.detailedExitcode && drift > 0 ? EXIT_CHANGES_PRESENT : 0,
  }
}

/** What only other programs can put together would look like nodes that are on chain alone. Throws SELECTOR_NO_MATCH. */
function requireWhole({ remarks }: Found): void {
  const apart = remarks.find(({ id, status }) => id === 'not-followed' && status === 'fail')
  if (apart === undefined) return
  throw new WcnError('SELECTOR_NO_MATCH', `${apart.file}:${apart.line}: ${apart.summary}`, {
    hint: apart.hint?.replace('check what', 'compare what').replace('config check', 'config diff') ?? undefined,
  })
}

/** What can't be read is not said: `config check` says what is wrong with it. */
async function nodeIn(services: Services, service: FoundService): Promise<NodeInFiles> {
  const read = async <T>(name: string, parse: (value: string) => T | Promise<T>): Promise<T | null> => {
    const value = effectiveValue(service, name)
    if (value === null) return null
    try {
      return await parse(value)
    } catch (error) {
      if (error instanceof WcnError) return null
      throw error
    }
  }
  const port = async (name: string): Promise<number | null> => {
    const inside = await read(name, (text) => parsePort(text, 'a file'))
    return inside === null ? null : outwardPort(service, inside)
  }
  return {
    name: service.name,
    peerId: await read(
      'SECRET_KEY',
      async (text) => (await keypairFromSecret(parseNodeSecretKey(text, 'a file'))).peerId,
    ),
    primaryPort: await port('PRIMARY_RPC_SERVER_PORT'),
    secondaryPort: await port('SECONDARY_RPC_SERVER_PORT'),
    publicAddress: effectiveValue(service, 'PUBLIC_ADDRESS'),
    contract: await read('SMART_CONTRACT_ADDRESS', (text) => parseAddress(text, 'a file')),
    signer: await read('SMART_CONTRACT_SIGNER_PRIVATE_KEY', (text) =>
      services.addressOf(parseOperatorPrivateKey(text, 'a file')),
    ),
  }
}

/** The one that is configured; else the one that lists most of these keys. Throws OPERATOR_NOT_FOUND, SETTING_MISSING. */
async function operatorOf(
  { settings }: Services,
  view: ClusterView,
  nodes: readonly NodeInFiles[],
): Promise<OperatorSlot> {
  const configured = await ifSet(() => settings.operator())
  if (configured !== null) return requireOperator(view, configured)
  const signer = nodes.find((node) => node.signer !== null)?.signer ?? null
  const bySigner = signer && findOperator(view, signer)
  if (bySigner) return bySigner
  const own = new Set<PeerId | null>(nodes.map(({ peerId }) => peerId))
  const counted = view.operators
    .map((slot) => ({ slot, count: slot.decoded?.nodes.filter(({ peerId }) => own.has(peerId)).length ?? 0 }))
    .sort((a, b) => b.count - a.count)
  const [best] = counted
  if (best && best.count > 0) return best.slot
  throw new WcnError('SETTING_MISSING', 'it is not known which operator is meant: none lists these nodes', {
    hint: 'set --operator or WCN_OPERATOR to its address',
  })
}

/** Metrics don't say whose they are. Nodes on several hosts may all have the usual port, and only one host is asked. */
function warnOfSharedPort(
  { talk }: Services,
  nodes: readonly { readonly service: FoundService; readonly node: NodeInFiles }[],
  host: string,
): void {
  const seen = new Map<number, NodeInFiles>()
  for (const { service, node } of nodes) {
    const port = metricsPort(service)
    const other = port === null ? undefined : seen.get(port)
    if (port !== null && !other) seen.set(port, node)
    if (other && other.peerId !== node.peerId)
      talk.warn(
        `${other.name} and ${node.name} have the same metrics port ${port}: what answers at ${host} is one of them, and counts for both here. Compare the files of one host at a time`,
      )
  }
}

/** As its machine has it, where a container's port is published under another number; null where there is none. */
function metricsPort(service: FoundService): number | null {
  const inside = Number(effectiveValue(service, 'METRICS_SERVER_PORT') ?? 0)
  if (!(inside > 0 && inside < 65_536)) return null
  const published = service.published.find(({ protocol, port }) => protocol === 'tcp' && port === inside)
  return published?.hostPort ?? inside
}

async function askRunning(
  services: Services,
  nodes: readonly { readonly service: FoundService; readonly node: NodeInFiles }[],
  host: string,
): Promise<ReadonlyMap<string, RunningNode | null>> {
  const metrics = await services.metrics()
  warnOfSharedPort(services, nodes, host)
  const asked = nodes.map(async ({ service, node }): Promise<readonly [string, RunningNode | null]> => {
    const port = metricsPort(service)
    const text = port === null ? null : await metrics.read(host, port)
    if (text === null) return [node.name, null]
    return [
      node.name,
      {
        clusterVersion: gauge(text, 'wcn_node_cluster_version'),
        keyspaceVersion: gauge(text, 'wcn_node_keyspace_version'),
        softwareVersion: gauge(text, 'wcn_node_version'),
      },
    ]
  })
  return new Map(await Promise.all(asked))
}
