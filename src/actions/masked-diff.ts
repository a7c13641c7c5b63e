/** What changes in a file that holds secrets, as a unified diff that holds none. */
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff'
import { hideSecrets } from '../core/config/hide-secrets.js'
import { sealOf, withoutSeal } from '../core/config/targets/seal.js'

const CONTEXT_LINES = 3
/** Nobody reads more, and comparing takes the square of it. */
const MAX_CHARACTERS = 128 * 1024
const MAX_LINES_CHANGED = 5000

/** Null where nothing but the seal differs, or where there is too much of it. */
export function maskedDiff(path: string, before: string, after: string): string | null {
  if (Math.max(before.length, after.length) > MAX_CHARACTERS) return null
  const bare = { before: withoutSeal(before), after: withoutSeal(after) }
  const safe = hideSecrets(bare.before, bare.after, sealOf(before) === 'untouched')
  const patch = structuredPatch(path, path, safe.before, safe.after, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MAX_LINES_CHANGED,
  })
  if (patch === undefined || patch.hunks.length === 0) return null
  // Lines are counted as they are in the files, whose seal is above.
  const oldShift = bare.before === before ? 0 : 1
  const newShift = bare.after === after ? 0 : 1
  for (const hunk of patch.hunks) {
    hunk.oldStart += oldShift
    hunk.newStart += newShift
  }
  return formatPatch(patch, FILE_HEADERS_ONLY)
}
