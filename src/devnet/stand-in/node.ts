/** A stand-in for wcn_node: follows the contract, serves its APIs and metrics, and as primary completes migrations. */
import { keypairFromSecret } from '../../base/keys/node-keypair.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import type { NodeProbe } from '../../peer/node-probe.js'
import type { QuicAddon } from '../../peer/quic/load-addon.js'
import { createNodeProbe } from '../../peer/quic/node-probe.js'
import type { NodeEnvironment } from '../model/service-environment.js'
import { clusterAnswer } from './cluster-answer.js'
import { clusterEvent } from './cluster-events.js'
import { clusterMetrics } from './cluster-metrics.js'
import { migrationCompleter } from './complete-migrations.js'
import { NOT_FOUND } from './database.js'
import { databaseMetrics } from './database-link.js'
import type { Faults } from './faults.js'
import { followContract } from './follow-contract.js'
import { serveMetrics } from './http-server.js'
import type { Log } from './log.js'
import type { Dialled, Lookout } from './lookout.js'
import { nodeMetricsText } from './metrics-text.js'
import { databaseServers, peerServers } from './peers.js'
import { LOOPBACK, startRpcServers } from './rpc-servers.js'
import type { StandIn, StandInOptions } from './stand-in.js'

const OPENING_MS = 2_000
const RPC_MS = 5_000
const PRIMARY = { atATime: 1000, perSecond: 1000 }
const SECONDARY = { atATime: 400, perSecond: 400 }

interface NodeOptions extends StandInOptions {
  /** How long it takes to have everything that a migration brings. */
  readonly pullMs: number
  readonly lookout: Lookout
  /** Its way to a provider; that of its environment unless given. */
  readonly follow?: typeof followContract
}

export async function startNode(
  addon: QuicAddon,
  environment: NodeEnvironment,
  { log, source, pullMs, lookout, host = LOOPBACK, follow = followContract }: NodeOptions,
): Promise<StandIn> {
  const { encryptionKey, contract, rpcUrl, idleTimeoutMs, database } = environment
  const keypair = await keypairFromSecret(environment.secretKey, { many: true })
  log('WARN', 'build info', { kind: 'stand-in' })
  const followed = await follow(rpcUrl.reveal(), contract, source)
  // Few are ever asked for what they need it for, and each is a socket.
  let probing: Promise<NodeProbe> | null = null
  const probe = () => {
    probing ??= createNodeProbe(keypair)
    return probing
  }
  const migrations = migrationCompleter(environment, { pullMs, log })
  const stops: (() => unknown)[] = [followed.close, async () => (await probing)?.close(), migrations.drop]
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  let faults: Faults = {}
  const known = () => {
    const view = followed.view()
    return faults.followed?.(view) ?? view
  }
  const ofDatabase = databaseServers(environment)
  const dialled = () => [...peerServers(known(), environment), ...ofDatabase]
  const text = () => {
    const view = known()
    const versions = { cluster: view.version, keyspace: view.keyspaceVersion }
    return nodeMetricsText(versions, dialled(), lookout.failures)
  }
  const Replica = (peerId: string) => (isNode(known(), peerId) ? {} : undefined)
  const Coordinator = (peerId: string) => (isClient(known(), peerId) ? {} : undefined)
  const readView = async () => {
    const view = await followed.readView().catch(() => null)
    const shown = view && (faults.shown ? faults.shown(view) : view)
    return shown === null ? { Err: { code: 0, message: 'internal error' } } : { Ok: clusterAnswer(shown) }
  }
  const Cluster2 = () => ({ 0: readView, 1: () => eventsOf(followed.logs()) })
  const Metrics = (peerId: string) => {
    if (!isNode(known(), peerId)) return undefined
    const answers: Readonly<Record<string, () => unknown>> = {
      node: () => ({ Ok: text() }),
      db: async () => {
        const metrics = await databaseMetrics(database, await probe())
        return metrics === null ? { Err: { code: 0, message: 'Not connected' } } : { Ok: metrics }
      },
    }
    return { 0: (request: unknown) => (request === 'node' || request === 'db' ? answers[request]?.() : NOT_FOUND) }
  }
  const look = (view: ClusterView) => (faults.neverPulls ? migrations.drop() : migrations.look(view))
  try {
    const servers = await startRpcServers(addon, {
      keypair,
      host,
      ports: environment,
      openingMs: OPENING_MS,
      rpcMs: RPC_MS,
      limits: { primary: { ...PRIMARY, idleTimeoutMs }, secondary: { ...SECONDARY, idleTimeoutMs } },
      apis: { primary: { Cluster2, Replica, Coordinator }, secondary: { Metrics, Replica, Coordinator } },
      log,
      source,
    })
    stops.push(servers.stop)
    const http = await serveMetrics(host, environment.metricsPort, source, {
      '/metrics': () => [text()],
      '/metrics/cluster': () => clusterMetrics(known(), encryptionKey, probe()),
    })
    stops.push(http.close)
    followed.onChange((view) => {
      log('INFO', 'Cluster view updated', { cluster_version: String(view.version) })
      look(view)
    })
    look(followed.view())
    const note = noted(log, ofDatabase)
    stops.push(lookout.watch(() => peerServers(known(), environment), note))
    stops.push(lookout.watch(() => ofDatabase, note))
    const misbehave = async (wanted: Faults) => {
      faults = wanted
      await servers.misbehave(wanted)
      look(followed.view())
    }
    const { peerId } = keypair
    return { ...servers, kind: 'node', peerId, metricsPort: http.port, ended: followed.gone, misbehave, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What it finds out of whom it dials. That it reaches the others is said of its database only. */
function noted(log: Log, ofDatabase: readonly Dialled[]) {
  return ({ host, port, peerId }: Dialled, kind: string | null, before: string | null | undefined) => {
    const isDatabase = ofDatabase.some((server) => server.host === host && server.port === port)
    const fields = { api: isDatabase ? 'Database' : 'Replica', addr: `${host}:${port}`, peer_id: peerId }
    if (kind !== null) log('WARN', 'Connection failed', { ...fields, kind })
    else if (isDatabase || before !== undefined) log('INFO', 'Connection established', fields)
  }
}

async function* eventsOf(logs: AsyncIterable<unknown>) {
  yield { Ack: { Ok: null } }
  for await (const log of logs) {
    const event = clusterEvent(log)
    if (event !== null) yield { Event: { Ok: event } }
  }
}

function isNode({ operators }: ClusterView, peerId: string): boolean {
  return operators.some(({ decoded }) => decoded?.nodes.some((node) => node.peerId === peerId) ?? false)
}

function isClient({ operators }: ClusterView, peerId: string): boolean {
  return operators.some(({ decoded }) => decoded?.clients.some((client) => client.peerId === peerId) ?? false)
}
