/** What changes in an emitted file, for people to read: nothing in it is text that may be secret. */
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff'
import { changedVariables } from './model/changed-variables.js'
import { sealOf, withoutSeal } from './targets/seal.js'

export interface FileVersions {
  readonly path: string
  /** Whether the new one holds secrets. */
  readonly secret: boolean
  readonly before: string
  /** Ours. */
  readonly after: string
}

const CONTEXT_LINES = 3
/** Nobody reads more, and comparing takes the square of it. */
const MAX_CHARACTERS = 128 * 1024
const MAX_LINES_CHANGED = 5000

/** Null where nothing but the seal differs, or where there is too much of it. */
export function fileDifference(versions: FileVersions): string | null {
  return versions.secret ? namesThatChange(versions) : linesThatChange(versions)
}

/** `-NAME=…` and `+NAME=…`, as in a diff. */
function namesThatChange({ path, before, after }: FileVersions): string | null {
  const { removed, added, changed, elsewhere } = changedVariables(withoutSeal(before), withoutSeal(after))
  const lines = [
    ...removed.map((name) => `-${name}=…`),
    ...changed.flatMap((name) => [`-${name}=…`, `+${name}=…`]),
    ...added.map((name) => `+${name}=…`),
    ...(elsewhere ? [' (and lines that set no variable)'] : []),
  ]
  return lines.length === 0 ? null : [`--- ${path}`, `+++ ${path}`, ...lines, ''].join('\n')
}

/** What somebody else wrote in its place may hold anything: of such lines only the numbers are told. */
function linesThatChange({ path, before, after }: FileVersions): string | null {
  if (Math.max(before.length, after.length) > MAX_CHARACTERS) return null
  const bare = { before: withoutSeal(before), after: withoutSeal(after) }
  const patch = structuredPatch(path, path, bare.before, bare.after, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MAX_LINES_CHANGED,
  })
  if (patch === undefined || patch.hunks.length === 0) return null
  const isOurs = sealOf(before) === 'untouched'
  // Lines are counted as they are in the files, whose seal is above.
  const oldShift = bare.before === before ? 0 : 1
  const newShift = bare.after === after ? 0 : 1
  for (const hunk of patch.hunks) {
    hunk.oldStart += oldShift
    hunk.newStart += newShift
    if (!isOurs) hunk.lines = withoutTheirText(hunk.lines, hunk.oldStart)
  }
  return formatPatch(patch, FILE_HEADERS_ONLY)
}

function withoutTheirText(lines: readonly string[], start: number): string[] {
  let at = start
  return lines.map((line) => {
    if (line.startsWith('+') || line.startsWith('\\')) return line
    const number = at++
    return line.startsWith('-') ? `-(line ${number}, which is not ours)` : line
  })
}
