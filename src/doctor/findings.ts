/** The files of services, as `config check` judges them, and against the chain where that can be read. */

import { type Check, check } from '../base/check.js'
import { run as configCheck } from '../lint/config-check.js'
import { type Finding, isFault } from '../lint/model/finding.js'
import { type DoctorContext, orNull } from './doctor-context.js'
import type { DoctorGroup } from './model/groups.js'

/** What is found in files belongs to the group that it is about. */
const GROUPS: Readonly<Record<string, DoctorGroup>> = {
  'one-primary': 'primary',
  'operator-id': 'primary',
  'database-private': 'database',
  'database-exposed': 'database',
}

/** Null where no files were named. Throws what `config check` throws. */
export async function findingsOfFiles({
  services,
  input,
  snapshot,
}: DoctorContext): Promise<readonly Finding[] | null> {
  if (input.paths.length === 0) return null
  const online = (await orNull(snapshot)) !== null
  const { data } = await configCheck(services, { paths: input.paths, online })
  // How the chain is, another group says.
  return data.checks.filter(({ id }) => id !== 'chain')
}

/** Those of a group; `files` also tells what would be told by groups that are left out. Null where no files were named. */
export async function findingsOf(
  group: DoctorGroup,
  { findings, selected }: DoctorContext,
): Promise<readonly Check[] | null> {
  const all = await findings()
  if (all === null) return null
  return all
    .filter(({ id }) => {
      const home = GROUPS[id] ?? 'files'
      return (selected.has(home) ? home : 'files') === group
    })
    .map((finding) => check(finding.id, finding.status, sentenceOf(finding), finding.hint))
}

function sentenceOf(finding: Finding): string {
  const { file, line, summary } = finding
  if (file === null || !isFault(finding)) return summary
  return `${file}${line === null ? '' : `:${line}`}: ${summary}`
}
