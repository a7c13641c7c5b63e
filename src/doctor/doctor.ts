/**
 * `doctor`: everything that can be checked, at once, and what to type next where something is wrong. It finds above all
 * what the real software swallows without a word (docs/dev/network/node-protocol.md, "Starts without a word").
 */
import { type Check, check, firstFailure } from '../base/check.js'
import type { ActionResult, Services } from '../cli/services.js'
import { type ErrorCode, EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDatabaseQuestion } from '../health/check-database.js'
import { parseProbeFlags } from '../health/probe-flags.js'
import { createDoctorContext } from './create-doctor-context.js'
import { type DoctorContext, type DoctorInput, orNull } from './doctor-context.js'
import { clock } from './groups/clock.js'
import { contract } from './groups/contract.js'
import { database, databaseInput } from './groups/database.js'
import { encryptionKey } from './groups/encryption-key.js'
import { files } from './groups/files.js'
import { funds } from './groups/funds.js'
import { keys } from './groups/keys.js'
import { maintenance } from './groups/maintenance.js'
import { membership } from './groups/membership.js'
import { migration } from './groups/migration.js'
import { nodes } from './groups/nodes.js'
import { nodesFile } from './groups/nodes-file.js'
import { primary } from './groups/primary.js'
import { providers } from './groups/providers.js'
import { settings } from './groups/settings.js'
import { transactions } from './groups/transactions.js'
import { type DoctorCheck, inGroup } from './model/doctor-check.js'
import { DOCTOR_GROUPS, type DoctorGroup } from './model/groups.js'

export interface Input extends DoctorInput {
  readonly only?: readonly DoctorGroup[]
  readonly skip?: readonly DoctorGroup[]
  readonly min?: string
}

export interface DoctorJson {
  /** By group, in their order. */
  readonly checks: readonly DoctorCheck[]
}

const GROUPS: Readonly<Record<DoctorGroup, (context: DoctorContext) => Promise<readonly Check[]>>> = {
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
  const progress = services.talk.progress('examining')
  let done = 0
  try {
    const found = await Promise.all(
      [...selected].map(async (group) => {
        const checks = await examined(group, context)
        progress.update(++done, selected.size)
        return checks.map((one) => inGroup(group, one, input))
      }),
    )
    const checks = found.flat()
    return { data: { checks }, ...(firstFailure(checks) ? { exitCode: EXIT_CHECK_FAILED } : {}) }
  } finally {
    progress.end()
  }
}

/** Slips of the hand are no findings. */
function requireFlags({ settings }: Services, input: Input): void {
  parseDatabaseQuestion(databaseInput(input))
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

/** What stops one group stops no other; a bug of ours included, unless it is all that was asked for. */
async function examined(group: DoctorGroup, context: DoctorContext): Promise<readonly Check[]> {
  try {
    return await GROUPS[group](context)
  } catch (error) {
    if (error instanceof WcnError) return [await notLooked(group, error, context)]
    if (context.selected.size === 1) throw error
    return [
      check(
        group,
        'fail',
        'this could not be looked at: wcn has a bug here',
        `\`wcn doctor --only ${group} --debug\` shows where; please report it`,
      ),
    ]
  }
}

async function notLooked(group: DoctorGroup, error: WcnError, context: DoctorContext): Promise<Check> {
  const { code, message, hint = null } = error
  if (code === 'SETTING_MISSING' || code === 'INPUT_REQUIRED') return check(group, 'skip', message, hint)
  const home = isOfSettings(error, context)
    ? 'settings'
    : (await isOfProviders(error, context))
      ? 'providers'
      : (HOMES[code] ?? context.responsibleGroup(error))
  return home !== null && home !== group && context.selected.has(home)
    ? check(group, 'skip', `what \`${home}\` says is in the way`, `once that is mended: \`wcn doctor --only ${group}\``)
    : check(group, 'fail', message, hint)
}

/** Whether `settings` says it, in the same words. */
function isOfSettings({ message }: WcnError, { services }: DoctorContext): boolean {
  return services.settings.describe().some(({ problem }) => problem === message)
}

/** Whether `providers` says it as well: one cause is one failure. */
async function isOfProviders({ code }: WcnError, { probes, services: { settings } }: DoctorContext): Promise<boolean> {
  if (code === 'PROVIDERS_DISAGREE') return true
  if (code !== 'NETWORK' && code !== 'WRONG_CHAIN') return false
  const chainId = settings.chainId()
  return (await orNull(probes))?.some(({ found }) => found?.chainId !== chainId) ?? false
}
