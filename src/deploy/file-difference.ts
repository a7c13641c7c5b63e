/** What changes in an emitted file, for people to read: nothing in it is text that may be secret. */
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff'
import { sealOf, withoutSeal } from './targets/seal.js'

export interface FileVersions {
  readonly path: string
  /** Whether the new one holds secrets. */
  readonly secret: boolean
  /** May be anything that somebody wrote in its place. */
  readonly before: string
  /** Ours. */
  readonly after: string
}

const CONTEXT_LINES = 3
/** Nobody reads more, and comparing takes the square of it. */
const MAX_CHARACTERS = 128 * 1024
const MAX_LINES_CHANGED = 5000
/** In env files `NAME=value`, in manifests `NAME: value`. What is longer or in small letters may be a key. */
const SETTING = /^[ \t]*(?:export[ \t]+)?([A-Z_][A-Z0-9_]{0,47})[ \t]*[=:]/

/** Null where nothing but the seal differs, or where there is too much of it. */
export function fileDifference(versions: FileVersions): string | null {
  return versions.secret ? namesThatChange(versions) : linesThatChange(versions)
}

/** `-NAME=…` and `+NAME=…`, as in a diff. Values are compared, and never shown. */
function namesThatChange({ path, before, after }: FileVersions): string | null {
  const [old, now] = [settingsIn(withoutSeal(before)), settingsIn(withoutSeal(after))]
  const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => name !== '')
  const lines = [
    ...names.filter((name) => !now.has(name)).map((name) => `-${name}=…`),
    ...names
      .filter((name) => old.has(name) && now.has(name) && old.get(name) !== now.get(name))
      .flatMap((name) => [`-${name}=…`, `+${name}=…`]),
    ...names.filter((name) => !old.has(name)).map((name) => `+${name}=…`),
    ...(old.get('') === now.get('') ? [] : [' (and lines that set no variable)']),
  ]
  return lines.length === 0 ? null : [`--- ${path}`, `+++ ${path}`, ...lines, ''].join('\n')
}

/** The lines of each variable: a value goes on until the next name. Comments and what is before all names have none. */
function settingsIn(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  let name = ''
  for (const line of text.split('\n')) {
    name = /^\s*#/.test(line) ? '' : (SETTING.exec(line)?.[1] ?? name)
    const owner = line.trim() === '' ? '' : name
    settings.set(owner, `${settings.get(owner) ?? ''}${line}\n`)
  }
  return settings
}

/** What somebody else wrote in its place may hold anything: of such lines only the numbers are told. */
function linesThatChange({ path, before, after }: FileVersions): string | null {
  if (Math.max(before.length, after.length) > MAX_CHARACTERS) return null
  const patch = structuredPatch(path, path, withoutSeal(before), withoutSeal(after), undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MAX_LINES_CHANGED,
  })
  if (patch === undefined || patch.hunks.length === 0) return null
  const seal = sealOf(before)
  for (const hunk of patch.hunks) {
    // Lines are counted as they are in the files, whose seal is above.
    if (seal !== 'none') hunk.oldStart++
    hunk.newStart++
    if (seal !== 'untouched') hunk.lines = withoutTheirText(hunk.lines, hunk.oldStart)
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
