/** The nodes, as a peer of the network sees them; and the database: up, as they say, and in nobody else's reach. */
import type { Check, Verdict } from '../../base/check.js'
import { judgeDatabase, parseDatabaseQuestion, sightDatabases } from '../../health/check-database.js'
import { GIVE_NODE_KEY, INSTALL_ADDON } from '../../health/model/advice.js'
import type { NodeHealth } from '../../health/model/node-health.js'
import { parseProbeFlags } from '../../health/probe-flags.js'
import { type DoctorContext, type Group, orNull } from '../context.js'
import { findingsOf } from './files.js'

export const nodes: Group = {
  async nodes({ nodes }) {
    const { examiner, nodes: seen } = await nodes()
    return judgeNodes(seen, examiner.unproven)
  },
  async each(context) {
    const { nodes: seen } = await context.nodes()
    // Then every node refuses it its metrics; `membership` says so once.
    const unlisted = context.selected.has('membership') && (await isKeyNobodys(context))
    const isSaid = ({ id, status }: Check, { node }: NodeHealth) =>
      unlisted && id === `${node.label}.metrics` && status === 'warn'
    return seen.flatMap((health) => health.checks.filter((one) => !isOfDatabase(one, health) && !isSaid(one, health)))
  },
  async metrics({ nodes }) {
    if ((await nodes()).examiner.identified) return null
    return ['skip', 'nodes were looked at as a stranger: what they say of themselves was not asked', GIVE_NODE_KEY]
  },
}

/** By the files of services; through the nodes; and from outside, where nothing may answer. */
export const database: Group = {
  files: (context) => orNull(() => findingsOf('database', context)),
  async database({ nodes }) {
    const seen = await orNull(nodes)
    const told = (seen?.nodes ?? []).flatMap((health) => health.checks.filter((one) => isOfDatabase(one, health)))
    if (told.length > 0) return told
    return seen?.examiner.identified
      ? ['skip', 'no node told how the database is', 'see `wcn doctor --only nodes`']
      : ['skip', 'how the database is, only its nodes can tell, and they were not asked', GIVE_NODE_KEY]
  },
  async 'database-public'({ services, input, nodes }) {
    const question = parseDatabaseQuestion({ database: input.database ?? [] })
    if (question === null)
      return [
        'skip',
        'whether the database can be reached from outside was not looked at',
        'from a machine outside your network: --database IP',
      ]
    const sightings = await sightDatabases(services, question, parseProbeFlags(input).timeoutMs)
    const seen = (await orNull(nodes))?.nodes ?? []
    return sightings.flatMap((sighting) => judgeDatabase(sighting, question, services.settings, seen))
  },
}

/** What nodes tell belongs to two groups: of themselves, and of the database behind them. */
function isOfDatabase({ id }: Check, { node }: NodeHealth): boolean {
  return id.startsWith(`${node.label}.database`)
}

async function isKeyNobodys({ nodeKey, snapshot }: DoctorContext): Promise<boolean> {
  const pair = await orNull(nodeKey)
  if (pair === null) return false
  const { operators } = (await snapshot()).view
  return !operators.some(({ decoded }) => decoded?.nodes.some(({ peerId }) => peerId === pair.peerId))
}

function judgeNodes(seen: readonly NodeHealth[], unproven: string | null): Verdict {
  if (unproven !== null)
    return ['skip', `whether nodes are operational can't be proven here: ${unproven}`, INSTALL_ADDON]
  const up = seen.filter(({ operational }) => operational).length
  const counted = `${up} of ${seen.length} nodes are operational`
  if (up === seen.length) return ['pass', counted]
  const none = `none of the ${seen.length} nodes is operational: the operator counts as down`
  return ['fail', up === 0 ? none : counted, '`wcn nodes check` looks at them again']
}
