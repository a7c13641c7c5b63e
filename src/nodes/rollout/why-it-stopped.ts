/** What somebody needs to know whose rollout stopped halfway: how each node is, which are done, and how to go on. */

import { orStopped } from '../../base/or-stopped.js'
import { snakeJson } from '../../base/snake-json.js'
import { WcnError } from '../../errors/wcn-error.js'
import { isUp, type NodeHealth, whyNotUp } from '../../health/model/node-health.js'
import { labels, type Progress, type Rollout } from './begin.js'

/** The error with all of that in its details; people are told the state of the nodes at once. */
export async function whyItStopped(rollout: Rollout, progress: Progress, error: unknown): Promise<unknown> {
  if (!(error instanceof WcnError)) return error
  const { services } = rollout
  const begun = progress.working.length > 0 || progress.finished.length > 0
  const states = await statesNow(rollout, progress)
  for (const health of states) services.talk.tell(stateInWords(health, rollout, progress))
  const left = progress.remaining
  const then = error.code === 'INTERRUPTED' ? '' : 'once that is mended, '
  const resume = `${then}the same command with --resume goes on with ${labels(left)}`
  const hints = [error.hint, begun && left.length > 0 ? resume : undefined]
  return error.retold({
    message: error.code === 'INTERRUPTED' ? interrupted(progress) : error.message,
    hint: hints.filter((hint) => hint !== undefined).join('; ') || undefined,
    details: {
      finished: progress.finished,
      left_out: progress.leftOut,
      working: progress.working,
      remaining: left,
      nodes: snakeJson(states),
    },
  })
}

/** As they were last seen, where they can't be looked at again or somebody is in a hurry. */
async function statesNow({ services, examiner, operator, nodes, stopSignals }: Rollout, { seen }: Progress) {
  if (services.deadline.remainingMs() <= 0) return seen
  try {
    const snapshot = await orStopped((await services.chain()).readCluster(), stopSignals.again)
    return await orStopped(examiner.examine(nodes, { snapshot, operator }), stopSignals.again)
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    return seen
  }
}

function stateInWords(health: NodeHealth, { nodes }: Rollout, { finished, leftOut, working }: Progress): string {
  const { label, ipv4Addr } = health.node
  const place = nodes.indexOf(health.node)
  const part = working.includes(place)
    ? 'at work'
    : [...finished, ...leftOut].includes(place)
      ? 'finished'
      : 'not touched'
  return `${label} at ${ipv4Addr} (${part}): ${isUp(health) ? 'operational' : `NOT UP: ${whyNotUp(health)}`}`
}

function interrupted({ working, finished, remaining }: Progress): string {
  const counted = `${finished.length} of ${finished.length + remaining.length} nodes are finished`
  return `interrupted: ${counted}${working.length === 0 ? '' : `, ${labels(working)} was at work`}`
}
