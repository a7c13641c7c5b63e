/** A stand-in for wcn_node: follows the contract, serves its APIs and metrics, and as primary completes migrations. */
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import { keypairFromSecret } from '../../base/keys/node-keypair.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { plainNode } from '../../cluster/plain-node.js'
import type { QuicAddon } from '../../peer/quic/load-addon.js'
import { createNodeProbe } from '../../peer/quic/node-probe.js'
import type { NodeEnvironment } from '../model/service-environment.js'
import { clusterAnswer } from './cluster-answer.js'
import { clusterMetrics } from './cluster-metrics.js'
import { migrationCompleter } from './complete-migrations.js'
import { NOT_FOUND } from './database.js'
import { databaseLink } from './database-link.js'
import type { Faults } from './faults.js'
import { followContract } from './follow-contract.js'
import { serveMetrics } from './http-server.js'
import { nodeMetricsText, type Peer } from './metrics-text.js'
import { LOOPBACK, startRpcServers } from './rpc-servers.js'
import type { StandIn, StandInOptions } from './stand-in.js'

interface NodeOptions extends StandInOptions {
  /** How long it takes to have everything that a migration brings. */
  readonly pullMs: number
  /** Its way to a provider; that of its environment unless given. */
  readonly follow?: typeof followContract
}

export async function startNode(
  addon: QuicAddon,
  environment: NodeEnvironment,
  { log, source, pullMs, host = LOOPBACK, follow = followContract }: NodeOptions,
): Promise<StandIn> {
  const { encryptionKey, contract, rpcUrl } = environment
  const keypair = await keypairFromSecret(environment.secretKey, { many: true })
  log('WARN', 'build info', { kind: 'stand-in' })
  const followed = await follow(rpcUrl.reveal(), contract, source)
  const probe = await createNodeProbe(keypair)
  const database = databaseLink(environment.database, probe, log)
  const migrations = migrationCompleter(environment, { pullMs, log })
  const stops: (() => unknown)[] = [followed.close, probe.close, database.close, migrations.drop]
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  let faults: Faults = {}
  const known = () => {
    const view = followed.view()
    return faults.followed?.(view) ?? view
  }
  const text = () => {
    const view = known()
    const versions = { cluster: view.version, keyspace: view.keyspaceVersion }
    return nodeMetricsText(versions, [...peersOf(view, encryptionKey), database.peer], database.failures)
  }
  const Replica = (peerId: string) => (isNode(known(), peerId) ? {} : undefined)
  const Coordinator = (peerId: string) => (isClient(known(), peerId) ? {} : undefined)
  const readView = async () => {
    const view = await followed.readView().catch(() => null)
    const shown = view && (faults.shown ? faults.shown(view) : view)
    return shown === null ? { Err: { code: 0, message: 'internal error' } } : { Ok: clusterAnswer(shown) }
  }
  const Cluster2 = () => ({ 0: readView })
  const Metrics = (peerId: string) => {
    if (!isNode(known(), peerId)) return undefined
    const answers: Readonly<Record<string, () => unknown>> = {
      node: () => ({ Ok: text() }),
      db: async () => {
        const metrics = await database.metrics()
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
      apis: { primary: { Cluster2, Replica, Coordinator }, secondary: { Metrics, Replica, Coordinator } },
      log,
      source,
    })
    stops.push(servers.stop)
    const http = await serveMetrics(host, environment.metricsPort, source, {
      '/metrics': () => [text()],
      '/metrics/cluster': () => clusterMetrics(known(), encryptionKey, probe),
    })
    stops.push(http.close)
    followed.onChange((view) => {
      log('INFO', 'Cluster view updated', { cluster_version: String(view.version) })
      look(view)
    })
    look(followed.view())
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

function isNode({ operators }: ClusterView, peerId: string): boolean {
  return operators.some(({ decoded }) => decoded?.nodes.some((node) => node.peerId === peerId) ?? false)
}

function isClient({ operators }: ClusterView, peerId: string): boolean {
  return operators.some(({ decoded }) => decoded?.clients.some((client) => client.peerId === peerId) ?? false)
}

function peersOf({ operators }: ClusterView, key: EncryptionKey): readonly Peer[] {
  const nodes = operators.flatMap(({ decoded }) => decoded?.nodes ?? []).map((node) => plainNode(node, key))
  return nodes.map(({ peerId, ipv4Addr, primaryPort, secondaryPort }) => ({
    peerId,
    servers: [
      { address: `${ipv4Addr}:${primaryPort}`, apis: ['Replica'] },
      { address: `${ipv4Addr}:${secondaryPort}`, apis: ['Replica', 'Metrics'] },
    ],
  }))
}
