/** One service of `devnet serve`: a stand-in that tells its network's folder how it is. */
import { keypairFromSecret } from '../base/keys/node-keypair.js'
import { WcnError } from '../errors/wcn-error.js'
import type { QuicAddon } from '../peer/quic/load-addon.js'
import type { ServiceEnvironment } from './model/service-environment.js'
import type { StandInRecord } from './model/stand-in-record.js'
import { startDatabase } from './stand-in/database.js'
import { logOf } from './stand-in/log.js'
import { removeRecord, writeRecord } from './stand-in/network-folder.js'
import { startNode } from './stand-in/node.js'
import type { StandIn } from './stand-in/stand-in.js'

export interface Planned {
  /** Its env file, or where else its variables are from. */
  readonly source: string
  readonly service: ServiceEnvironment
}

interface Options {
  /** Null: it belongs to no network that is known here. */
  readonly folder: string | null
  readonly pullMs: number
  /** Whether it is the only one of its process. */
  readonly alone: boolean
}

/** Throws what starting a stand-in throws. */
export async function rehearse(addon: QuicAddon, { source, service }: Planned, { folder, pullMs, alone }: Options) {
  const log = logOf(service.kind === 'database' ? 'wcn_db' : 'wcn_node', alone ? null : source)
  const start = (environment: ServiceEnvironment): Promise<StandIn> =>
    environment.kind === 'database'
      ? startDatabase(addon, environment, { log, source })
      : startNode(addon, environment, { log, source, pullMs })
  const running = await start(service)
  let record = await recordOf({ source, service })
  const tell = (change: Partial<StandInRecord>) => {
    record = { ...record, ...change }
    if (folder === null) return
    try {
      writeRecord(folder, record)
    } catch (error) {
      // It serves all the same; who waits for its answer hears nothing and says so.
      log('ERROR', 'Record not written', { error: error instanceof Error ? error.message : String(error) })
    }
  }
  tell({})
  let stopped = false
  const ended = running.ended.catch(async (error: unknown) => {
    await running.stop()
    if (!stopped) tell({ problem: error instanceof WcnError ? error.message : String(error) })
    throw error
  })
  ended.catch(() => undefined)
  return {
    /** Rejects when it can't go on, as a node whose provider is gone. */
    ended,
    async stop() {
      stopped = true
      await running.stop()
      if (folder !== null && record.problem === null) removeRecord(folder, service.primaryPort)
    },
  }
}

/** As it starts. */
export async function recordOf({ source, service }: Planned): Promise<StandInRecord> {
  const { kind, primaryPort, secondaryPort, metricsPort } = service
  return {
    pid: process.pid,
    kind,
    peer_id: (await keypairFromSecret(service.secretKey, { many: true })).peerId,
    primary_port: primaryPort,
    secondary_port: secondaryPort,
    metrics_port: metricsPort,
    source,
    database_peer_id: service.kind === 'node' ? service.database.peerId : null,
    signs: service.kind === 'node' && service.signingKey !== null,
    fault: null,
    problem: null,
    heard: null,
  }
}
