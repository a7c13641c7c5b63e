/** What became of the command and of the slot, for scripts and for whoever is woken up by it. */

import type { ActionResult, Services } from '../../cli/services.js'
import type { ErrorCode } from '../../errors/exit-codes.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { WriteJson } from '../../write/write-json.js'
import type { SlotChange } from '../maintenance-slot.js'
import { endInWords } from '../model/end-in-words.js'
import type { DatabaseProof, SlotVerdict } from '../model/slot-verdict.js'
import type { SlotReturn } from './give-back.js'
import type { CommandRun } from './supervise-command.js'

/** `lost`: somebody else gave it back meanwhile. `unknown`: see `wcn tx list`. */
type SlotFate = 'given-back' | 'kept' | 'lost' | 'unknown' | 'not-taken'

interface CommandJson {
  /** One of the two is null. */
  readonly exit_code: number | null
  readonly signal: string | null
  readonly process_group: number
  /** Whether anything of its process group still runs. */
  readonly processes_left: boolean
  readonly duration_seconds: number
}

interface DatabaseJson {
  readonly up: boolean
  /** The node that says so. */
  readonly seen_by: string | null
  readonly problem: string | null
}

export interface MaintenanceRunJson {
  readonly dry_run: boolean
  readonly slot: SlotFate
  readonly enter: WriteJson
  /** Null where nothing was sent to leave. */
  readonly exit: WriteJson | null
  readonly command: CommandJson | null
  /** Null where it was not asked for. */
  readonly database: DatabaseJson | null
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
  const slot = fateOf(given)
  const facts = { slot, command: commandJson(ran), database: databaseJson(database) }
  const ended = `the command ${endInWords(ran.end)}`
  const succeeded = ran.end.exitCode === 0
  const details = { ...facts, enter: entered.json.transaction?.hash ?? null }
  const failure = (code: ErrorCode, message: string, hint: string) => new WcnError(code, message, { hint, details })

  if (given === null)
    throw failure(
      succeeded ? 'SLOT_KEPT' : 'COMMAND_FAILED',
      `${ended}, and the maintenance slot is KEPT: ${verdict.why}`,
      keptHint(ran),
    )
  if ('failed' in given) throw withCommand(given.failed, ended, details)
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

const DATABASE_FIRST =
  'bring your database up at once: others may take theirs down now; `wcn nodes check --node-key-file FILE` says whether your nodes reach it'

function keptHint({ group, groupGone }: CommandRun): string {
  const first = groupGone
    ? 'see that nothing of the command still runs'
    : `\`pgrep -lg ${group}\` lists what still runs`
  return `${first}; bring your database up; then give the slot back: \`wcn maintenance exit\`. Until then no other operator can do maintenance, and no migration can start`
}

/** A signal came while the slot was being taken. */
export function interruptedBefore(signal: string, entered: SlotChange, given: SlotReturn): WcnError {
  return new WcnError('INTERRUPTED', `interrupted by ${signal} before the command was run; ${words(given)}`, {
    details: beforeDetails(entered, given),
  })
}

/** The command turned out not to be runnable only when it was to be started. */
export function notStarted(error: WcnError, entered: SlotChange, given: SlotReturn): WcnError {
  return new WcnError(error.code, `${error.message}; ${words(given)}`, {
    hint: error.hint,
    details: { ...error.details, ...beforeDetails(entered, given) },
    cause: error,
  })
}

function words({ lost }: SlotReturn): string {
  return lost ?? 'the maintenance slot was given back'
}

function beforeDetails({ json }: SlotChange, given: SlotReturn) {
  return { slot: fateOf(given), command: null, database: null, enter: json.transaction?.hash ?? null }
}

function fateOf(given: Asked['given']): SlotFate {
  if (given === null) return 'kept'
  if ('failed' in given) return 'unknown'
  return given.lost === null ? 'given-back' : 'lost'
}

function withCommand(error: unknown, ended: string, details: object): unknown {
  if (!(error instanceof WcnError)) return error
  return new WcnError(error.code, `${ended}; ${error.message}`, {
    hint: error.hint,
    details: { ...error.details, ...details },
    cause: error,
  })
}

function commandJson({ end, group, groupGone, durationMs }: CommandRun): CommandJson {
  return {
    exit_code: end.exitCode,
    signal: end.signal,
    process_group: group,
    processes_left: !groupGone,
    duration_seconds: Math.round(durationMs / 1000),
  }
}

function databaseJson(proof: DatabaseProof): DatabaseJson | null {
  if (proof.kind === 'not-asked') return null
  return {
    up: proof.kind === 'up',
    seen_by: proof.kind === 'up' ? proof.by : null,
    problem: proof.kind === 'not-up' ? proof.why : null,
  }
}
