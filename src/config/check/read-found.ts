/** Reads what `config check` is given, whoever wrote it: files and folders become services, variables and remarks. */
import { basename } from 'node:path'
import type { Found, FoundService, FoundVariable, ReadBy, Remark } from '../../core/config/check/found.js'
import { requiredNames } from '../../core/config/service-variables.js'
import type { Files } from '../../core/ports/files.js'
import { collectSources, type Source } from './collect-sources.js'
import { composeServices, isComposeFile, overriddenBy } from './compose-project.js'
import { composeService } from './compose-services.js'
import { isDockerScript, scriptServices } from './docker-scripts.js'
import { looksLikeEnv, looksLikeYaml, whoReads } from './file-kind.js'
import { foundFiles } from './found-files.js'
import { configObject, generatedObjects, isKustomization, objectsIn } from './kubernetes-objects.js'
import { kubernetesServices } from './kubernetes-services.js'
import { imageOverride } from './kustomize-images.js'
import { readEnvFile } from './read-env-file.js'
import { type Kind, kindByName, kindByVariables } from './service-kind.js'
import { SourceSet } from './source-set.js'
import { isUnit, unitServices } from './units.js'
import type { YamlFile, YamlTree } from './yaml-tree.js'

export interface ReadOptions {
  /** Who reads the env files that don't say so themselves. */
  readonly readBy?: ReadBy
}

/**
 * `paths` are files, folders (walked in sorted order) or `-`, an env file on standard input. Throws FILE_UNREADABLE for
 * a path given that can't be read; what is wrong with a file found in a folder is a remark.
 */
export async function readFound(files: Files, paths: readonly string[], options: ReadOptions = {}): Promise<Found> {
  const { sources, remarks } = await collectSources(files, paths)
  const set = new SourceSet(files, sources)
  const run = new Run(set, options.readBy)
  // Whoever refers to env files goes first: those are no services by themselves then.
  const yaml = sources.filter((source) => looksLikeYaml(source) && !isUnit(source))
  await run.readYamlFiles(yaml)
  const units = sources.filter(isUnit)
  run.services.push(...(await unitServices(units, set)))
  for (const source of sources) {
    if (isDockerScript(source)) run.services.push(...(await scriptServices(source, set)))
  }
  for (const source of sources) {
    if (!yaml.includes(source) && !units.includes(source) && !set.isUsed(source)) run.readEnv(source)
  }
  const variables = [...run.services.flatMap((service) => service.variables), ...run.others]
  const mentioned = new Set([
    ...variables.map(({ place }) => place.file),
    ...run.services.map(({ place }) => place.file),
    ...set.remarks.map(({ place }) => place.file),
  ])
  const relevant = set.all.filter((source) => set.isUsed(source) || mentioned.has(source.path))
  return {
    files: await foundFiles(files, relevant, variables),
    services: withDistinctNames(run.services),
    remarks: [...remarks, ...set.remarks],
  }
}

class Run {
  readonly #set: SourceSet
  readonly #readBy: ReadBy | undefined
  readonly services: FoundService[] = []
  /** Of what is no service: they may be secret all the same. */
  readonly others: FoundVariable[] = []

  constructor(set: SourceSet, readBy: ReadBy | undefined) {
    this.#set = set
    this.#readBy = readBy
  }

  async readYamlFiles(sources: readonly Source[]): Promise<void> {
    const files = sources.map((source) => ({ source, yaml: this.#set.yaml(source) }))
    const readable = files
      .filter(({ source }) => !this.#isTemplate(source))
      .filter(({ source, yaml }) => yaml.broken === null || this.#complain(source, yaml))
    const compose = readable.filter(({ yaml }) => isComposeFile(yaml.documents[0])).map(({ source }) => source)
    const found = await this.#readCompose(compose)
    const kubernetes = await this.#readKubernetes(readable)
    this.services.push(...found, ...kubernetes)
    const ours = new Set([...found, ...kubernetes].flatMap(filesOf))
    for (const { source, yaml } of readable) {
      if (ours.has(source.path)) this.#remarkFaults(source, yaml)
      else if (source.given && !this.#isKnown(source, yaml.documents)) this.#remarkNothing(source)
    }
  }

  /** An override is read with what it overrides, and so is what another file includes. */
  async #readCompose(sources: readonly Source[]): Promise<readonly FoundService[]> {
    const overrides = new Set(sources.flatMap((source) => overriddenBy(source, sources, this.#set)))
    const projects: { source: Source; services: FoundService[] }[] = []
    for (const source of sources) {
      if (overrides.has(source)) continue
      const services: FoundService[] = []
      for (const service of await composeServices(source, overriddenBy(source, sources, this.#set), this.#set)) {
        const found = await composeService(service, this.#set)
        if (found !== null) services.push(found)
      }
      projects.push({ source, services })
    }
    return projects.filter(({ source }) => !this.#set.isUsed(source)).flatMap(({ services }) => services)
  }

  async #readKubernetes(
    files: readonly { readonly source: Source; readonly yaml: YamlFile }[],
  ): Promise<readonly FoundService[]> {
    const kustomizations = files.filter(({ source }) => isKustomization(source))
    const objects = files.flatMap(({ source, yaml }) => objectsIn(source, yaml.documents))
    const configs = objects.flatMap(configObject)
    for (const { source, yaml } of kustomizations) {
      configs.push(...(await generatedObjects(source, yaml.documents[0], this.#set)))
    }
    this.others.push(...configs.flatMap(({ values }) => values))
    return kubernetesServices(objects, configs, imageOverride(kustomizations), this.#set)
  }

  readEnv(source: Source): void {
    if (!looksLikeEnv(source)) return
    const dialect = this.#set.dialectOf(source) ?? whoReads(source, this.#readBy)
    const { variables, remarks } = readEnvFile(source.text, source.path, dialect)
    const called = basename(source.path)
    const names = variables.map(({ name }) => name)
    const kind = names.length === 0 ? null : (kindByName(called) ?? kindByVariables(names, called))
    this.others.push(...variables)
    if (kind === null) {
      if (source.given) {
        this.#set.remark(...remarks)
        this.#remarkNothing(source)
      }
      return
    }
    this.#set.remark(...remarks)
    if (this.#isFragment(kind, names)) return
    this.services.push({
      kind,
      name: source.path === '-' ? 'standard input' : called,
      machine: null,
      variables,
      image: null,
      published: [],
      surges: [],
      place: { file: source.path, line: null },
    })
  }

  /** Where an env file is looked for in vain, one with a part of the variables may be that one under another name. */
  #isFragment(kind: Kind, names: readonly string[]): boolean {
    if (kind === 'settings' || !this.#set.remarks.some(({ id }) => id === 'missing-file')) return false
    const there = new Set(names.map((name) => name.toUpperCase()))
    return requiredNames(kind).some((name) => !there.has(name))
  }

  #isTemplate({ path, text }: Source): boolean {
    if (!TEMPLATE.test(text)) return false
    this.#set.remark({ ...UNREAD_TEMPLATE, place: { file: path, line: null } })
    return true
  }

  /** A file in a folder that can't be read may be anything; it is worth a word if it looks like one of these. */
  #complain(source: Source, { broken }: YamlFile): false {
    if (broken !== null && (source.given || /^(?:services|apiVersion|kind|include)[ \t]*:/m.test(source.text))) {
      const summary = `the file ${broken.what} (line ${broken.line}, column ${broken.column}), so that nothing in it could be checked`
      this.#set.remark({ ...SYNTAX, summary, place: { file: source.path, line: broken.line } })
    }
    return false
  }

  #remarkFaults(source: Source, { faults }: YamlFile): void {
    for (const { line, column, what } of faults) {
      const summary = `the file ${what} (column ${column}): some readers refuse it, others take one of the two`
      this.#set.remark({ ...SYNTAX, summary, place: { file: source.path, line } })
    }
  }

  /** A deployment description of ours, or something that others were read with. */
  #isKnown(source: Source, documents: readonly YamlTree[]): boolean {
    if (this.#set.isUsed(source) || isKustomization(source)) return true
    return documents.some((tree) => {
      const isDescription = tree.at('database')?.isMap === true && tree.at('nodes')?.isList === true
      return isDescription || objectsIn(source, [tree]).length > 0
    })
  }

  #remarkNothing({ path }: Source): void {
    this.#set.remark({
      id: 'nothing-found',
      status: 'warn',
      summary: 'there is nothing of wcn_node, wcn_db or wcn in it',
      hint: 'give env files, units, compose files or manifests, or the folder they are in',
      place: { file: path, line: null },
    })
  }
}

/** Helm's and the like, which become YAML later. Other `{{ … }}` are values: of logging drivers, of alerts. */
const TEMPLATE = /^[ \t]*\{\{|\{\{-?[ \t]*(?:\.(?:Values|Release|Chart)\b|\$\.|include\b|template\b)/m
const UNREAD_TEMPLATE = {
  id: 'unread',
  status: 'warn',
  summary: 'it is a template, which is no YAML yet: nothing in it was checked',
  hint: 'give what it becomes: `helm template . > FILE`',
} as const satisfies Partial<Remark>
const SYNTAX = { id: 'syntax', status: 'fail', hint: null } as const satisfies Partial<Remark>

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
