/** What a unit's service gets from Environment=, PassEnvironment= and EnvironmentFile= (systemd.exec(5)). */

import { quote } from '../../base/quote.js'
import type { Finding, Place } from '../model/finding.js'
import type { FoundVariable } from '../model/found.js'
import type { Source } from './collect-sources.js'
import { readEnvFile } from './env-file.js'
import { changed, type Fault, named, refused, VARIABLE_NAME } from './env-reading.js'
import { missingFile, type SourceSet } from './source-set.js'
import { type Directive, type Specifiers, specify, unitWords } from './unit-file.js'

export interface UnitDirective extends Directive {
  readonly source: Source
  /** Whether systemd takes it. */
  readonly taken: boolean
}

export interface UnitEnvironment {
  readonly variables: readonly FoundVariable[]
  readonly remarks: readonly Finding[]
  /** Env files it has for its own. */
  readonly files: readonly Source[]
  /** Where it names an env file that is not here, or is ignored. */
  readonly unknownAt: Place | null
}

/** Files win over Environment=, wherever they stand; a setting without a value forgets what was set before. */
export async function unitVariables(
  directives: readonly UnitDirective[],
  specifiers: Specifiers,
  set: SourceSet,
): Promise<UnitEnvironment> {
  const remarks: Finding[] = []
  const own = effective(directives, 'Environment').flatMap((directive) => assigned(directive, specifiers, remarks))
  const passed = effective(directives, 'PassEnvironment').flatMap(({ value, line, source }) =>
    unitWords(value).map(({ text }) => ({ name: text, value: null, place: { file: source.path, line } })),
  )
  const files: Source[] = []
  const fromFiles: FoundVariable[] = []
  let unknownAt: Place | null = null
  for (const { value, line, source, taken } of effective(directives, 'EnvironmentFile')) {
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
  const unset = new Set(
    effective(directives, 'UnsetEnvironment').flatMap(({ value }) => unitWords(value).map(({ text }) => text)),
  )
  const variables = [...passed, ...own, ...fromFiles].filter(({ name }) => !unset.has(name))
  return { variables, remarks, files, unknownAt }
}

function missing(path: string, place: Place): Finding {
  return /\s#/.test(path)
    ? missingFile(path, place, 'fail', 'systemd knows no comments behind a value: put it into a line of its own')
    : missingFile(path, place, 'warn', 'give its path as well, so that what is in it can be checked')
}

function effective(directives: readonly UnitDirective[], key: string): readonly UnitDirective[] {
  const all = directives.filter((one) => one.section === 'Service' && one.key === key)
  return all.slice(all.findLastIndex(({ value }) => value === '') + 1)
}

function assigned(
  { value, line, source }: UnitDirective,
  specifiers: Specifiers,
  remarks: Finding[],
): readonly FoundVariable[] {
  const found: FoundVariable[] = []
  for (const { text, lineOffset, broken } of unitWords(value)) {
    const place: Place = { file: source.path, line: line + lineOffset }
    const [, name = text, written] = /^([^=]*)=(.*)$/s.exec(text) ?? []
    const isVariable = written !== undefined && VARIABLE_NAME.test(name)
    const specified = specify(written ?? '', specifiers)
    const fault = whyNotMeant(name, written, broken, specified, found.at(-1)?.name)
    if (fault !== null) remarks.push({ ...fault, ...place })
    if (isVariable) found.push({ name, value: broken === null ? specified.text : null, place })
  }
  return found
}

function whyNotMeant(
  name: string,
  written: string | undefined,
  broken: string | null,
  { unknown, replaced }: ReturnType<typeof specify>,
  last: string | undefined,
): Fault | null {
  const percent = 'write %% for a percent sign'
  if (broken !== null) return refused(`Environment= ${broken}: systemd ignores the rest of it`)
  if (written === undefined && last !== undefined) {
    const what = `systemd takes the blank in the value of ${named(last)} for its end`
    return changed(what, 'put quotes around it all: Environment="NAME=value"')
  }
  if (written === undefined || !VARIABLE_NAME.test(name)) {
    return refused(`Environment= has ${quote(name)}, which systemd drops`)
  }
  if (unknown !== null) return changed(`systemd drops ${named(name)}: a "%" in it means nothing`, percent)
  return replaced ? changed(`systemd puts something else in place of a "%" in ${named(name)}`, percent) : null
}
