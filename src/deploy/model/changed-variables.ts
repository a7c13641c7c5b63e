/** Which variables two versions of a file with secrets set differently. Values are compared, and never given. */
import { looksLikeKey } from '../../base/key-like.js'

export interface ChangedVariables {
  readonly removed: readonly string[]
  readonly added: readonly string[]
  readonly changed: readonly string[]
  /** Whether anything else differs: comments, lines that set nothing, variables whose names may be no names. */
  readonly elsewhere: boolean
}

/** In env files `NAME=value`, in manifests `NAME: value`. */
const SETTING = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*[=:]/
/** Anything else may be a value that lost its name. */
const NAME = /^[A-Z_][A-Z0-9_]{0,63}$/

/** The old version may be anything that somebody wrote in its place. */
export function changedVariables(before: string, after: string): ChangedVariables {
  const [old, now] = [settingsIn(before), settingsIn(after)]
  const names = [...new Set([...old.settings.keys(), ...now.settings.keys()])]
  const shown = (test: (was: string | undefined, is: string | undefined) => boolean) =>
    names.filter((name) => test(old.settings.get(name), now.settings.get(name)))
  return {
    removed: shown((was, is) => was !== undefined && is === undefined),
    added: shown((was, is) => was === undefined && is !== undefined),
    changed: shown((was, is) => was !== undefined && is !== undefined && was !== is),
    elsewhere: old.rest !== now.rest,
  }
}

/** A value goes on until the next name: it may be folded over several lines. */
function settingsIn(text: string): { readonly settings: ReadonlyMap<string, string>; readonly rest: string } {
  const parts = new Map<string, string[]>()
  const rest: string[] = []
  let open = rest
  for (const line of text.split('\n')) {
    const name = SETTING.exec(line)?.[1]
    if (/^\s*#/.test(line) || (name !== undefined && !isName(name))) open = rest
    else if (name !== undefined) {
      open = parts.get(name) ?? []
      parts.set(name, open)
    }
    if (line.trim() === '') rest.push(line)
    else open.push(line)
  }
  return { settings: new Map([...parts].map(([name, lines]) => [name, lines.join('\n')])), rest: rest.join('\n') }
}

function isName(text: string): boolean {
  return NAME.test(text) && !looksLikeKey(text)
}
