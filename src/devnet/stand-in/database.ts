/** A stand-in for wcn_db: its servers, open to everybody, and its metrics. It keeps nothing. */
import { keypairFromSecret } from '../../base/keys/node-keypair.js'
import type { QuicAddon } from '../../peer/quic/load-addon.js'
import type { DatabaseEnvironment } from '../model/service-environment.js'
import { serveMetrics } from './http-server.js'
import { databaseMetricsText } from './metrics-text.js'
import { LOOPBACK, startRpcServers } from './rpc-servers.js'
import type { StandIn, StandInOptions } from './stand-in.js'

const RPC_MS = 2_000

export async function startDatabase(
  addon: QuicAddon,
  environment: DatabaseEnvironment,
  { log, source, host = LOOPBACK }: StandInOptions,
): Promise<StandIn> {
  const keypair = await keypairFromSecret(environment.secretKey, { many: true })
  const text = () => databaseMetricsText(environment.directory)
  log('WARN', 'build info', { kind: 'stand-in' })
  const Database = () => ({})
  const Metrics = () => ({ 0: (request: unknown) => (request === 'db' ? { Ok: text() } : NOT_FOUND) })
  const servers = await startRpcServers(addon, {
    keypair,
    host,
    ports: environment,
    openingMs: environment.openingMs,
    rpcMs: RPC_MS,
    limits: { primary: environment.limits, secondary: environment.limits },
    apis: { primary: { Database }, secondary: { Database, Metrics } },
    log,
    source,
  })
  try {
    const http = await serveMetrics(host, environment.metricsPort, source, { '/metrics': () => [text()] })
    const stop = async () => {
      http.close()
      await servers.stop()
    }
    const { peerId } = keypair
    return { ...servers, kind: 'database', peerId, metricsPort: http.port, ended: new Promise(() => {}), stop }
  } catch (error) {
    await servers.stop()
    throw error
  }
}

/** Of the `Metrics` API, for another service than it has. */
export const NOT_FOUND = { Err: { code: 1, message: 'not found' } }
