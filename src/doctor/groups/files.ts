/** The files of services, as `config check` judges them; and whether exactly one node has the signing key by them. */

import { type Check, check } from '../../base/check.js'
import { isFault } from '../../lint/model/finding.js'
import type { DoctorContext, Group } from '../context.js'
import type { DoctorGroup } from '../model/doctor-check.js'

/** What is found in files belongs to the group that it is about. */
const HOMES: Readonly<Record<string, DoctorGroup>> = {
  'one-primary': 'primary',
  'operator-id': 'primary',
  'database-private': 'database',
  'database-exposed': 'database',
}

export const files: Group = {
  files: async (context) =>
    (await findingsOf('files', context)) ?? [
      'skip',
      'no files of your services were named',
      'name them, or their directory: `wcn doctor DIR`',
    ],
}

export const primary: Group = {
  async 'one-primary'(context) {
    const found = await findingsOf('primary', context)
    if (found !== null && found.length > 0) return found
    return [
      'skip',
      found === null
        ? 'which node has the signing key only its files tell, and none were named'
        : 'there is no node among the files that were named',
      'name the files of all nodes, or their directory: `wcn doctor DIR`',
    ]
  },
}

/** Those of a group; `files` also tells what would be told by groups that are left out. Null where no files were named. */
export async function findingsOf(
  group: DoctorGroup,
  { findings, selected }: DoctorContext,
): Promise<readonly Check[] | null> {
  const homeOf = (id: string) => {
    const home = HOMES[id] ?? 'files'
    return selected.has(home) ? home : 'files'
  }
  const found = (await findings())?.filter(({ id }) => homeOf(id) === group)
  return (
    found?.map((finding) => {
      const { id, status, summary, hint, file, line } = finding
      const place = file === null || !isFault(finding) ? '' : `${file}${line === null ? '' : `:${line}`}: `
      return check(id, status, `${place}${summary}`, hint)
    }) ?? null
  )
}
