/** systemd services: unit files with their drop-ins, templates with their instances. */
import { basename, dirname } from 'node:path'
import type { Finding } from '../model/finding.js'
import type { FoundService } from '../model/found.js'
import type { Source } from './collect-sources.js'
import { refused } from './env-reading.js'
import { foundService, kindByName, kindByVariables } from './service-kind.js'
import { containerFault, startsContainer } from './shell.js'
import type { SourceSet } from './source-set.js'
import { whyIgnored } from './unit-directives.js'
import { settingsOf, type UnitDirective, unitVariables } from './unit-environment.js'
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
