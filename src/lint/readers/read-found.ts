/** Reads what `config check` is given, whoever wrote it: files and folders become services, variables and remarks. */
import { basename } from 'node:path'
import { requiredNames } from '../../deploy/model/service-variables.js'
import type { Files } from '../../platform/files/files.js'
import { keepMemoryLow } from '../../platform/processes/keep-memory-low.js'
import type { Place } from '../model/finding.js'
import type { Found, FoundService, FoundVariable, ReadBy } from '../model/found.js'
import { type Source, Sources } from './collect-sources.js'
import { type ComposeServices, composeServices, isComposeFile } from './compose-services.js'
import { readEnvFile } from './env-file.js'
import { looksLikeEnv, looksLikeYaml, readerOf, titleOf } from './file-kind.js'
import { foundFiles } from './found-files.js'
import { isKustomization, type KubernetesObject, objectsIn, setAsideKustomizations } from './kubernetes-objects.js'
import { kubernetesServices } from './kubernetes-services.js'
import { readYaml, type YamlFile } from './read-yaml.js'
import { foundService, type Kind, kindByName, kindByVariables } from './service-kind.js'
import { type ComposeOutline, composeOutline, setAsideCompose } from './set-aside-compose.js'
import { SourceSet } from './source-set.js'
import { isUnit, unitServices } from './units.js'
import type { YamlTree } from './yaml-tree.js'

interface Run {
  readonly set: SourceSet
  readonly services: FoundService[]
  /** Of what is no service: they may be secret all the same. */
  readonly others: FoundVariable[]
  /** Where the first service is that there is no room for. */
  tooMany: Place | null
}

/** Far more than an operator has: what is behind is somebody else's. */
const MAX_SERVICES = 250
/** Characters: what the parser makes of them takes a hundred times as many bytes. */
const FREED_AFTER = 1024 * 1024

/**
 * `readBy`: who reads the env files, where that can't be told from them. Throws FILE_UNREADABLE for a path given that
 * can't be read; what is wrong with a file found in a folder is a remark.
 */
export async function readFound(
  files: Files,
  paths: readonly string[],
  { readBy }: { readonly readBy?: ReadBy } = {},
): Promise<Found> {
  const collected = new Sources(files)
  for (const path of paths) await collected.take(path)
  const { sources } = collected
  const set = new SourceSet(files, sources)
  const run: Run = { set, services: [], others: [], tooMany: null }
  // Whoever refers to env files goes first: those are no services by themselves then.
  const units = sources.filter(isUnit)
  const yaml = sources.filter((source) => looksLikeYaml(source) && !isUnit(source))
  await readYamlFiles(run, yaml)
  run.services.push(...(await unitServices(units, set)))
  const read = new Set([...units, ...yaml])
  for (const source of sources) {
    if (!read.has(source) && !set.isUsed(source) && looksLikeEnv(source)) readEnv(run, source, readBy)
  }
  const services = run.services.slice(0, MAX_SERVICES)
  const tooMany = run.tooMany ?? run.services[MAX_SERVICES]?.place
  if (tooMany) {
    const summary = `there are more than ${MAX_SERVICES} services: what begins here is not looked at`
    const hint = 'check the files of one operator at a time'
    set.remark({ id: 'unread', status: 'fail', summary, hint, ...tooMany })
  }
  const variables = [...services.flatMap((service) => service.variables), ...run.others]
  const mentioned = new Set([
    ...[...variables, ...services].map(({ place }) => place.file),
    ...set.remarks.map(({ file }) => file),
  ])
  const relevant = set.all.filter((source) => set.isUsed(source) || mentioned.has(source.path))
  return {
    files: await foundFiles(files, relevant, variables),
    services: withDistinctNames(services),
    remarks: [...collected.remarks, ...set.remarks],
  }
}

/** What is kept of one: it is read once, and far larger than this. */
interface ReadFile {
  readonly source: Source
  readonly faults: YamlFile['faults']
  readonly isDescription: boolean
  readonly objects: readonly KubernetesObject[]
  readonly compose: (ComposeServices & { readonly outline: ComposeOutline }) | null
}

async function readYamlFiles(run: Run, sources: readonly Source[]): Promise<void> {
  const { set, services, others } = run
  const files: ReadFile[] = []
  let room = MAX_SERVICES
  const characters = sources.reduce((sum, { text }) => sum + text.length, 0)
  const free = characters > FREED_AFTER ? keepMemoryLow() : null
  let since = 0
  for (const source of sources) {
    since += source.text.length
    if (free && since > FREED_AFTER) {
      free()
      since = 0
    }
    const file = isTemplate(set, source) ? null : await readYamlFile(set, source, room)
    if (file === null) continue
    files.push(file)
    room -= file.compose?.services.length ?? 0
    run.tooMany ??= file.compose?.more ?? null
  }
  const compose = files.flatMap((file) => file.compose ?? [])
  await setAsideCompose(
    compose.map(({ outline }) => outline),
    set,
  )
  setAsideKustomizations(
    files.map(({ source }) => source),
    set,
  )
  for (const { outline, services: found, take } of compose) {
    if (set.isUsed(outline.source)) continue
    take()
    services.push(...found)
  }
  const objects = files.flatMap((file) => (set.isUsed(file.source) ? [] : file.objects))
  const pods = kubernetesServices(objects, set)
  services.push(...pods.services)
  others.push(...pods.configs.flatMap(({ values }) => values))
  const ours = new Set(
    services.flatMap(({ place, variables }) => [place, ...variables.map((one) => one.place)]).map(({ file }) => file),
  )
  const ofPods = new Set(objects.map(({ source }) => source))
  for (const { source, faults, isDescription } of files) {
    // Or a deployment description of ours, or something that others were read with.
    const isKnown = set.isUsed(source) || isKustomization(source) || ofPods.has(source) || isDescription
    if (ours.has(source.path)) {
      for (const { line, column, what } of faults) {
        const summary = `the file ${what} (column ${column}): some readers refuse it, others take one of the two`
        set.remark({ id: 'syntax', status: 'fail', summary, hint: null, file: source.path, line })
      }
    } else if (source.given && !isKnown) remarkNothing(set, source)
  }
}

/** Null: it can't be read. */
async function readYamlFile(set: SourceSet, source: Source, room: number): Promise<ReadFile | null> {
  const yaml = readYaml(source.text)
  if (isBroken(set, source, yaml)) return null
  const { documents, faults } = yaml
  return {
    source,
    faults,
    isDescription: documents.some(isDescription),
    objects: objectsIn(source, documents),
    compose: isComposeFile(documents[0])
      ? { outline: composeOutline(source, yaml), ...(await composeServices(source, documents[0], set, room)) }
      : null,
  }
}

function isDescription(tree: YamlTree): boolean {
  return tree.at('database')?.isMap === true && tree.at('nodes')?.isList === true
}

function readEnv({ set, services, others }: Run, source: Source, readBy: ReadBy | undefined): void {
  const { variables, remarks, unknownAt, script } = readEnvFile(source.text, source.path, readerOf(source, readBy))
  const called = basename(source.path)
  const names = [...variables, ...script.mentioned.map((name) => ({ name }))]
  const byName = kindByName(called) ?? kindByName(script.runs ?? '')
  const kind = names.length === 0 && script.runs === null ? null : (byName ?? kindByVariables(names, called))
  others.push(...variables)
  if (kind !== null || script.startsContainer || source.given) set.remark(...remarks)
  if (kind === null) {
    if (source.given && !script.startsContainer) remarkNothing(set, source)
  } else if (unknownAt !== null || !isFragment(set, kind, names)) {
    const place = { file: source.path, line: null }
    services.push(foundService(kind, titleOf(source), { place, variables, unknownAt }))
  }
}

/** Where an env file is looked for in vain, one with a part of the variables may be that one under another name. */
function isFragment(set: SourceSet, kind: Kind, names: readonly { readonly name: string }[]): boolean {
  if (kind === 'settings' || !set.remarks.some(({ id }) => id === 'missing-file')) return false
  const there = new Set(names.map(({ name }) => name.toUpperCase()))
  return requiredNames(kind).some((name) => !there.has(name))
}

/** Helm's and the like, which become YAML later. Other `{{ … }}` are values: of logging drivers, of alerts. */
const TEMPLATE = /^[ \t]*\{\{|\{\{-?[ \t]*(?:\.(?:Values|Release|Chart)\b|\$\.|include\b|template\b)/m

function isTemplate(set: SourceSet, { path, text }: Source): boolean {
  if (!TEMPLATE.test(text)) return false
  set.remark({
    id: 'unread',
    status: 'warn',
    summary: 'it is a template, which is no YAML yet: nothing in it was checked',
    hint: 'check what it becomes: `helm template . | wcn config check -`',
    file: path,
    line: null,
  })
  return true
}

/** A file in a folder that can't be read may be anything; it is worth a word if it looks like one of these. */
function isBroken(set: SourceSet, { path, given, text }: Source, { broken }: YamlFile): boolean {
  if (broken === null) return false
  const { what, line, column } = broken
  if (given || /^(?:services|apiVersion|kind|include)[ \t]*:/m.test(text)) {
    const summary = `the file ${what} (line ${line}, column ${column}), so that nothing in it could be checked`
    set.remark({ id: 'syntax', status: 'fail', summary, hint: null, file: path, line })
  }
  return true
}

function remarkNothing(set: SourceSet, { path }: Source): void {
  set.remark({
    id: 'nothing-found',
    status: 'warn',
    summary: 'there is nothing of wcn_node, wcn_db or wcn in it',
    hint: 'give env files, units, compose files or manifests, or the folder they are in',
    file: path,
    line: null,
  })
}

/** Two files of one name in two folders are told apart by their paths. */
function withDistinctNames(services: readonly FoundService[]): readonly FoundService[] {
  const count = new Map<string, number>()
  for (const { name } of services) count.set(name, (count.get(name) ?? 0) + 1)
  return services.map((service) => {
    const { name, place } = service
    if (count.get(name) === 1) return service
    const base = basename(place.file)
    const longer = name.startsWith(base) ? place.file + name.slice(base.length) : `${name} in ${place.file}`
    return { ...service, name: longer }
  })
}
