/** Reads what `config check` is given, whoever wrote it: files and folders become services, variables and remarks. */
import { basename } from 'node:path'
import { requiredNames } from '../../deploy/model/service-variables.js'
import type { Files } from '../../platform/files/files.js'
import type { Finding } from '../model/finding.js'
import type { Found, FoundService, FoundVariable, ReadBy } from '../model/found.js'
import { collectSources, type Source } from './collect-sources.js'
import { composeServices, isComposeFile, MAX_SERVICES } from './compose-services.js'
import { tellApart } from './compose-told-apart.js'
import { readEnvFile } from './env-file.js'
import { looksLikeEnv, looksLikeYaml, titleOf, whoReads } from './file-kind.js'
import { foundFiles } from './found-files.js'
import { isKustomization, objectsIn, tellKustomizationsApart } from './kubernetes-objects.js'
import { kubernetesServices } from './kubernetes-services.js'
import { type Kind, kindByName, kindByVariables, withUnknown } from './service-kind.js'
import { SourceSet } from './source-set.js'
import { isUnit, unitServices } from './units.js'
import type { YamlFile, YamlTree } from './yaml-tree.js'

export interface ReadOptions {
  /** Who reads the env files, where that can't be told from them. */
  readonly readBy?: ReadBy
}

interface Run {
  readonly set: SourceSet
  readonly readBy: ReadBy | undefined
  readonly services: FoundService[]
  /** Of what is no service: they may be secret all the same. */
  readonly others: FoundVariable[]
}

/**
 * Throws FILE_UNREADABLE for a path given that can't be read; what is wrong with a file found in a folder is a remark.
 */
export async function readFound(files: Files, paths: readonly string[], { readBy }: ReadOptions = {}): Promise<Found> {
  const { sources, remarks } = await collectSources(files, paths)
  const set = new SourceSet(files, sources)
  const run: Run = { set, readBy, services: [], others: [] }
  // Whoever refers to env files goes first: those are no services by themselves then.
  const yaml = sources.filter((source) => looksLikeYaml(source) && !isUnit(source))
  await readYamlFiles(run, yaml)
  const units = sources.filter(isUnit)
  run.services.push(...(await unitServices(units, set)))
  for (const source of sources) {
    if (!yaml.includes(source) && !units.includes(source) && !set.isUsed(source)) readEnv(run, source)
  }
  const services = run.services.slice(0, MAX_SERVICES)
  const [tooMany] = run.services.slice(MAX_SERVICES)
  if (tooMany !== undefined) set.remark({ ...TOO_MANY, ...tooMany.place })
  const variables = [...services.flatMap((service) => service.variables), ...run.others]
  const mentioned = new Set([
    ...variables.map(({ place }) => place.file),
    ...services.map(({ place }) => place.file),
    ...set.remarks.flatMap(({ file }) => file ?? []),
  ])
  const relevant = set.all.filter((source) => set.isUsed(source) || mentioned.has(source.path))
  return {
    files: await foundFiles(files, relevant, variables),
    services: withDistinctNames(services),
    remarks: [...remarks, ...set.remarks],
  }
}

async function readYamlFiles(run: Run, sources: readonly Source[]): Promise<void> {
  const { set } = run
  const readable = sources
    .filter((source) => !isTemplate(run, source))
    .map((source) => ({ source, yaml: set.yaml(source) }))
    .filter(({ source, yaml }) => yaml.broken === null || complain(run, source, yaml))
  const compose = readable.filter(({ yaml }) => isComposeFile(yaml.documents[0])).map(({ source }) => source)
  await tellApart(compose, set)
  tellKustomizationsApart(
    readable.map(({ source }) => source),
    set,
  )
  const found: FoundService[] = []
  for (const source of compose) if (!set.isUsed(source)) found.push(...(await composeServices(source, set)))
  const objects = readable.flatMap(({ source, yaml }) => (set.isUsed(source) ? [] : objectsIn(source, yaml.documents)))
  const pods = kubernetesServices(objects, set)
  found.push(...pods.services)
  run.others.push(...pods.configs.flatMap(({ values }) => values))
  run.services.push(...found)
  const ours = new Set(found.flatMap(filesOf))
  for (const { source, yaml } of readable) {
    if (ours.has(source.path)) remarkFaults(run, source, yaml)
    else if (source.given && !isKnown(run, source, yaml.documents)) remarkNothing(run, source)
  }
}

function readEnv({ set, readBy, services, others }: Run, source: Source): void {
  if (!looksLikeEnv(source)) return
  const { variables, remarks, unknownAt, script } = readEnvFile(source.text, source.path, whoReads(source, readBy))
  const called = basename(source.path)
  const names = [...variables.map(({ name }) => name), ...script.mentioned]
  const byName = kindByName(called) ?? kindByName(script.runs ?? '')
  const kind = names.length === 0 && script.runs === null ? null : (byName ?? kindByVariables(names, called))
  others.push(...variables)
  if (kind !== null || script.startsContainer || source.given) set.remarkAll(remarks)
  if (kind === null) {
    if (source.given && !script.startsContainer) remarkNothing({ set }, source)
    return
  }
  if (unknownAt === null && isFragment(set, kind, names)) return
  services.push({
    kind,
    name: titleOf(source),
    machine: null,
    variables: withUnknown(kind, variables, unknownAt),
    image: null,
    published: [],
    reachedByPorts: false,
    surges: [],
    place: { file: source.path, line: null },
  })
}

/** Where an env file is looked for in vain, one with a part of the variables may be that one under another name. */
function isFragment(set: SourceSet, kind: Kind, names: readonly string[]): boolean {
  if (kind === 'settings' || !set.remarks.some(({ id }) => id === 'missing-file')) return false
  const there = new Set(names.map((name) => name.toUpperCase()))
  return requiredNames(kind).some((name) => !there.has(name))
}

function isTemplate({ set }: Run, { path, text }: Source): boolean {
  if (!TEMPLATE.test(text)) return false
  set.remark({ ...UNREAD_TEMPLATE, file: path, line: null })
  return true
}

/** A file in a folder that can't be read may be anything; it is worth a word if it looks like one of these. */
function complain({ set }: Run, source: Source, { broken }: YamlFile): false {
  if (broken !== null && (source.given || /^(?:services|apiVersion|kind|include)[ \t]*:/m.test(source.text))) {
    const summary = `the file ${broken.what} (line ${broken.line}, column ${broken.column}), so that nothing in it could be checked`
    set.remark({ ...SYNTAX, summary, file: source.path, line: broken.line })
  }
  return false
}

function remarkFaults({ set }: Run, source: Source, { faults }: YamlFile): void {
  for (const { line, column, what } of faults) {
    const summary = `the file ${what} (column ${column}): some readers refuse it, others take one of the two`
    set.remark({ ...SYNTAX, summary, file: source.path, line })
  }
}

/** A deployment description of ours, or something that others were read with. */
function isKnown({ set }: Run, source: Source, documents: readonly YamlTree[]): boolean {
  if (set.isUsed(source) || isKustomization(source)) return true
  return documents.some((tree) => {
    const isDescription = tree.at('database')?.isMap === true && tree.at('nodes')?.isList === true
    return isDescription || objectsIn(source, [tree]).length > 0
  })
}

function remarkNothing({ set }: Pick<Run, 'set'>, { path }: Source): void {
  set.remark({
    id: 'nothing-found',
    status: 'warn',
    summary: 'there is nothing of wcn_node, wcn_db or wcn in it',
    hint: 'give env files, units, compose files or manifests, or the folder they are in',
    file: path,
    line: null,
  })
}

/** Helm's and the like, which become YAML later. Other `{{ … }}` are values: of logging drivers, of alerts. */
const TEMPLATE = /^[ \t]*\{\{|\{\{-?[ \t]*(?:\.(?:Values|Release|Chart)\b|\$\.|include\b|template\b)/m
const UNREAD_TEMPLATE = {
  id: 'unread',
  status: 'warn',
  summary: 'it is a template, which is no YAML yet: nothing in it was checked',
  hint: 'check what it becomes: `helm template . | wcn config check -`',
} as const satisfies Partial<Finding>
const SYNTAX = { id: 'syntax', status: 'fail', hint: null } as const satisfies Partial<Finding>
const TOO_MANY = {
  id: 'unread',
  status: 'fail',
  summary: `there are more than ${MAX_SERVICES} services: what begins here is not looked at`,
  hint: 'check the files of one operator at a time',
} as const satisfies Partial<Finding>

function filesOf({ place, variables }: FoundService): readonly string[] {
  return [place.file, ...variables.map((variable) => variable.place.file)]
}

/** Two files of one name in two folders are told apart by their paths. */
function withDistinctNames(services: readonly FoundService[]): readonly FoundService[] {
  const count = new Map<string, number>()
  for (const { name } of services) count.set(name, (count.get(name) ?? 0) + 1)
  return services.map((service) => {
    const { name, place } = service
    if ((count.get(name) ?? 0) < 2) return service
    const base = basename(place.file)
    return {
      ...service,
      name: name.startsWith(base) ? place.file + name.slice(base.length) : `${name} in ${place.file}`,
    }
  })
}
