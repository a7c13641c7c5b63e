/** What a unit's service gets from Environment=, PassEnvironment= and EnvironmentFile= (systemd.exec(5)). */
import type { FoundVariable, Place, Remark } from '../../core/config/check/found.js'
import { quote } from '../../core/quote.js'
import type { Source } from './collect-sources.js'
import { dialectFault, named, remarkOf, syntaxFault, VARIABLE_NAME } from './env-reading.js'
import { readEnvFile } from './read-env-file.js'
import { missingFile, type SourceSet } from './source-set.js'
import { type Directive, type Specifiers, specify, unitWords } from './unit-file.js'

export interface UnitDirective extends Directive {
  readonly source: Source
}

export interface UnitEnvironment {
  readonly variables: readonly FoundVariable[]
  readonly remarks: readonly Remark[]
  /** Env files it has for its own. */
  readonly files: readonly Source[]
  /** Where it names an env file that is not here. */
  readonly unknownAt: Place | null
}

/** Files win over Environment=, wherever they stand; a setting without a value forgets what was set before. */
export async function unitVariables(
  directives: readonly UnitDirective[],
  specifiers: Specifiers,
  set: SourceSet,
): Promise<UnitEnvironment> {
  const remarks: Remark[] = []
  const own = effective(directives, 'Environment').flatMap((directive) => assigned(directive, specifiers, remarks))
  const passed = effective(directives, 'PassEnvironment').flatMap(({ value, line, source }) =>
    unitWords(value).map(({ text }) => ({ name: text, value: null, place: { file: source.path, line } })),
  )
  const files: Source[] = []
  let unknownAt: Place | null = null
  const fromFiles: FoundVariable[] = []
  for (const directive of effective(directives, 'EnvironmentFile')) {
    const place = { file: directive.source.path, line: directive.line }
    const optional = directive.value.startsWith('-')
    const path = specify(directive.value.replace(/^-/, '').trim().replaceAll('\n', ' '), specifiers).text
    const file = path === null ? null : await set.openInstalled(directive.source, path)
    if (file === null) {
      // What may be missing is taken to be.
      if (!optional) {
        unknownAt ??= place
        remarks.push(missingFile(path ?? directive.value, place, 'warn', GIVE_IT))
      }
      continue
    }
    const read = readEnvFile(file.text, file.path, 'systemd')
    files.push(file)
    fromFiles.push(...read.variables)
    remarks.push(...read.remarks)
  }
  const unset = new Set(
    effective(directives, 'UnsetEnvironment').flatMap(({ value }) => unitWords(value).map(({ text }) => text)),
  )
  return {
    variables: [...passed, ...own, ...fromFiles].filter(({ name }) => !unset.has(name)),
    remarks,
    files,
    unknownAt,
  }
}

const GIVE_IT = 'give its path as well, so that what is in it can be checked'

function effective(directives: readonly UnitDirective[], key: string): readonly UnitDirective[] {
  const all = directives.filter((one) => one.key === key)
  return all.slice(all.findLastIndex(({ value }) => value === '') + 1)
}

function assigned(
  { value, line, source }: UnitDirective,
  specifiers: Specifiers,
  remarks: Remark[],
): readonly FoundVariable[] {
  const found: FoundVariable[] = []
  for (const { text, lineOffset, broken } of unitWords(value)) {
    const place: Place = { file: source.path, line: line + lineOffset }
    const at = text.indexOf('=')
    const name = at === -1 ? text : text.slice(0, at)
    const last = found.at(-1)
    if (broken !== null) {
      remarks.push(remarkOf(syntaxFault('fail', `Environment= ${broken}: systemd ignores the rest of it`), place))
      return VARIABLE_NAME.test(name) && at !== -1 ? [...found, { name, value: null, place }] : found
    }
    if (at !== -1 && VARIABLE_NAME.test(name)) {
      const { text: specified, surprise } = specify(text.slice(at + 1), specifiers)
      if (surprise) {
        const what = `systemd puts something else in place of a "%" in ${named(name)}, or refuses it`
        remarks.push(remarkOf(dialectFault('fail', what, 'write %% for a percent sign'), place))
      }
      found.push({ name, value: specified, place })
    } else if (last !== undefined && at === -1) {
      const what = `systemd takes the blank in the value of ${named(last.name)} for its end`
      remarks.push(remarkOf(dialectFault('fail', what, 'put quotes around it all: Environment="NAME=value"'), place))
    } else {
      remarks.push(remarkOf(syntaxFault('fail', `Environment= has ${quote(name)}, which systemd drops`), place))
    }
  }
  return found
}
