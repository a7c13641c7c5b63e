/** One service of `devnet serve`: a stand-in that tells its network's folder how it is, and does wrong what it is told to. */
import { keypairFromSecret } from '../base/keys/node-keypair.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import type { QuicAddon } from '../peer/quic/load-addon.js'
import type { FaultName } from './model/fault-names.js'
import type { ServiceEnvironment } from './model/service-environment.js'
import type { StandInRecord, Word } from './model/stand-in-record.js'
import { startDatabase } from './stand-in/database.js'
import type { followContract } from './stand-in/follow-contract.js'
import { logOf } from './stand-in/log.js'
import type { Lookout } from './stand-in/lookout.js'
import { setMaintenance } from './stand-in/maintenance-hold.js'
import { faultsOf } from './stand-in/named-faults.js'
import { removeRecord, unsay, writeRecord } from './stand-in/network-folder.js'
import { startNode } from './stand-in/node.js'
import type { StandIn } from './stand-in/stand-in.js'

export interface Planned {
  /** Its env file, or where else its variables are from. */
  readonly source: string
  readonly service: ServiceEnvironment
  /** The same as it is written there now. */
  readonly again: () => Promise<Planned>
}

interface Options {
  /** Null: it belongs to no network that is known here. */
  readonly folder: string | null
  readonly pullMs: number
  readonly lookout: Lookout
  readonly following: typeof followContract
  /** Whether it is the only one of its process. */
  readonly alone: boolean
}

/** Throws what starting a stand-in throws, FILE_UNWRITABLE where its record can't be written. */
export async function rehearse(addon: QuicAddon, planned: Planned, options: Options) {
  const { folder, pullMs, lookout, following, alone } = options
  const { source, again } = planned
  const log = logOf(planned.service.kind === 'database' ? 'wcn_db' : 'wcn_node', alone ? null : source)
  let { service } = planned
  let record = await recordOf(planned)
  let view: () => ClusterView | null = () => null
  let running: StandIn | null = null
  let giveUp: (error: unknown) => void = () => undefined
  const ended = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  ended.catch(() => undefined)

  const tell = (change: Partial<StandInRecord>) => {
    record = { ...record, ...change }
    if (folder === null) return
    try {
      writeRecord(folder, record)
    } catch (error) {
      // It serves all the same; who waits for its answer hears nothing and says so.
      log('ERROR', 'Record not written', { error: messageOf(error) })
    }
  }
  const follow: typeof followContract = async (...place) => {
    const followed = await following(...place)
    view = followed.view
    return followed
  }
  const start = async () => {
    const standIn =
      service.kind === 'database'
        ? await startDatabase(addon, service, { log, source })
        : await startNode(addon, service, { log, source, pullMs, lookout, follow })
    running = standIn
    standIn.ended.catch(async (error: unknown) => {
      if (running !== standIn) return
      running = null
      await standIn.stop()
      tell({ problem: messageOf(error) })
      giveUp(error)
    })
  }
  const stop = async () => {
    const standIn: StandIn | null = running
    running = null
    await standIn?.stop()
  }
  const holdMaintenance = async (active: boolean) => {
    const seen = () => {
      const shown = view()
      if (shown === null || running === null) throw new WcnError('STATE_CHANGED', 'it does not run')
      return shown
    }
    if (service.kind === 'node') await setMaintenance(service, seen, active)
  }
  const breakIt = async (fault: FaultName) => {
    if (running === null) throw new WcnError('STATE_CHANGED', 'it does not run: `wcn devnet mend` starts it again')
    if (fault === 'holds-maintenance') await holdMaintenance(true)
    await running.misbehave(await faultsOf(fault, view))
    tell({ fault })
  }
  /** As a restart would. */
  const mend = async () => {
    const anew = await again()
    if (record.fault === 'holds-maintenance') await holdMaintenance(false)
    await stop()
    if (folder !== null) removeRecord(folder, record.primary_port)
    service = anew.service
    record = await recordOf(anew)
    try {
      await start()
    } catch (error) {
      tell({ problem: messageOf(error) })
      throw error
    }
  }
  const obey = async ({ id, fault }: Word): Promise<void> => {
    try {
      await (fault === null ? mend() : breakIt(fault))
      tell({ heard: id, refusal: null })
    } catch (error) {
      tell({ heard: id, refusal: messageOf(error) })
    }
  }
  await start()
  if (folder !== null) {
    unsay(folder, record.primary_port)
    // One that nobody can find is none of the network's.
    try {
      writeRecord(folder, record)
    } catch (error) {
      await stop()
      throw error
    }
  }
  let busy = Promise.resolve()
  return {
    /** Rejects when it can't go on, as a node whose provider is gone. */
    ended,
    port: () => record.primary_port,
    /** One word after the other: whoever said it reads in the record what became of it. */
    obey(word: Word): void {
      busy = busy.then(() => obey(word))
    },
    async stop() {
      await busy
      await stop()
      if (folder !== null && record.problem === null) removeRecord(folder, record.primary_port)
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** As it starts. */
export async function recordOf({ source, service }: Omit<Planned, 'again'>): Promise<StandInRecord> {
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
    refusal: null,
  }
}
