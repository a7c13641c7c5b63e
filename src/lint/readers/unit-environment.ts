/** What a unit's service gets from Environment=, PassEnvironment= and EnvironmentFile= (systemd.exec(5)). */
import { quote } from '../../base/quote.js'
import type { Finding, Place } from '../model/finding.js'
import type { FoundVariable } from '../model/found.js'
import type { Source } from './collect-sources.js'
import { readEnvFile } from './env-file.js'
import { changed, type Fault, named, refused, VARIABLE_NAME } from './env-reading.js'
import { missingFile, type SourceSet } from './source-set.js'
import { type Directive, type Specifiers, specify, type UnitWord, unitWords } from './unit-file.js'

export interface UnitDirective extends Directive {
  readonly source: Source
  /** Whether systemd takes it. */
  readonly taken: boolean
}

/** Files win over Environment=, wherever they stand; a setting without a value forgets what was set before. */
export async function unitVariables(directives: readonly UnitDirective[], specifiers: Specifiers, set: SourceSet) {
  const remarks: Finding[] = []
  const own = settingsOf(directives, 'Environment').flatMap((directive) => assigned(directive, specifiers, remarks))
  const words = (key: string) =>
    settingsOf(directives, key).flatMap(({ value, line, source }) =>
      unitWords(value).map(({ text }) => ({ name: text, value: null, place: { file: source.path, line } })),
    )
  /** Env files it has for its own. */
  const files: Source[] = []
  const fromFiles: FoundVariable[] = []
  /** Where it names an env file that is not here, or is ignored. */
  let unknownAt: Place | null = null
  for (const { value, line, source, taken } of settingsOf(directives, 'EnvironmentFile')) {
    const place = { file: source.path, line }
    const path = specify(value.replace(/^-/, '').replaceAll('\n', ' '), specifiers).text
    const file = path === null || !taken ? null : await set.openInstalled(source, path)
    if (file !== null) {
      const read = readEnvFile(file.text, file.path, 'systemd')
      files.push(file)
      fromFiles.push(...read.variables)
      remarks.push(...read.remarks)
    } else if (!taken || !value.startsWith('-')) {
      // What may be missing is taken to be.
      unknownAt ??= place
      if (taken) remarks.push(missing(path ?? value, place))
    }
  }
  const unset = new Set(words('UnsetEnvironment').map(({ name }) => name))
  const variables = [...words('PassEnvironment'), ...own, ...fromFiles].filter(({ name }) => !unset.has(name))
  return { variables, remarks, files, unknownAt }
}

function missing(path: string, place: Place): Finding {
  return /\s#/.test(path)
    ? missingFile(path, place, 'fail', 'systemd knows no comments behind a value: put it into a line of its own')
    : missingFile(path, place, 'warn', 'give its path as well, so that what is in it can be checked')
}

/** Those that are in force: behind the last empty one. */
export function settingsOf(directives: readonly UnitDirective[], wanted: string): readonly UnitDirective[] {
  const all = directives.filter(({ section, key }) => section === 'Service' && key === wanted)
  return all.slice(all.findLastIndex(({ value }) => value === '') + 1)
}

function assigned(
  { value, line, source }: UnitDirective,
  specifiers: Specifiers,
  remarks: Finding[],
): readonly FoundVariable[] {
  const found: FoundVariable[] = []
  for (const word of unitWords(value)) {
    const place: Place = { file: source.path, line: line + word.lineOffset }
    const at = word.text.indexOf('=')
    const name = word.text.slice(0, at === -1 ? undefined : at)
    const specified = specify(at === -1 ? '' : word.text.slice(at + 1), specifiers)
    const isSetting = at !== -1 && VARIABLE_NAME.test(name)
    const fault = isSetting ? whyNotMeant(name, word, specified) : whyDropped(name, word, at, found.at(-1)?.name)
    if (fault !== null) remarks.push({ ...fault, ...place })
    if (isSetting) found.push({ name, value: word.broken === null ? specified.text : null, place })
  }
  return found
}

function broken(why: string): Fault {
  return refused(`Environment= ${why}: systemd ignores the rest of it`)
}

function whyDropped(name: string, word: UnitWord, at: number, last: string | undefined): Fault {
  if (word.broken !== null) return broken(word.broken)
  if (at !== -1 || last === undefined) return refused(`Environment= has ${quote(name)}, which systemd drops`)
  const what = `systemd takes the blank in the value of ${named(last)} for its end`
  return changed(what, 'put quotes around it all: Environment="NAME=value"')
}

function whyNotMeant(name: string, word: UnitWord, { isUnknown, replaced }: ReturnType<typeof specify>): Fault | null {
  if (word.broken !== null) return broken(word.broken)
  const percent = 'write %% for a percent sign'
  if (isUnknown) return changed(`systemd drops ${named(name)}: a "%" in it means nothing`, percent)
  return replaced ? changed(`systemd puts something else in place of a "%" in ${named(name)}`, percent) : null
}
