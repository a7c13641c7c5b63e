/** The nodes, as a peer of the network sees them. */
import { type Check, check } from '../../base/check.js'
import { GIVE_NODE_KEY, INSTALL_ADDON } from '../../health/model/advice.js'
import type { NodeHealth } from '../../health/model/node-health.js'
import { type DoctorContext, orNull } from '../doctor-context.js'
import { isOfDatabase } from '../told-by-nodes.js'

export async function nodes(context: DoctorContext): Promise<readonly Check[]> {
  const { examiner, nodes: seen } = await context.nodes()
  const unlisted = context.selected.has('membership') && (await keyIsNobodys(context))
  const isSaid = ({ id, status }: Check, { node }: NodeHealth) =>
    unlisted && id === `${node.label}.metrics` && status === 'warn'
  return [
    summaryOf(seen, examiner.unproven),
    ...seen.flatMap((health) => health.checks.filter((one) => !isOfDatabase(one.id, health) && !isSaid(one, health))),
    ...(examiner.identified
      ? []
      : [
          check(
            'metrics',
            'skip',
            'nodes were looked at as a stranger: what they say of themselves was not asked',
            GIVE_NODE_KEY,
          ),
        ]),
  ]
}

/** Then every node refuses it its metrics; `membership` says so once. */
async function keyIsNobodys({ nodeKey, snapshot }: DoctorContext): Promise<boolean> {
  const pair = await orNull(nodeKey)
  if (pair === null) return false
  const { operators } = (await snapshot()).view
  return !operators.some(({ decoded }) => decoded?.nodes.some(({ peerId }) => peerId === pair.peerId))
}

function summaryOf(seen: readonly NodeHealth[], unproven: string | null): Check {
  const up = seen.filter(({ operational }) => operational)
  const counted = `${up.length} of ${seen.length} nodes are operational`
  if (unproven !== null)
    return check('nodes', 'skip', `whether nodes are operational can't be proven here: ${unproven}`, INSTALL_ADDON)
  if (up.length === seen.length) return check('nodes', 'pass', counted)
  return check(
    'nodes',
    'fail',
    up.length === 0 ? `none of the ${seen.length} nodes is operational: the operator counts as down` : counted,
    '`wcn nodes check` looks at them again',
  )
}
