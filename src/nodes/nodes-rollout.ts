/**
 * `nodes rollout -- CMD`: a rolling redeploy. One node after the other is handed to a command of the user's, and the next
 * one waits until a peer of the network would find the last one operational again.
 */
import { orStopped } from '../base/or-stopped.js'
import { snakeJson } from '../base/snake-json.js'
import { utcAndAgo } from '../base/utc.js'
import type { Services } from '../cli/services.js'
import { isUp } from '../health/model/node-health.js'
import type { RolloutKey } from '../platform/state/memories.js'
import { nodeMark } from './model/node-mark.js'
import { lookAtNodes } from './rollout/before-step.js'
import {
  beginRollout,
  labels,
  type NodesRolloutInput,
  type Progress,
  type Rollout,
  type StartedRollout,
} from './rollout/begin.js'
import { rollOut } from './rollout/roll-out.js'
import { takeStopSignals } from './rollout/stop-signals.js'
import { whyItStopped } from './rollout/why-it-stopped.js'

/**
 * Throws COMMAND_FAILED, NODE_NOT_OPERATIONAL, AVAILABILITY_AT_RISK, MIGRATION_IN_PROGRESS, STATE_CHANGED, INTERRUPTED, with
 * the state of every node in `details.nodes`; ACCOUNT_LOCKED where another rollout runs here; and what beginRollout throws.
 */
export async function run(services: Services, input: NodesRolloutInput) {
  const begun = await beginRollout(services, input)
  const key = await rolloutKey(begun)
  const release = await (await services.state()).lockRollout(key)
  const stopSignals = takeStopSignals(services)
  try {
    return { data: await carryOut({ ...begun, stopSignals }, key, input.resume === true) }
  } finally {
    stopSignals.release()
    release()
  }
}

async function carryOut(rollout: Rollout, key: RolloutKey, resume: boolean) {
  const { services, operator, nodes } = rollout
  const { progress, onProgress } = await startOf(rollout, key, resume)
  try {
    const seen = await rollOut(rollout, progress, onProgress)
    for (const { node } of seen.filter((health) => !isUp(health))) services.talk.warn(`${node.label} is not up`)
    const named = (some: readonly number[]) =>
      some.flatMap((index) => {
        const node = nodes[index]
        return node ? { index, peer_id: node.peerId } : []
      })
    const { finished, leftOut } = progress
    /** `finished` in the order in which they were done; `left_out`: an earlier run had finished them (`--resume`). */
    return { operator, finished: named(finished), left_out: named(leftOut), nodes: snakeJson(seen) }
  } catch (error) {
    throw await whyItStopped(rollout, progress, error)
  }
}

/** What there is to do, and what keeps for `--resume` how far it is. */
async function startOf(rollout: Rollout, key: RolloutKey, resume: boolean) {
  const { services, stored, places } = rollout
  const state = await services.state()
  const markOf = (place: number) => stored.slice(place, place + 1).map(nodeMark)
  const recalled = resume ? await state.recallRollout(key) : null
  // Who always says --resume, such as a CI job, must not be told for ever that there is nothing to do.
  const complete = recalled !== null && stored.every((node) => recalled.finished.includes(nodeMark(node)))
  const before = complete ? null : recalled
  const progress: Progress = { remaining: places, working: [], finished: [], leftOut: [], seen: [], pulling: null }
  const startedAt = before?.startedAt ?? services.clock.now()
  const onProgress = () => {
    const finished = [...(before?.finished ?? []), ...progress.finished.flatMap(markOf)]
    return state.rememberRollout(key, { startedAt, finished: [...new Set(finished)] })
  }
  if (!resume) return { progress, onProgress }
  if (before === null) {
    services.talk.note(
      complete
        ? 'the last rollout was finished: this is a new one'
        : 'no earlier rollout is known here: starting with all of them',
    )
    return { progress, onProgress }
  }
  const known = places.filter((place) => markOf(place).some((mark) => before.finished.includes(mark)))
  // What was finished and has fallen since is done again: nothing could go on while it is down.
  const seen = await orStopped(lookAtNodes(rollout, progress), rollout.stopSignals.stop)
  progress.leftOut = known.filter((place) => seen[place] && isUp(seen[place]))
  progress.remaining = places.filter((place) => !progress.leftOut.includes(place))
  services.talk.note(
    `resuming the rollout of ${utcAndAgo(before.startedAt, services.clock.now())}: ${labels(progress.leftOut) || 'no node'} left out`,
  )
  return { progress, onProgress }
}

async function rolloutKey({ services, operator }: StartedRollout): Promise<RolloutKey> {
  const { chainId, genesisHash } = await (await services.chain()).readAccount(operator)
  return { chainId, genesisHash, contract: services.settings.contractAddress(), operator }
}
