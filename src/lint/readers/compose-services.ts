/** Compose services as the rules see them: variables, published ports, image, how many run at once. */
import type { Place } from '../model/finding.js'
import type { FoundPort, FoundService, FoundVariable } from '../model/found.js'
import type { Source } from './collect-sources.js'
import { composePorts } from './compose-ports.js'
import { readEnvFile } from './env-file.js'
import { changed, cutShort, KNOW_NOTHING, type Lookup, named, replaced } from './env-reading.js'
import { titleOf } from './file-kind.js'
import { interpolate } from './interpolate.js'
import { kindByName, kindByVariables, withUnknown } from './service-kind.js'
import { missingFile, type SourceSet } from './source-set.js'
import type { YamlEntry, YamlTree } from './yaml-tree.js'

/** What `${NAME}` is replaced with. */
interface Surroundings {
  readonly lookup: Lookup
  /** Where that stands; null where it is not known. */
  readonly find: (name: string) => FoundVariable | null
}

interface Context {
  readonly source: Source
  readonly set: SourceSet
  readonly surroundings: Surroundings
}

/** Far more than an operator has: what is behind is somebody else's. */
export const MAX_SERVICES = 250

type Read = (tree: YamlTree | null) => string | null

export function isComposeFile(document: YamlTree | undefined): boolean {
  return document?.at('services')?.isMap === true || document?.at('include') != null
}

export async function composeServices(source: Source, set: SourceSet): Promise<readonly FoundService[]> {
  const [document] = set.yaml(source).documents
  const context: Context = { source, set, surroundings: await surroundingsOf(source, set) }
  const found: FoundService[] = []
  for (const service of document?.at('services')?.entries ?? []) {
    if (found.length > MAX_SERVICES) break
    const one = await composeService(service, document ?? null, context)
    if (one !== null) found.push(one)
  }
  return found
}

/** Null for a service that is none of ours. */
async function composeService(
  { key, line, value: service }: YamlEntry,
  document: YamlTree | null,
  context: Context,
): Promise<FoundService | null> {
  const { source, set, surroundings } = context
  const read: Read = (tree) => (tree?.text == null ? null : interpolate(tree.text, surroundings.lookup).value)
  const image = service.at('image')
  const reference = read(image)
  const names = await namesOf(service, source, set)
  const kind = kindByName(reference ?? image?.text ?? '') ?? kindByName(key) ?? kindByVariables(names, key)
  if (kind === null) return null
  // The image with another program, such as one that prepares the volume.
  if (names.length === 0 && service.at('entrypoint') !== null) return null
  const mode = service.at('network_mode')
  const ports = service.at('ports')
  return {
    kind,
    name: `${titleOf(source)} service ${key}`,
    // Without an image it would not be known for a container, which has ports of its own.
    machine: reference === null ? null : source.path === '-' ? titleOf(source) : source.path,
    variables: await variablesOf(service, kind, context),
    image: image === null || reference === null ? null : { reference, place: { file: source.path, line: image.line } },
    published:
      read(mode) === 'host' && mode !== null
        ? hostNetwork({ file: source.path, line: mode.line })
        : composePorts(ports, read, (tree) => ({ file: source.path, line: tree.line })),
    reachedByPorts:
      isReachedByPorts(service, document) && (ports?.items ?? []).every((one) => one.isMap || read(one) !== null),
    surges: surgesOf(service, source, read),
    place: { file: source.path, line },
  }
}

export function hostNetwork(place: Place): readonly FoundPort[] {
  return (['udp', 'tcp'] as const).map((protocol) => ({
    address: null,
    hostPort: null,
    port: null,
    protocol,
    how: "the host's network",
    place,
  }))
}

/** In Docker's own networks nothing but what is published; in others it may have an address of its own. */
function isReachedByPorts(service: YamlTree, document: YamlTree | null): boolean {
  if (service.at('network_mode') !== null) return /^(?:bridge|none)$/.test(service.at('network_mode')?.text ?? '')
  const networks = service.at('networks')
  const names = networks?.isList
    ? networks.items.map(({ text }) => text ?? '')
    : (networks?.entries ?? []).map(({ key }) => key)
  return names.every((name) => {
    const network = document?.at('networks', name)
    const driver = network?.at('driver')?.text ?? 'bridge'
    return network?.at('external') == null && /^(?:bridge|overlay)$/.test(driver)
  })
}

/** Without a remark about what may be somebody else's service. */
async function namesOf(service: YamlTree, source: Source, set: SourceSet): Promise<readonly string[]> {
  const environment = service.at('environment')
  const names = environment?.isList
    ? environment.items.map(({ text }) => (text ?? '').replace(/=.*$/s, ''))
    : (environment?.entries ?? []).map(({ key }) => key)
  for (const { path, raw } of envFilesOf(service, (tree) => tree?.text ?? null)) {
    const file = path === null ? null : await set.open(source, path)
    if (file === null) continue
    const { variables } = readEnvFile(file.text, file.path, raw ? 'literal' : 'compose')
    names.push(...variables.map(({ name }) => name))
  }
  return names
}

/** `environment` wins over every env_file, whatever the order in which they stand. */
async function variablesOf(
  service: YamlTree,
  kind: FoundService['kind'],
  { source, set, surroundings }: Context,
): Promise<readonly FoundVariable[]> {
  const { lookup } = surroundings
  let unknownAt: Place | null = null
  const variables: FoundVariable[] = []
  for (const { path, raw, required, line } of envFilesOf(
    service,
    (tree) => interpolate(tree?.text ?? '', lookup).value,
  )) {
    const place = { file: source.path, line }
    const file = path === null ? null : await set.open(source, path)
    if (file === null) {
      if (required || path === null) unknownAt ??= place
      if (required && path !== null) set.remark(missingFile(path, place, 'fail', 'compose refuses to start without it'))
      continue
    }
    set.use(file)
    const read = readEnvFile(file.text, file.path, raw ? 'literal' : 'compose', lookup)
    set.remarkAll(read.remarks)
    variables.push(...read.variables)
  }
  variables.push(...environmentOf(service.at('environment'), { source, set, surroundings }))
  return withUnknown(kind, variables, unknownAt)
}

interface EnvFile {
  /** Null where it depends on a variable nothing is known of. */
  readonly path: string | null
  readonly raw: boolean
  readonly required: boolean
  readonly line: number
}

function envFilesOf(service: YamlTree, read: Read): readonly EnvFile[] {
  const given = service.at('env_file')
  if (given === null || given.isNull) return []
  return (given.isList ? given.items : [given]).map((item) => ({
    path: read(item.isMap ? item.at('path') : item),
    raw: item.at('format')?.text === 'raw',
    required: item.at('required')?.text !== 'false',
    line: item.line,
  }))
}

function environmentOf(environment: YamlTree | null, { source, set, surroundings }: Context): readonly FoundVariable[] {
  const { lookup, find } = surroundings
  const settings = environment?.isList
    ? environment.items.map((item) => {
        const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(item.text ?? '') ?? []
        return { name, text: value ?? null, tree: item, line: item.line }
      })
    : (environment?.entries ?? []).map(({ key, value, line }) => ({ name: key, text: value.text, tree: value, line }))
  return settings.map(({ name, text, tree, line }): FoundVariable => {
    const place = { file: source.path, line }
    // Without a value it is taken from the environment compose is run in.
    if (text === null) return { name, value: find(name)?.value ?? null, place: find(name)?.place ?? place }
    const { value, surprise, names } = interpolate(text, lookup)
    const fault = surprise
      ? replaced('compose', name, 'write $$ for a dollar sign')
      : !environment?.isList && tree.isOddNumber
        ? oddNumber(name)
        : tree.comment === null
          ? null
          : cutShort('YAML', name, text, tree.comment)
    if (fault !== null) set.remark({ ...fault, ...place })
    const pieces = names.flatMap((one) => find(one) ?? [])
    const [only] = pieces
    if (only === undefined) return { name, value, place }
    // Nothing but the other's value: what is wrong with it is wrong there.
    if (only.value === value && /^\$\{?\w+(?:\}|:?[-?][^{}]*\})?$/.test(text)) return { name, value, place: only.place }
    const bare = interpolate(text, (one) => (find(one) === null ? undefined : '')).value
    return { name, value, place, pieces: bare ? [...pieces, { name, value: bare, place }] : pieces }
  })
}

export function oddNumber(name: string): ReturnType<typeof changed> {
  const what = `the value of ${named(name)} is a number to YAML, and not the one that is written`
  return changed(what, 'put it in quotes')
}

/** `.env` beside the file; what compose itself is run in may have more. Its mistakes are those of the names asked for. */
async function surroundingsOf(source: Source, set: SourceSet): Promise<Surroundings> {
  const file = await set.open(source, '.env')
  if (file === null) return { lookup: KNOW_NOTHING, find: () => null }
  const { variables, remarks } = readEnvFile(file.text, file.path, 'compose')
  const known = new Map(variables.map((variable) => [variable.name, variable]))
  const lines = new Set(variables.map(({ place }) => place.line))
  const find = (name: string) => {
    const found = known.get(name) ?? null
    if (found === null) return null
    set.use(file)
    set.remarkAll(remarks.filter(({ line }) => line === found.place.line || !lines.has(line)))
    return found
  }
  return { find, lookup: (name) => find(name)?.value }
}

function surgesOf(service: YamlTree, source: Source, read: Read): FoundService['surges'] {
  const surge = (path: readonly string[], why: (value: string) => string | null) => {
    const tree = service.at(...path)
    const said = why(read(tree) ?? '')
    const place: Place = { file: source.path, line: tree?.line ?? null }
    return said === null ? [] : [{ why: said, place, certain: true }]
  }
  const many = (what: string) => (value: string) => (Number(value) > 1 ? `${what} is ${Number(value)}` : null)
  const isOnEvery = 'deploy.mode is global: one on every machine'
  const isStartedFirst = 'deploy.update_config.order is start-first: the new one starts beside the old'
  return [
    ...surge(['scale'], many('scale')),
    ...surge(['deploy', 'replicas'], many('deploy.replicas')),
    ...surge(['deploy', 'mode'], (mode) => (mode === 'global' ? isOnEvery : null)),
    ...surge(['deploy', 'update_config', 'order'], (order) => (order === 'start-first' ? isStartedFirst : null)),
  ]
}
