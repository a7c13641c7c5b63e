/** Looks at databases, from outside or from their private network: `nodes check --database`, and a part of `doctor`. */
import type { Check } from '../base/check.js'
import type { Ipv4 } from '../base/ipv4.js'
import { parsePeerId } from '../base/keys/parse-peer-id.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { NodeProbe } from '../peer/node-probe.js'
import type { Settings } from '../settings/settings.js'
import { checksFromInside } from './model/database-inside.js'
import { checksFromOutside } from './model/database-outside.js'
import type { DatabasePortSighting, DatabaseSighting } from './model/database-sighting.js'
import { type DatabasePort, parseDatabaseTarget } from './model/database-target.js'
import type { NodeHealth } from './model/node-health.js'

export interface DatabaseInput {
  readonly database?: readonly string[]
  readonly inside?: boolean
  readonly databasePeerId?: string
}

export type DatabaseQuestion = NonNullable<ReturnType<typeof parseDatabaseQuestion>>

/** Null where no database is asked about. Throws USAGE, IP_ADDRESS_INVALID, PORT_INVALID, PEER_ID_INVALID. */
export function parseDatabaseQuestion({ database = [], inside, databasePeerId }: DatabaseInput) {
  if (database.length === 0) {
    if (inside === undefined && databasePeerId === undefined) return null
    const flag = inside === undefined ? '--database-peer-id' : '--inside'
    throw new WcnError('USAGE', `${flag} is about a database, and none is given`, { hint: 'add --database IP[:PORT]' })
  }
  const peerId = databasePeerId === undefined ? null : parsePeerId(databasePeerId, 'the argument of --database-peer-id')
  if (peerId !== null && !inside)
    throw new WcnError('USAGE', '--database-peer-id says who must answer, and from outside nobody may', {
      hint: 'in your private network add --inside; from outside leave it out',
    })
  const targets = database.map((text) => parseDatabaseTarget(text, '--database'))
  const distinct = new Map(targets.map((target) => [target.label, target]))
  return { targets: [...distinct.values()], inside: inside ?? false, peerId }
}

/** All at once. `timeoutMs` is for each port; never throws for what is met there. */
export async function sightDatabases(
  services: Pick<Services, 'nodeProbe' | 'metrics' | 'deadline'>,
  { targets }: DatabaseQuestion,
  timeoutMs: number,
): Promise<readonly DatabaseSighting[]> {
  const limitMs = Math.min(timeoutMs, services.deadline.remainingMs())
  const [probe, metrics] = await Promise.all([services.nodeProbe(null), services.metrics()])
  return Promise.all(
    targets.map(async (target) => {
      const [page, ...ports] = await Promise.all([
        metrics.read(target.host, target.metricsPort),
        ...target.ports.map((port) => sightPort(probe, target.host, port, limitMs)),
      ])
      return { target, ports, page }
    }),
  )
}

/** `nodes`: those that were looked at along with it: where nothing at all was heard from them, silence proves nothing. */
export function judgeDatabase(
  sighting: DatabaseSighting,
  { inside, peerId }: DatabaseQuestion,
  settings: Settings,
  nodes: readonly NodeHealth[],
): readonly Check[] {
  if (inside) return checksFromInside(sighting, peerId)
  const ports = nodes.flatMap(({ primary, secondary }) => [primary, secondary])
  const deaf = ports.every(({ diagnosis }) => diagnosis === 'silent' || diagnosis === 'unreachable')
  const allowPrivateAddresses = settings.allowPrivateAddresses()
  return checksFromOutside(sighting, { allowPrivateAddresses, deaf: deaf && ports.length > 0 })
}

async function sightPort(
  probe: NodeProbe,
  host: Ipv4,
  port: DatabasePort,
  timeoutMs: number,
): Promise<DatabasePortSighting> {
  const report = await probe.reach({ host, port: port.port, api: port.api }, timeoutMs)
  if (report.kind !== 'answers' || report.api.kind !== 'accepted') return { ...port, report, metrics: null }
  const { session } = report.api
  const answer = port.api === 'Metrics' ? await session.call(0, 'db', timeoutMs) : null
  session.close()
  const metrics = answer?.kind === 'ok' && typeof answer.value === 'string' ? answer.value : null
  return { ...port, report, metrics }
}
