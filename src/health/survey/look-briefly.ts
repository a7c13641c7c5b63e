/**
 * One node, asked as little as tells how it stands: one connection to the port that tells most, to the other port only
 * where that one does not answer. Where all of a cluster is looked at, each node has hundreds of others that ask it, too.
 */
import type { ApiSession } from '../../peer/node-probe.js'
import { databaseOfAnswer } from '../model/database-health.js'
import type { ExpectedNode } from '../model/expected-node.js'
import { readNodeVersions } from '../model/node-metrics.js'
import { answersAsItself, type NodeStanding, STATE_OF, UNTOLD } from '../model/node-standing.js'
import { OTHER, portVerdict } from '../model/port-check.js'
import { type PortDiagnosis, portHealth } from '../model/port-health.js'
import type { WhosePeerId } from '../model/whose-peer-id.js'
import { limitMs, type PortContext, probePort, unaskable } from '../probe-port.js'

const READ = 0
const API = { primary: 'Cluster2', secondary: 'Metrics' } as const

export interface BriefContext extends PortContext {
  /** Whether the nodes know who asks: they give their metrics to each other only. */
  readonly identified: boolean
  readonly whose: WhosePeerId
}

/** What it says of itself, before it is held against the chain. */
export interface BriefLook extends Omit<NodeStanding, 'clusterBehind' | 'keyspaceBehind'> {
  readonly clusterVersion: bigint | null
  readonly keyspaceVersion: bigint | null
}

type Told = Omit<BriefLook, 'index' | 'peerId' | 'state' | 'problem'>

/** Never throws. */
export async function lookBriefly(context: BriefContext, node: ExpectedNode): Promise<BriefLook> {
  const which = context.identified ? 'secondary' : 'primary'
  const first = await lookAt(context, node, which)
  const look = (state: BriefLook['state'], told: Told, other: PortDiagnosis): BriefLook => ({
    ...{ index: node.index ?? 0, peerId: node.peerId, ...told, state },
    problem: state === 'up' ? null : first.inWords(other),
  })
  if (answersAsItself(first) || first.state === 'not-asked') return look(first.state, first.told, first.diagnosis)
  const second = await lookAt(context, node, OTHER[which])
  return answersAsItself(second)
    ? look('one-port', second.told, second.diagnosis)
    : look(first.state, first.told, second.diagnosis)
}

async function lookAt(context: BriefContext, node: ExpectedNode, which: 'primary' | 'secondary') {
  const port = which === 'primary' ? node.primaryPort : node.secondaryPort
  const never = unaskable(node, port)
  const ask = context.identified && which === 'secondary' ? askForMetrics : undefined
  const [sighting, told] = never ? [never, null] : await probePort(context, node, { port, api: API[which] }, ask)
  const { report } = sighting
  const health = portHealth(sighting, port, node.peerId, context.whose)
  const takesNone = report.kind === 'quic' && report.handshake.kind === 'refused'
  return {
    state: never ? 'not-asked' : takesNone ? 'refusing' : STATE_OF[health.diagnosis],
    diagnosis: health.diagnosis,
    told: told ?? NOTHING,
    /** `other`: what was found at the other port. */
    inWords: (other: PortDiagnosis) => portVerdict({ node, which, health, sighting, other, whose: context.whose })[1],
  } as const
}

const NOTHING: Told = { ...UNTOLD, clusterVersion: null, keyspaceVersion: null }

/** Of the node, and of its database. */
async function askForMetrics(context: BriefContext, session: ApiSession): Promise<Told> {
  const ask = (what: 'node' | 'db') => session.call(READ, what, limitMs(context))
  const [node, database] = await Promise.all([ask('node'), ask('db')])
  const read = node.kind === 'ok' && typeof node.value === 'string' ? readNodeVersions(node.value) : null
  const { connected, softwareVersion } = databaseOfAnswer(database)
  return {
    ...NOTHING,
    ...(read === null || 'problem' in read ? {} : read),
    // A question that ended without an answer tells nothing of the database.
    database: database.kind === 'none' ? null : connected,
    databaseVersion: softwareVersion,
  }
}
