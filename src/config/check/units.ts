/** systemd services: unit files with their drop-ins, templates with their instances. */
import { basename, dirname } from 'node:path'
import type { FoundService, FoundVariable } from '../../core/config/check/found.js'
import type { Source } from './collect-sources.js'
import { type CommandWord, containerOf } from './docker-run.js'
import { kindByName, kindByVariables, withUnknown } from './service-kind.js'
import type { SourceSet } from './source-set.js'
import { type UnitDirective, type UnitEnvironment, unitVariables } from './unit-environment.js'
import { readDirectives, type Specifiers, specify, unitWords } from './unit-file.js'

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
  const dropIns = sources.filter(({ path }) => path.endsWith('.conf'))
  const folderOf = ({ absolute }: Source) => basename(dirname(absolute)).replace(/\.d$/, '')
  const own = sources
    .filter(({ path }) => path.endsWith('.service'))
    .map((source): Unit => {
      const name = basename(source.absolute)
      const folders = [name, name.replace(/@.+\.service$/, '@.service')]
      return { name, source, parts: [source, ...dropIns.filter((one) => folders.includes(folderOf(one)))] }
    })
  const taken = new Set(own.flatMap(({ parts }) => parts))
  const orphans = dropIns.filter((one) => !taken.has(one))
  const names = [...new Set(orphans.map(folderOf))]
  return [
    ...own,
    ...names.flatMap((name) => {
      const parts = orphans.filter((one) => folderOf(one) === name)
      return parts[0] === undefined ? [] : [{ name, source: parts[0], parts }]
    }),
  ]
}

/** Of a template: what the env files are called in the place of `%i`. */
function instancesOf(unit: Unit, set: SourceSet): readonly (string | null)[] {
  const [, instance] = /@(.+)\.service$/.exec(unit.name) ?? []
  if (instance !== undefined || !unit.name.includes('@.')) return [instance ?? null]
  const patterns = directivesOf(unit).flatMap(({ key, value }) =>
    key === 'EnvironmentFile' && /%[iI]/.test(value) ? [value.replace(/%[iI]/, '*')] : [],
  )
  const found = new Set(patterns.flatMap((pattern) => set.matching(pattern)).map((match) => match.instance))
  return found.size === 0 ? [null] : [...found]
}

function directivesOf({ parts }: Unit): readonly UnitDirective[] {
  return parts.flatMap((source) =>
    readDirectives(source.text, 'Service').map((directive) => ({ ...directive, source })),
  )
}

async function serviceOf(unit: Unit, instance: string | null, set: SourceSet): Promise<FoundService | null> {
  const specifiers = { unit: unit.name, instance }
  const directives = directivesOf(unit)
  const command = directives.findLast(({ key, value }) => key === 'ExecStart' && value !== '')
  const own = await unitVariables(directives, specifiers, set)
  const words = command === undefined ? [] : commandWords(command, specifiers, own)
  const inherited = (name: string) => own.variables.findLast((one) => one.name === name) ?? null
  const container = command && (await containerOf(words, { source: command.source, set, inherited }))
  const program = container?.image?.reference ?? words[0]?.text ?? ''
  const { variables, unknownAt } = container ?? own
  const kind =
    kindByName(program) ??
    kindByName(container?.name ?? '') ??
    kindByName(unit.name) ??
    kindByVariables(
      variables.map(({ name }) => name),
      unit.name,
    )
  if (kind === null || kind === 'settings') return null
  set.remark(...own.remarks, ...(container?.remarks ?? []))
  for (const source of [...own.files, ...(container?.files ?? [])]) set.use(source)
  return {
    kind,
    name: instance === null ? unit.name : unit.name.replace(/@.*$/, `@${instance}.service`),
    machine: INSTALLED.test(unit.source.absolute) ? 'this machine' : null,
    variables: withUnknown(kind, variables, unknownAt),
    image: container?.image ?? null,
    published: container?.published ?? [],
    surges: [],
    place: { file: unit.source.path, line: command?.source === unit.source ? command.line : null },
  }
}

/** `${NAME}` anywhere and `$NAME` as a whole word are variables of the service (systemd.service(5), "Command lines"). */
function commandWords(
  { value, line }: UnitDirective,
  specifiers: Specifiers,
  { variables, unknownAt }: UnitEnvironment,
): readonly CommandWord[] {
  return unitWords(value.replace(/^[-@:+!|]+/, '')).map(({ text, lineOffset }) => {
    let known = true
    const from: FoundVariable[] = []
    const put = (name: string) => {
      const found = variables.findLast((one) => one.name === name)
      if (found?.value === null || (found === undefined && unknownAt !== null)) known = false
      if (found) from.push(found)
      return found?.value ?? ''
    }
    const replaced = (specify(text, specifiers).text ?? '').replace(
      /\$\$|\$\{(\w+)\}|^\$(\w+)$/g,
      (whole, braced?: string, bare?: string) => (whole === '$$' ? '$' : put(braced ?? bare ?? '')),
    )
    const whole = known && specify(text, specifiers).text !== null
    return { text: whole ? replaced : null, line: line + lineOffset, ...(from.length > 0 ? { from } : {}) }
  })
}
