/** What became of the command and of the slot, for scripts and for whoever is woken up by it. */
import type { ActionResult, Services } from '../../cli/services.js'
import type { ErrorCode } from '../../errors/exit-codes.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { WriteJson } from '../../write/write-json.js'
import type { SlotChange } from '../maintenance-slot.js'
import { type DatabaseProof, endInWords, type SlotVerdict } from '../model/slot.js'
import type { SlotReturn } from './give-back.js'
import type { CommandRun } from './supervise-command.js'

const DATABASE_FIRST =
  'bring your database up at once: others may take theirs down now; `wcn nodes check --node-key-file FILE` says whether your nodes reach it'

/** What is null was not sent, not run or not asked for. */
export interface MaintenanceRunJson {
  readonly dry_run: boolean
  /** `lost`: somebody else gave it back meanwhile. `unknown`: see `wcn tx list`. */
  readonly slot: 'given-back' | 'kept' | 'lost' | 'unknown' | 'not-taken'
  readonly enter: WriteJson
  readonly exit: WriteJson | null
  readonly command: ReturnType<typeof commandJson> | null
  readonly database: ReturnType<typeof databaseJson>
}

interface Asked {
  readonly entered: SlotChange
  readonly ran: CommandRun
  readonly database: DatabaseProof
  readonly verdict: SlotVerdict
  /** Null where it is kept. */
  readonly given: SlotReturn | { readonly failed: unknown } | null
}

/** Throws COMMAND_FAILED, SLOT_KEPT, CHECK_FAILED, and what giving back threw. */
export function outcomeOf({ talk }: Services, asked: Asked): ActionResult<MaintenanceRunJson> {
  const { entered, ran, database, verdict, given } = asked
  const facts = { slot: fateOf(given), command: commandJson(ran), database: databaseJson(database) }
  const details = { ...facts, enter: entered.json.transaction?.hash ?? null }
  const failure = (code: ErrorCode, message: string, hint: string) => new WcnError(code, message, { hint, details })
  const ended = `the command ${endInWords(ran.end)}`
  const succeeded = ran.end.exitCode === 0

  if (given === null)
    throw failure(
      succeeded ? 'SLOT_KEPT' : 'COMMAND_FAILED',
      `${ended}, and the maintenance slot is KEPT: ${verdict.why}`,
      keptHint(ran),
    )
  if ('failed' in given) {
    const { failed } = given
    throw failed instanceof WcnError ? failed.retold({ message: `${ended}; ${failed.message}`, details }) : failed
  }
  if (given.lost !== null) talk.warn(`${given.lost}; your database may have been down at the same time as another's`)
  const gone = given.lost === null ? 'was given back' : 'is not yours any more'
  if (!succeeded)
    throw failure(
      'COMMAND_FAILED',
      `${ended}; the maintenance slot ${gone}: ${verdict.safe ? verdict.why : `${verdict.why}, and --on-failure says release`}`,
      verdict.safe ? 'its own output says why; run it again once that is mended' : DATABASE_FIRST,
    )
  if (!verdict.safe)
    throw failure(
      'CHECK_FAILED',
      `${ended}, and ${verdict.why}; the maintenance slot ${gone} all the same, as --on-failure says`,
      DATABASE_FIRST,
    )
  return { data: { dry_run: false, ...facts, enter: entered.json, exit: given.lost === null ? given.json : null } }
}

function keptHint({ group, groupGone }: CommandRun): string {
  const first = groupGone
    ? 'see that nothing of the command still runs'
    : `\`pgrep -lg ${group}\` lists what still runs`
  return `${first}; bring your database up; then give the slot back: \`wcn maintenance exit\`. Until then no other operator can do maintenance, and no migration can start`
}

/** A signal came while the slot was being taken, or the command turned out not to be runnable when it was to be started. */
export function notRun(error: WcnError, { json }: SlotChange, given: SlotReturn): WcnError {
  const details = { slot: fateOf(given), command: null, database: null, enter: json.transaction?.hash ?? null }
  return error.retold({ message: `${error.message}; ${given.lost ?? 'the maintenance slot was given back'}`, details })
}

function fateOf(given: Asked['given']): MaintenanceRunJson['slot'] {
  if (given === null) return 'kept'
  if ('failed' in given) return 'unknown'
  return given.lost === null ? 'given-back' : 'lost'
}

/** Either the exit code or the signal is null; `processes_left`: whether anything of its process group still runs. */
function commandJson({ end, group, groupGone, durationMs }: CommandRun) {
  return {
    exit_code: end.exitCode,
    signal: end.signal,
    process_group: group,
    processes_left: !groupGone,
    duration_seconds: Math.round(durationMs / 1000),
  }
}

/** `seen_by`: the node that says so. */
function databaseJson(proof: DatabaseProof) {
  if (proof.kind === 'not-asked') return null
  const up = proof.kind === 'up'
  return { up, seen_by: up ? proof.by : null, problem: up ? null : proof.why }
}
