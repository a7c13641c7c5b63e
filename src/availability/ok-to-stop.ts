/**
 * `ok-to-stop`: may this go down now? Nodes, the database, or the whole operator; by the rules that rollouts and
 * maintenance keep to themselves, for those who stop things with other tools.
 */
import { isTransient } from '../base/is-transient.js'
import type { ActionResult, Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import { stateJson } from '../cluster/to-json.js'
import { exitCodeOf } from '../errors/exit-codes.js'
import { parseDuration } from '../settings/setting-values.js'
import { openQuestion, type QuestionInput } from './questions.js'

export interface Input extends QuestionInput {
  readonly wait?: string
}

export type OkToStopJson = Awaited<ReturnType<typeof run>>['data']

/** Between two looks at a node, and at the whole cluster. */
const PAUSE_MS = { nodes: 5_000, database: 15_000, operator: 5_000 }

/**
 * Exit code 4 where it must stay up, 7 where nothing but another's maintenance slot is in the way; the data say why. Throws
 * USAGE, SETTING_*, SELECTOR_*, PROBE_UNAVAILABLE, and what reading the cluster throws.
 */
export async function run(services: Services, input: Input) {
  const waitMs = input.wait === undefined ? 0 : parseDuration(input.wait, '--wait')
  const question = await openQuestion(services, input)
  const { clock, deadline, interruption } = services
  const endMs = clock.monotonicMs() + waitMs
  const leftMs = () => Math.min(endMs - clock.monotonicMs(), deadline.remainingMs())
  if (waitMs === 0) return answered(services, await question.look())
  return waiting(services, { what: `waiting until ${question.words} may stop`, leftMs }, async (wait) => {
    for (;;) {
      const found = await question.look().catch((error: unknown) => {
        if (!isTransient(error) || leftMs() <= 0) throw error
        return error
      })
      if (found instanceof Error) wait.see(`the cluster can't be read: ${found.message}`)
      else if (found.objections.length === 0 || leftMs() <= 0) return answered(services, found)
      else wait.see(found.objections.map(({ why }) => why).join('; '), found.objections.map(({ id }) => id).join())
      await wait.sleep(Math.min(PAUSE_MS[question.what], leftMs()), interruption.signal)
      await (await services.chain()).reconnect()
    }
  })
}

type Found = Awaited<ReturnType<Awaited<ReturnType<typeof openQuestion>>['look']>>

function answered(services: Services, { objections, snapshot, ...found }: Found) {
  const data = {
    /** Unix seconds. */
    checked_at: services.clock.now(),
    ok: objections.length === 0,
    ...found,
    /** Why it must stay up; none where it may go down. */
    reasons: objections,
    cluster: stateJson(snapshot),
  }
  const onlySlot = objections.every(({ id }) => id === 'slot-taken')
  const exitCode = data.ok ? 0 : exitCodeOf(onlySlot ? 'MAINTENANCE_TAKEN' : 'AVAILABILITY_AT_RISK')
  return { data, exitCode } satisfies ActionResult<unknown>
}
