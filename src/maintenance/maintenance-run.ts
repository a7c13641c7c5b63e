/**
 * `maintenance run -- CMD`: takes the cluster's maintenance slot, runs a command in it, and gives it back once that is
 * safe (docs/dev/never.md 9). Where it is not, the slot is kept: a freed one with a dead database would let a second
 * operator take its own down.
 */

import type { WriteSnapshot } from '../chain/chain.js'
import type { ActionResult, Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import { type ExaminerInput, openExaminer } from '../health/examiner.js'
import { requireProof } from '../health/model/advice.js'
import { quorumWithout } from '../health/survey/quorum-without.js'
import { openSurveyor } from '../health/survey/survey-cluster.js'
import { nodeKeyFile } from '../key/node-secret.js'
import { parseDuration, variableNames } from '../settings/setting-values.js'
import { leaveForMigration, type MaintenanceInput } from './maintenance-slot.js'
import { type DatabaseProof, type OnFailure, slotVerdict } from './model/slot.js'
import { askForDatabase, awaitDatabase, type DatabaseWitness } from './run/await-database.js'
import { enterForRun, openSignalHandover, type SignalHandover } from './run/enter-for-run.js'
import { giveBack } from './run/give-back.js'
import { type MaintenanceRunJson, notRun, outcomeOf } from './run/outcome.js'
import { superviseCommand } from './run/supervise-command.js'
import { parseWait, takeSlot } from './take-slot.js'

const LEAVING_FIRST = 'the slot is given back first'

export interface Input extends MaintenanceInput, ExaminerInput {
  readonly command: readonly string[]
  readonly wait?: string
  readonly passEnv?: readonly string[]
  readonly onFailure?: OnFailure
  readonly databaseTimeout?: string
  readonly maxDuration?: string
}

type Plan = Awaited<ReturnType<typeof planOf>>

/**
 * Before anything is sent: COMMAND_NOT_RUNNABLE, PROBE_UNAVAILABLE, MAINTENANCE_TAKEN (also where this account has the
 * slot), MIGRATION_IN_PROGRESS, AVAILABILITY_AT_RISK where keys would lose their quorum, and what writing throws. Afterwards: COMMAND_FAILED where CMD failed, SLOT_KEPT or
 * CHECK_FAILED where it succeeded and the database is not seen to be up, SLOT_NOT_GIVEN_BACK, INTERRUPTED after giving
 * the slot back; `details.slot` tells what became of it.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<MaintenanceRunJson>> {
  const plan = await planOf(services, input)
  if (input.dryRun) {
    const { json } = await takeSlot(services, { ...plan.entering, dryRun: true, waitMs: null, own: 'refused' })
    return { data: { dry_run: true, slot: 'not-taken', enter: json, exit: null, command: null, database: null } }
  }
  if (plan.witness) await warnOfSilence(services, plan.witness)
  const signals = openSignalHandover(services)
  try {
    const entered = await enterForRun(services, signals, { ...plan.entering, waitMs: plan.waitMs })
    return await afterEntering(services, signals, plan, entered).catch((error: unknown) => {
      // A bug must not hide what state things are in.
      if (!(error instanceof WcnError))
        services.talk.warn(
          'the maintenance slot may still be yours: see that the database is up, `wcn maintenance exit`',
        )
      throw error
    })
  } finally {
    signals.release()
  }
}

async function planOf(services: Services, input: Input) {
  const { databaseTimeout = '10m', maxDuration, onFailure = 'keep', command, passEnv } = input
  const plan = {
    order: {
      command,
      passEnv: variableNames(passEnv, '--pass-env'),
      maxDurationMs: maxDuration === undefined ? null : parseDuration(maxDuration, '--max-duration'),
    },
    waitMs: parseWait(input.wait),
    databaseTimeoutMs: parseDuration(databaseTimeout, '--database-timeout'),
    onFailure,
  }
  await (await services.processes()).check(command)
  // Without a node's key nobody can be asked about the database.
  if (nodeKeyFile(services, input) === null) return { ...plan, witness: null, entering: {} }
  const examiner = await openExaminer(services, input)
  requireProof(examiner)
  const surveyor = await openSurveyor(services, input)
  // The owner has no database that anybody relies on.
  const shardsLost = async (snapshot: WriteSnapshot) => {
    const slot = findOperator(snapshot.view, snapshot.account.address)
    return slot && ((await quorumWithout(surveyor, snapshot, slot.slot))?.lost ?? null)
  }
  return {
    ...plan,
    witness: { examiner, key: await services.settings.requireEncryptionKey() },
    entering: { shardsLost },
  }
}

/** Better known now than with the database down. One that is down may be what the maintenance is for. */
async function warnOfSilence(services: Services, witness: DatabaseWitness): Promise<void> {
  const seen = await askForDatabase(services, witness)
  if (seen.kind === 'not-up')
    services.talk.warn(
      `your nodes do not say that the database is up: ${seen.why}; unless they do so afterwards, the slot will be kept`,
    )
}

async function afterEntering(
  services: Services,
  signals: SignalHandover,
  plan: Plan,
  { change, interruptedBy }: Awaited<ReturnType<typeof enterForRun>>,
): Promise<ActionResult<MaintenanceRunJson>> {
  // Is finished whatever signals come; the first one ends what would be tried again.
  const back = () => giveBack(services, change, signals.abort(LEAVING_FIRST))
  if (interruptedBy !== null) {
    const interrupted = new WcnError('INTERRUPTED', `interrupted by ${interruptedBy} before the command was run`)
    throw notRun(interrupted, change, await back())
  }
  signals.take((name) => services.talk.tell(`${name}: ${LEAVING_FIRST}`))
  await leaveForMigration(services, change)
  const ran = await superviseCommand(services, signals, plan.order).catch(async (error: unknown) => {
    if (!(error instanceof WcnError) || error.code !== 'COMMAND_NOT_RUNNABLE') throw error
    services.talk.warn(`${error.message}: giving the slot back`)
    throw notRun(error, change, await back())
  })
  const { onFailure, witness, databaseTimeoutMs: timeoutMs } = plan
  const database: DatabaseProof =
    witness === null || !ran.groupGone
      ? { kind: 'not-asked' }
      : await awaitDatabase(services, witness, {
          timeoutMs,
          stop: signals.abort('not waiting for the database any longer'),
        })
  const verdict = slotVerdict({ succeeded: ran.end.exitCode === 0, groupGone: ran.groupGone, database, onFailure })
  const asked = { entered: change, ran, database, verdict }
  if (!verdict.giveBack) return outcomeOf(services, { ...asked, given: null })
  services.talk.note(`giving the slot back: ${verdict.safe ? verdict.why : '--on-failure says so'}`)
  const given = await back().catch((error: unknown) => ({ failed: error }))
  return outcomeOf(services, { ...asked, given })
}
