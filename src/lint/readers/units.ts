/** systemd services: unit files with their drop-ins, templates with their instances. */
import { basename, dirname } from 'node:path'
import type { Finding } from '../model/finding.js'
import type { FoundService } from '../model/found.js'
import type { Source } from './collect-sources.js'
import { refused } from './env-reading.js'
import { kindByName, kindByVariables, withUnknown } from './service-kind.js'
import { containerFault, startsContainer } from './shell.js'
import type { SourceSet } from './source-set.js'
import { whyIgnored } from './unit-directives.js'
import { type UnitDirective, unitVariables } from './unit-environment.js'
import { readUnit, type Specifiers, specify, unitWords } from './unit-file.js'

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
    for (const instance of instancesOf(unit, set)) {
      const service = await serviceOf(unit, instance, set)
      if (service !== null) services.push(service)
    }
  }
  return services
}

/** A drop-in belongs to the unit its folder is named after, which may live elsewhere. */
function unitsIn(sources: readonly Source[]): readonly Unit[] {
  const dropIns = new Map<string, Source[]>()
  for (const one of sources.filter(({ path }) => path.endsWith('.conf'))) {
    const folder = basename(dirname(one.absolute)).replace(/\.d$/, '')
    dropIns.set(folder, [...(dropIns.get(folder) ?? []), one])
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
  const patterns = unit.parts
    .flatMap(({ text }) => readUnit(text).directives)
    .flatMap(({ key, value }) =>
      key === 'EnvironmentFile' && /%[iI]/.test(value) ? [value.replace(/%[iI]/, '*')] : [],
    )
  const found = new Set(patterns.flatMap((pattern) => set.matching(pattern)).map((match) => match.instance))
  return found.size === 0 ? [null] : [...found]
}

async function serviceOf(unit: Unit, instance: string | null, set: SourceSet): Promise<FoundService | null> {
  const specifiers: Specifiers = { unit: unit.name, instance }
  const { directives, remarks } = readParts(unit, specifiers)
  const commands = directives.filter(({ section, key }) => section === 'Service' && key === 'ExecStart')
  const started = commands.slice(commands.findLastIndex(({ value }) => value === '') + 1)
  const command = started.at(-1)
  const own = await unitVariables(directives, specifiers, set)
  const names = own.variables.map(({ name }) => name)
  const program = unitWords((command?.value ?? '').replace(/^[-@:+!|]+/, ''))[0]?.text ?? ''
  const isContainer = command !== undefined && startsContainer(` ${command.value} `)
  const kind =
    kindByName(specify(program, specifiers).text ?? '') ??
    (isContainer ? kindByName(imageIn(command.value)) : null) ??
    kindByName(unit.name) ??
    kindByVariables(names, unit.name)
  if (kind === null || kind === 'settings') return null
  set.remarkAll([...remarks, ...own.remarks])
  for (const source of own.files) set.use(source)
  if (isContainer) {
    const place = { file: command.source.path, line: command.line }
    set.remark({ ...containerFault(command.line), ...place })
    return null
  }
  const line = command?.source === unit.source ? command.line : null
  const several = started.length > 1 && !directives.some(({ key, value }) => key === 'Type' && value === 'oneshot')
  if (several)
    set.remark({ ...SEVERAL_COMMANDS, file: command?.source.path ?? unit.source.path, line: command?.line ?? 1 })
  if (command === undefined && unit.source.path.endsWith('.service')) {
    set.remark({ ...NO_COMMAND, file: unit.source.path, line: null })
  }
  return {
    kind,
    name: instance === null ? unit.name : unit.name.replace(/@.*$/, `@${instance}.service`),
    machine: INSTALLED.test(unit.source.absolute) ? 'this machine' : null,
    variables: withUnknown(kind, own.variables, own.unknownAt),
    image: null,
    published: [],
    reachedByPorts: false,
    surges: [],
    place: { file: unit.source.path, line },
  }
}

const SEVERAL_COMMANDS = refused(
  'systemd refuses a unit with several ExecStart=',
  'an empty ExecStart= before it takes the others back',
)
const NO_COMMAND = refused('systemd refuses a unit without ExecStart=')

function readParts({ parts }: Unit, specifiers: Specifiers) {
  const remarks: Finding[] = []
  const directives = parts.flatMap((source) => {
    const read = readUnit(source.text)
    remarks.push(...read.faults.map(({ line, ...fault }) => ({ ...fault, file: source.path, line })))
    return read.directives.map((directive): UnitDirective => {
      const fault = whyIgnored(directive, specifiers)
      if (fault !== null) remarks.push({ ...fault, file: source.path, line: directive.line })
      return { ...directive, source, taken: fault === null }
    })
  })
  return { directives, remarks }
}

/** Of `docker run … IMAGE`: whatever word in it looks like one of ours. */
function imageIn(command: string): string {
  return command.split(/\s+/).find((word) => kindByName(word.replace(/:.*$/, '')) !== null) ?? ''
}
