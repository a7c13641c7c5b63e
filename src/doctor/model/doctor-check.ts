/** A line of what `doctor` found: a check, and the group it belongs to. */
import type { Check } from '../../base/check.js'
import { shellWord } from '../../base/shell-word.js'
import type { ExaminerInput } from '../../health/examiner.js'

/** What is looked at, in its order. */
export const DOCTOR_GROUPS = [
  ...(['settings', 'files', 'keys', 'providers', 'contract', 'encryption-key', 'membership', 'nodes-file'] as const),
  ...(['funds', 'transactions', 'maintenance', 'migration', 'nodes', 'database', 'clock', 'primary'] as const),
]
export type DoctorGroup = (typeof DOCTOR_GROUPS)[number]

export interface DoctorCheck extends Check {
  readonly group: DoctorGroup
}

/** In backquotes, or by a flag of this tool. */
const COMMAND = /`[^`]+`|(?:^|\s)--[a-z]/
const CALL = /wcn doctor((?: --only [a-z-]+)+)/g

/** What `doctor` was given to look at. */
export interface DoctorInput extends ExaminerInput {
  /** Of services' files, as for `config check`. */
  readonly paths: readonly string[]
  /** The nodes as they should be on chain. */
  readonly file?: string
  readonly database?: readonly string[]
  readonly insecurePermissions?: boolean
}

/** The groups that without it have less to look at, or nothing, and find all well. */
const BY_PATHS: readonly string[] = ['files', 'database', 'primary']
const BY_FILE: readonly string[] = ['encryption-key', 'nodes-file']
const BY_NODES: readonly string[] = ['keys', 'membership', 'nodes', 'database']

/**
 * Whatever is wrong comes with what to type next: where a hint says none, then how to look at it again. Hints that call
 * `doctor` again say what it was given, so that they can be typed as they stand.
 */
export function inGroup(
  group: DoctorGroup,
  { id, status, summary, hint }: Check,
  given: DoctorInput = { paths: [] },
): DoctorCheck {
  const isWrong = status === 'fail' || status === 'warn'
  const again = `look again: \`wcn doctor --only ${group}\``
  const said = !isWrong || COMMAND.test(hint ?? '') ? hint : hint === null ? again : `${hint}; then ${again}`
  const typed = said?.replace(CALL, (_, flags: string) => `wcn doctor${givenTo(flags, given)}${flags}`) ?? null
  return { group, id, status, summary, hint: typed }
}

function givenTo(flags: string, { paths, file, database = [], nodeKeyFile, metrics = [] }: DoctorInput): string {
  const groups = flags.split(' --only ')
  const isBy = (by: readonly string[]) => groups.some((group) => by.includes(group))
  const words = [
    ...(isBy(BY_PATHS) ? paths.map(shellWord) : []),
    ...(isBy(BY_FILE) && file !== undefined ? ['-f', shellWord(file)] : []),
    ...(isBy(['database']) ? database.flatMap((one) => ['--database', shellWord(one)]) : []),
    ...(isBy(BY_NODES) && nodeKeyFile !== undefined ? ['--node-key-file', shellWord(nodeKeyFile)] : []),
    ...(isBy(BY_NODES) ? metrics.flatMap((one) => ['--metrics', shellWord(one)]) : []),
  ]
  return words.map((word) => ` ${word}`).join('')
}
