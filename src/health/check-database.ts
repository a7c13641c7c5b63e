/** Looks at databases, from outside or from their private network: `nodes check --database`, and a part of `doctor`. */
import type { Check } from '../base/check.js'
import type { Ipv4 } from '../base/ipv4.js'
import { parsePeerId } from '../base/keys/parse-peer-id.js'
import type { PeerId } from '../base/keys/peer-id.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { NodeProbe } from '../peer/node-probe.js'
import { checksFromInside } from './model/database-inside.js'
import { checksFromOutside } from './model/database-outside.js'
import type { DatabasePortSighting, DatabaseSighting } from './model/database-sighting.js'
import { type DatabasePort, type DatabaseTarget, parseDatabaseTarget } from './model/database-target.js'
import type { NodeHealth } from './model/node-health.js'

export interface DatabaseInput {
  readonly database?: readonly string[]
  readonly inside?: boolean
  readonly databasePeerId?: string
}

export interface DatabaseQuestion {
  readonly targets: readonly DatabaseTarget[]
  readonly inside: boolean
  readonly peerId: PeerId | null
}

/** Null where no database is asked about. Throws USAGE, IP_ADDRESS_INVALID, PORT_INVALID, PEER_ID_INVALID. */
export function parseDatabaseQuestion(input: DatabaseInput): DatabaseQuestion | null {
  const texts = input.database ?? []
  if (texts.length === 0) {
    if (input.inside === undefined && input.databasePeerId === undefined) return null
    const flag = input.inside === undefined ? '--database-peer-id' : '--inside'
    throw new WcnError('USAGE', `${flag} is about a database, and none is given`, { hint: 'add --database IP[:PORT]' })
  }
  const peerId =
    input.databasePeerId === undefined ? null : parsePeerId(input.databasePeerId, 'the argument of --database-peer-id')
  if (peerId !== null && !input.inside)
    throw new WcnError('USAGE', '--database-peer-id says who must answer, and from outside nobody may', {
      hint: 'in your private network add --inside; from outside leave it out',
    })
  const targets = new Map(
    texts.map((text) => parseDatabaseTarget(text, '--database')).map((target) => [target.label, target] as const),
  )
  return { targets: [...targets.values()], inside: input.inside ?? false, peerId }
}

/** All at once. `timeoutMs` is for each port; never throws for what is met there. */
export async function sightDatabases(
  services: Pick<Services, 'nodeProbe' | 'metrics'>,
  targets: readonly DatabaseTarget[],
  timeoutMs: number,
): Promise<readonly DatabaseSighting[]> {
  const [probe, metrics] = await Promise.all([services.nodeProbe(null), services.metrics()])
  return Promise.all(
    targets.map(async (target) => {
      const [page, ...ports] = await Promise.all([
        metrics.read(target.host, target.metricsPort),
        ...target.ports.map((port) => sightPort(probe, target.host, port, timeoutMs)),
      ])
      return { target, ports, page }
    }),
  )
}

/** `deaf`: nothing at all was heard from nodes that were looked at along with them. */
export function judgeDatabase(
  sighting: DatabaseSighting,
  { inside, peerId }: Pick<DatabaseQuestion, 'inside' | 'peerId'>,
  { settings, deaf }: Pick<Services, 'settings'> & { readonly deaf: boolean },
): readonly Check[] {
  if (inside) return checksFromInside(sighting, peerId)
  return checksFromOutside(sighting, { allowPrivateAddresses: settings.allowPrivateAddresses(), deaf })
}

/** By it silence elsewhere proves nothing. False where no nodes were looked at. */
export function heardNothing(nodes: readonly NodeHealth[]): boolean {
  const ports = nodes.flatMap(({ primary, secondary }) => [primary, secondary])
  return ports.length > 0 && ports.every(({ diagnosis }) => diagnosis === 'silent' || diagnosis === 'unreachable')
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
