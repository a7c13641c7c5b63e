/**
 * `doctor`: everything that can be checked, at once, and what to type next where something is wrong. It finds above all
 * what the real software swallows without a word (docs/dev/network/node-protocol.md, "Starts without a word").
 */
import { type Check, check, firstFailure } from '../base/check.js'
import type { ActionResult, Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import { type ErrorCode, EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDatabaseQuestion } from '../health/check-database.js'
import { parseProbeFlags } from '../health/probe-flags.js'
import { createDoctorContext, type DoctorContext, type Group, orNull } from './context.js'
import { funds, transactions } from './groups/account.js'
import { contract, encryptionKey, maintenance, migration } from './groups/cluster.js'
import { files, primary } from './groups/files.js'
import { membership, nodesFile } from './groups/membership.js'
import { database, nodes } from './groups/nodes.js'
import { clock, providers } from './groups/providers.js'
import { keys, settings } from './groups/settings.js'
import { DOCTOR_GROUPS, type DoctorCheck, type DoctorGroup, type DoctorInput, inGroup } from './model/doctor-check.js'

export interface Input extends DoctorInput {
  readonly only?: readonly DoctorGroup[]
  readonly skip?: readonly DoctorGroup[]
  readonly min?: string
}

export interface DoctorJson {
  /** By group, in their order. */
  readonly checks: readonly DoctorCheck[]
}

const GROUPS: Readonly<Record<DoctorGroup, Group>> = {
  settings,
  files,
  keys,
  providers,
  contract,
  'encryption-key': encryptionKey,
  membership,
  'nodes-file': nodesFile,
  funds,
  transactions,
  maintenance,
  migration,
  nodes,
  database,
  clock,
  primary,
}

/** Which group says so, whoever else meets it. */
const HOMES: Partial<Record<ErrorCode, DoctorGroup>> = {
  OPERATOR_NOT_FOUND: 'membership',
  DATA_UNDECODABLE: 'membership',
  ENCRYPTION_KEY_WRONG: 'encryption-key',
}

/** Exit code 8 when a check fails. Throws what is wrong with flags (USAGE, SETTING_INVALID, …); all else is a check of its group. */
export async function run(services: Services, input: Input): Promise<ActionResult<DoctorJson>> {
  const selected = new Set(selectGroups(input))
  requireFlags(services, input)
  const context = createDoctorContext(services, input, selected)
  const found = await waiting(services, { what: 'examining', counted: true }, (wait) => {
    let done = 0
    return Promise.all(
      [...selected].map(async (group) => {
        const checks = await examined(group, context)
        wait.see(`${++done} of ${selected.size}`)
        return checks.map((one) => inGroup(group, one, input))
      }),
    )
  })
  const checks = found.flat()
  return { data: { checks }, ...(firstFailure(checks) ? { exitCode: EXIT_CHECK_FAILED } : {}) }
}

/** Slips of the hand are no findings. */
function requireFlags({ settings }: Services, input: Input): void {
  parseDatabaseQuestion({ database: input.database ?? [] })
  parseProbeFlags(input)
  if (input.min !== undefined) settings.minFundsWei()
  if (input.file === '-')
    throw new WcnError('USAGE', '-f - is standard input, and doctor reads the file more than once', {
      hint: 'give it as a file',
    })
}

function selectGroups({ only = DOCTOR_GROUPS, skip = [] }: Input): readonly DoctorGroup[] {
  const selected = DOCTOR_GROUPS.filter((group) => only.includes(group) && !skip.includes(group))
  if (selected.length > 0) return selected
  throw new WcnError('USAGE', '--only and --skip leave nothing to look at', {
    hint: `the groups are ${DOCTOR_GROUPS.join(', ')}`,
  })
}

/** What stops one check stops no other; what stops several of a group is said once. */
async function examined(group: DoctorGroup, context: DoctorContext): Promise<readonly Check[]> {
  const met = new Set<unknown>()
  const found = await Promise.all(
    Object.entries(GROUPS[group]).map(async ([id, look]): Promise<readonly Check[]> => {
      try {
        const verdict = (await look(context)) ?? []
        return isList(verdict) ? verdict : [check(id, ...verdict)]
      } catch (error) {
        const cause = error instanceof WcnError ? error.message : error
        if (met.has(cause)) return []
        met.add(cause)
        return [await notLooked(group, error, context)]
      }
    }),
  )
  return found.flat()
}

function isList(verdict: Awaited<ReturnType<Group[string]>> | readonly []): verdict is readonly Check[] {
  return typeof verdict?.[0] !== 'string'
}

/** A bug of ours is thrown where its group is all that was asked for. */
async function notLooked(group: DoctorGroup, error: unknown, context: DoctorContext): Promise<Check> {
  if (!(error instanceof WcnError)) {
    if (context.selected.size === 1) throw error
    const hint = `\`wcn doctor --only ${group} --debug\` shows where; please report it`
    return check(group, 'fail', 'this could not be looked at: wcn has a bug here', hint)
  }
  const { code, message, hint = null } = error
  if (code === 'SETTING_MISSING' || code === 'INPUT_REQUIRED') return check(group, 'skip', message, hint)
  const home = await homeOf(error, context)
  return home !== null && home !== group && context.selected.has(home)
    ? check(group, 'skip', `what \`${home}\` says is in the way`, `once that is mended: \`wcn doctor --only ${group}\``)
    : check(group, 'fail', message, hint)
}

/** The group that says it as well: one cause is one failure. Null: whoever met it. */
async function homeOf(error: WcnError, context: DoctorContext): Promise<DoctorGroup | null> {
  const { settings } = context.services
  const { code, message } = error
  if (settings.describe().some(({ problem }) => problem === message)) return 'settings'
  if (code === 'PROVIDERS_DISAGREE') return 'providers'
  if (code === 'NETWORK' || code === 'WRONG_CHAIN') {
    const chainId = settings.chainId()
    const probes = (await orNull(context.probes)) ?? []
    if (probes.some(({ found }) => found?.chainId !== chainId)) return 'providers'
  }
  return HOMES[code] ?? context.responsibleGroup(error)
}
