/** Compose files as services in layers: files that are merged, services that extend others, files that are included. */
import { basename, dirname } from 'node:path'
import type { FoundVariable } from '../../core/config/check/found.js'
import type { Source } from './collect-sources.js'
import { KNOW_NOTHING, type Lookup } from './env-reading.js'
import { interpolate } from './interpolate.js'
import { readEnvFile } from './read-env-file.js'
import type { SourceSet } from './source-set.js'
import type { YamlEntry, YamlTree } from './yaml-tree.js'

export interface ComposeLayer {
  readonly source: Source
  readonly service: YamlTree
}

export interface ComposeService {
  readonly name: string
  /** The file it is defined in first. */
  readonly source: Source
  readonly line: number
  /** What comes later is added, or takes the place. */
  readonly layers: readonly ComposeLayer[]
  readonly surroundings: Surroundings
}

/** What `${NAME}` is replaced with. */
interface Surroundings {
  readonly lookup: Lookup
  /** Where that stands; null where it is not known. */
  readonly find: (name: string) => FoundVariable | null
}

const MAX_DEPTH = 8
const DEFAULT_NAME = /^((?:docker-)?compose)\.ya?ml$/

export function isComposeFile(document: YamlTree | undefined): boolean {
  return document?.at('services')?.isMap ?? document?.at('include')?.isList ?? false
}

/**
 * `compose.override.yaml` belongs to `compose.yaml` beside it; and so does a file that says a little more of the same
 * services and can't be used alone, where it is the only one: `-f compose.yaml -f compose.prod.yaml`.
 */
export function overriddenBy(source: Source, others: readonly Source[], set: SourceSet): readonly Source[] {
  const base = DEFAULT_NAME.exec(basename(source.path))?.[1]
  if (base === undefined) return []
  const names = [`${base}.override.yaml`, `${base}.override.yml`]
  const beside = others.filter((other) => other !== source && dirname(other.absolute) === dirname(source.absolute))
  const named = beside.filter((other) => names.includes(basename(other.path)))
  const own = new Set(servicesIn(source, set).map(({ key }) => key))
  const partial = beside.filter(
    (other) =>
      !named.includes(other) && servicesIn(other, set).every((entry) => own.has(entry.key) && isPartial(entry)),
  )
  return partial.length === 1 ? [...named, ...partial] : named
}

function servicesIn(source: Source, set: SourceSet): readonly YamlEntry[] {
  return set.yaml(source).documents[0]?.at('services')?.entries ?? []
}

function isPartial({ value }: YamlEntry): boolean {
  const has = (...keys: readonly string[]) => keys.some((key) => value.at(key) !== null)
  return !(has('image', 'build') && has('environment', 'env_file')) && !has('extends')
}

/** The services of a file, of those merged into it, and of those it includes. */
export async function composeServices(
  source: Source,
  overrides: readonly Source[],
  set: SourceSet,
  depth = 0,
): Promise<readonly ComposeService[]> {
  const surroundings = await surroundingsOf(source, set)
  const files = [source, ...overrides].map((file) => ({ source: file, document: set.yaml(file).documents[0] }))
  const own = new Map<string, { source: Source; line: number; layers: ComposeLayer[] }>()
  for (const { source: file, document } of files) {
    for (const entry of document?.at('services')?.entries ?? []) {
      const layers = await layersOf(entry, { source: file, set, lookup: surroundings.lookup }, 0)
      const known = own.get(entry.key)
      if (known) known.layers.push(...layers)
      else own.set(entry.key, { source: file, line: entry.line, layers: [...layers] })
    }
  }
  const services = [...own].map(([name, service]) => ({ name, ...service, surroundings }))
  if (depth >= MAX_DEPTH) return services
  const included: ComposeService[] = []
  for (const path of files.flatMap(({ document }) => includes(document?.at('include') ?? null))) {
    const file = await set.open(source, path)
    if (file === null || set.isUsed(file)) continue
    set.use(file)
    included.push(...(await composeServices(file, [], set, depth + 1)))
  }
  return [...included, ...services]
}

interface Around {
  readonly source: Source
  readonly set: SourceSet
  readonly lookup: Lookup
}

async function layersOf({ value }: YamlEntry, around: Around, depth: number): Promise<readonly ComposeLayer[]> {
  const layer = { source: around.source, service: value }
  const extended = value.at('extends')
  const name = extended?.text ?? extended?.at('service')?.text ?? null
  if (name === null || depth >= MAX_DEPTH) return [layer]
  const file = interpolate(extended?.at('file')?.text ?? '', around.lookup).value ?? ''
  const source = file === '' ? around.source : await around.set.open(around.source, file)
  const services = source === null ? null : around.set.yaml(source).documents[0]?.at('services')
  const entry = services?.entries.find(({ key }) => key === name)
  if (!source || !entry || entry.value === value) return [layer]
  if (source !== around.source) around.set.use(source)
  return [...(await layersOf(entry, { ...around, source }, depth + 1)), layer]
}

function includes(list: YamlTree | null): readonly string[] {
  return (list?.items ?? []).flatMap((item) => {
    const path = item.isMap ? item.at('path') : item
    return path?.isList ? path.items.flatMap(({ text }) => text ?? []) : (path?.text ?? [])
  })
}

/** `.env` beside the file; what compose itself is run in may have more. Its mistakes are those of the names asked for. */
async function surroundingsOf(source: Source, set: SourceSet): Promise<Surroundings> {
  const file = await set.open(source, '.env')
  if (file === null) return { lookup: KNOW_NOTHING, find: () => null }
  const { variables, remarks } = readEnvFile(file.text, file.path, 'compose')
  const known = new Map(variables.map((variable) => [variable.name, variable]))
  const find = (name: string) => {
    const found = known.get(name) ?? null
    if (found === null) return null
    set.use(file)
    const lines = new Set(variables.flatMap(({ place }) => (place.line === found.place.line ? [] : place.line)))
    set.remark(...remarks.filter(({ place }) => place.line === null || !lines.has(place.line)))
    return found
  }
  return { find, lookup: (name) => find(name)?.value }
}
