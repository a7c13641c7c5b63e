/** Reads systemd services: unit files with their drop-ins, and templates with their instances. */
import { basename, dirname } from 'node:path'
import { quote } from '../../base/quote.js'
import type { Finding, Place } from '../model/finding.js'
import type { FoundService, FoundVariable } from '../model/found.js'
import type { Source } from './collect-sources.js'
import { readEnvFile } from './env-file.js'
import { changed, type Fault, named, refused, VARIABLE_NAME } from './env-reading.js'
import { foundService, kindByName, kindByVariables } from './service-kind.js'
import { containerFault, startsContainer } from './shell.js'
import { missingFile, type SourceSet } from './source-set.js'
import { whyIgnored } from './unit-directives.js'
import { type Directive, readUnit, type Specifiers, specify, type UnitWord, unitWords } from './unit-file.js'

interface Unit {
  /** With its suffix. */
  readonly name: string
  readonly source: Source
  readonly parts: readonly Source[]
}

const INSTALLED = /^\/(?:etc|run|lib|usr\/lib|usr\/local\/lib)\/systemd\//
const DROP_IN = /\.service\.d$/

export function isUnit({ path }: Source): boolean {
  return path.endsWith('.service') || (path.endsWith('.conf') && DROP_IN.test(dirname(path)))
}

export async function unitServices(sources: readonly Source[], set: SourceSet): Promise<readonly FoundService[]> {
  const services: FoundService[] = []
  for (const unit of unitsIn(sources)) {
    for (const instance of instancesOf(unit, set)) services.push(...(await servicesOf(unit, instance, set)))
  }
  return services
}

/** A drop-in belongs to the unit its folder is named after, which may live elsewhere. */
function unitsIn(sources: readonly Source[]): readonly Unit[] {
  const dropIns = new Map<string, Source[]>()
  for (const one of sources.filter(({ path }) => path.endsWith('.conf'))) {
    const unit = basename(dirname(one.absolute)).replace(/\.d$/, '')
    dropIns.set(unit, [...(dropIns.get(unit) ?? []), one])
  }
  const units = sources
    .filter(({ path }) => path.endsWith('.service'))
    .map((source): Unit => {
      const name = basename(source.absolute)
      const folders = new Set([name.replace(/@.+\.service$/, '@.service'), name])
      return { name, source, parts: [source, ...[...folders].flatMap((folder) => dropIns.get(folder) ?? [])] }
    })
  const taken = new Set(units.flatMap(({ parts }) => parts))
  const orphans = [...dropIns].flatMap(([name, parts]): readonly Unit[] => {
    const [source] = parts
    return source === undefined || taken.has(source) ? [] : [{ name, source, parts }]
  })
  return [...units, ...orphans]
}

/** Of a template: what the env files are called in the place of `%i`. */
function instancesOf(unit: Unit, set: SourceSet): readonly (string | null)[] {
  const [, instance] = /@(.+)\.service$/.exec(unit.name) ?? []
  if (instance !== undefined || !unit.name.includes('@.')) return [instance ?? null]
  const found = new Set(
    unit.parts
      .flatMap(({ text }) => readUnit(text).directives)
      .filter(({ key, value }) => key === 'EnvironmentFile' && /%[iI]/.test(value))
      .flatMap(({ value }) => set.instancesOf(value.replace(/%[iI]/, '*'))),
  )
  return found.size === 0 ? [null] : [...found]
}

async function servicesOf(unit: Unit, instance: string | null, set: SourceSet): Promise<readonly FoundService[]> {
  const { name, source } = unit
  const specifiers: Specifiers = { unit: name, instance }
  const { directives, remarks } = readParts(unit, specifiers)
  const started = settingsOf(directives, 'ExecStart')
  const command = started.at(-1)
  const own = await unitVariables(directives, specifiers, set)
  const program = unitWords((command?.value ?? '').replace(/^[-@:+!|]+/, ''))[0]?.text ?? ''
  const isContainer = command !== undefined && startsContainer(` ${command.value} `)
  const kind =
    kindByName(specify(program, specifiers).text ?? '') ??
    (isContainer ? kindByName(imageIn(command.value)) : null) ??
    kindByName(name) ??
    kindByVariables(own.variables, name)
  if (kind === null || kind === 'settings') return []
  set.remark(...remarks, ...own.remarks)
  set.use(...own.files)
  const place = { file: command?.source.path ?? source.path, line: command?.line ?? null }
  if (isContainer) {
    set.remark({ ...containerFault(command.line), ...place })
    return []
  }
  if (started.length > 1 && !directives.some(({ key, value }) => key === 'Type' && value === 'oneshot')) {
    const hint = 'an empty ExecStart= before it takes the others back'
    set.remark({ ...refused('systemd refuses a unit with several ExecStart=', hint), ...place })
  }
  if (command === undefined && source.path.endsWith('.service')) {
    set.remark({ ...refused('systemd refuses a unit without ExecStart='), ...place })
  }
  const service = foundService(kind, instance === null ? name : name.replace(/@.*$/, `@${instance}.service`), {
    place: { file: source.path, line: command?.source === source ? command.line : null },
    ...own,
  })
  return [{ ...service, machine: INSTALLED.test(source.absolute) ? 'this machine' : null }]
}

function readParts({ parts }: Unit, specifiers: Specifiers) {
  const remarks: Finding[] = []
  const directives = parts.flatMap((source) => {
    const read = readUnit(source.text)
    const file = source.path
    remarks.push(...read.faults.map(({ line, ...fault }) => ({ ...fault, file, line })))
    return read.directives.map((directive): UnitDirective => {
      const fault = whyIgnored(directive, specifiers)
      if (fault !== null) remarks.push({ ...fault, file, line: directive.line })
      return { ...directive, source, taken: fault === null }
    })
  })
  return { directives, remarks }
}

/** Of `docker run … IMAGE`: whatever word in it looks like one of ours. */
function imageIn(command: string): string {
  return command.split(/\s+/).find((word) => kindByName(word.replace(/:.*$/, '')) !== null) ?? ''
}

interface UnitDirective extends Directive {
  readonly source: Source
  /** Whether systemd takes it. */
  readonly taken: boolean
}

/**
 * What it gets from Environment=, PassEnvironment= and EnvironmentFile= (systemd.exec(5)). Files win over Environment=,
 * wherever they stand; a setting without a value forgets what was set before.
 */
async function unitVariables(directives: readonly UnitDirective[], specifiers: Specifiers, set: SourceSet) {
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
function settingsOf(directives: readonly UnitDirective[], wanted: string): readonly UnitDirective[] {
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
    const fault = whyNotMeant(name, at, word, specified, found.at(-1)?.name)
    if (fault !== null) remarks.push({ ...fault, ...place })
    if (at !== -1 && VARIABLE_NAME.test(name))
      found.push({ name, value: word.broken === null ? specified.text : null, place })
  }
  return found
}

/** `at`: of the "="; -1 where there is none. `last`: the variable before it. */
function whyNotMeant(
  name: string,
  at: number,
  { broken }: UnitWord,
  { isUnknown, replaced }: ReturnType<typeof specify>,
  last: string | undefined,
): Fault | null {
  const percent = 'write %% for a percent sign'
  if (broken !== null) return refused(`Environment= ${broken}: systemd ignores the rest of it`)
  if (at === -1 && last !== undefined) {
    const what = `systemd takes the blank in the value of ${named(last)} for its end`
    return changed(what, 'put quotes around it all: Environment="NAME=value"')
  }
  if (at === -1 || !VARIABLE_NAME.test(name)) return refused(`Environment= has ${quote(name)}, which systemd drops`)
  if (isUnknown) return changed(`systemd drops ${named(name)}: a "%" in it means nothing`, percent)
  return replaced ? changed(`systemd puts something else in place of a "%" in ${named(name)}`, percent) : null
}
