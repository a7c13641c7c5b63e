/** Reads compose services: variables, published ports, image, and how many run at once. */
import type { Finding, Place } from '../model/finding.js'
import type { FoundService, FoundVariable } from '../model/found.js'
import type { Source } from './collect-sources.js'
import { composePorts, hostNetwork, isReachedByPorts } from './compose-ports.js'
import { readEnvFile } from './env-file.js'
import { changed, cutShort, type Fault, named, replaced } from './env-reading.js'
import { interpolate } from './env-values.js'
import { titleOf } from './file-kind.js'
import { foundService, kindByName, kindByVariables } from './service-kind.js'
import { missingFile, type SourceSet } from './source-set.js'
import type { YamlEntry, YamlTree } from './yaml-tree.js'

/** What one service is read with, and what is to be said if it is one of ours. */
interface Context {
  readonly source: Source
  readonly set: SourceSet
  /** A variable that `${NAME}` stands for; null where nothing is known of it. */
  readonly find: (name: string) => FoundVariable | null
  /** The text of a scalar with its variables replaced. */
  readonly read: (tree: YamlTree | null) => string | null
  readonly remarks: Set<Finding>
  readonly used: Set<Source>
}

const atMostOne = (what: string) => (value: string) => (Number(value) > 1 ? `${what} is ${Number(value)}` : null)
const SURGES: readonly (readonly [path: readonly string[], why: (value: string) => string | null])[] = [
  [['scale'], atMostOne('scale')],
  [['deploy', 'replicas'], atMostOne('deploy.replicas')],
  [['deploy', 'mode'], (mode) => (mode === 'global' ? 'deploy.mode is global: one on every machine' : null)],
  [
    ['deploy', 'update_config', 'order'],
    (order) =>
      order === 'start-first' ? 'deploy.update_config.order is start-first: the new one starts beside the old' : null,
  ],
]

export function isComposeFile(document: YamlTree | undefined): boolean {
  return document?.at('services')?.isMap === true || document?.at('include') != null
}

/** What a file says, for as long as it is not known whether that is all there is to say. */
export interface ComposeServices {
  readonly services: readonly FoundService[]
  /** Where the first one is that there is no room for. */
  readonly more: Place | null
  /** To be called if they count: says what is to be said of them. */
  readonly take: () => void
}

/** `room`: for so many. */
export async function composeServices(
  source: Source,
  document: YamlTree | undefined,
  set: SourceSet,
  room: number,
): Promise<ComposeServices> {
  const surroundings = await surroundingsOf(source, set)
  const found: { readonly service: FoundService; readonly context: Context }[] = []
  let more: Place | null = null
  for (const entry of document?.at('services')?.entries ?? []) {
    const context = contextOf(source, set, surroundings)
    const service = await composeService(entry, document?.at('networks') ?? null, context)
    if (service === null) continue
    if (found.length === room) {
      more = service.place
      break
    }
    found.push({ service, context })
  }
  const take = () => {
    for (const { context } of found) {
      set.remark(...context.remarks)
      set.use(...context.used)
    }
    if (surroundings !== null && set.isUsed(surroundings.file)) set.remark(...surroundings.ofLines)
  }
  return { services: found.map(({ service }) => service), more, take }
}

/** Null for a service that is none of ours. */
async function composeService(
  { key, line, value: service }: YamlEntry,
  networks: YamlTree | null,
  context: Context,
): Promise<FoundService | null> {
  const { source, read } = context
  const at = (tree: { readonly line: number }): Place => ({ file: source.path, line: tree.line })
  const image = service.at('image')
  const reference = read(image)
  const { variables, unknownAt } = await variablesOf(service, context)
  const kind = kindByName(reference ?? image?.text ?? '') ?? kindByName(key) ?? kindByVariables(variables, key)
  if (kind === null) return null
  // The image with another program, such as one that prepares the volume.
  if (variables.length === 0 && service.at('entrypoint') !== null) return null
  const mode = service.at('network_mode')
  const ports = service.at('ports')
  return {
    ...foundService(kind, `${titleOf(source)} service ${key}`, { place: at({ line }), variables, unknownAt }),
    // Without an image it would not be known for a container, which has ports of its own.
    machine: reference === null ? null : source.path === '-' ? titleOf(source) : source.path,
    image: image === null || reference === null ? null : { reference, place: at(image) },
    published: mode !== null && read(mode) === 'host' ? hostNetwork(at(mode)) : composePorts(ports, read, at),
    reachedByPorts:
      isReachedByPorts(service, networks) && (ports?.items ?? []).every((one) => one.isMap || read(one) !== null),
    surges: SURGES.flatMap(([path, why]) => {
      const tree = service.at(...path)
      const said = tree && why(read(tree) ?? '')
      return said ? { why: said, place: at(tree), certain: true } : []
    }),
  }
}

/** `environment` wins over every env_file, whatever the order in which they stand. */
async function variablesOf(service: YamlTree, context: Context) {
  const { source, set, find, read, remarks, used } = context
  let unknownAt: Place | null = null
  const variables: FoundVariable[] = []
  const given = service.at('env_file')
  for (const item of given === null || given.isNull ? [] : given.isList ? given.items : [given]) {
    const place = { file: source.path, line: item.line }
    const isRequired = item.at('required')?.text !== 'false'
    // Null where it depends on a variable nothing is known of.
    const written = item.isMap ? item.at('path') : item
    const path = written?.text == null ? '' : read(written)
    const file = path === null ? null : await set.open(source, path)
    if (file !== null) {
      const dialect = item.at('format')?.text === 'raw' ? 'literal' : 'compose'
      const env = readEnvFile(file.text, file.path, dialect, (name) => find(name)?.value)
      used.add(file)
      for (const one of env.remarks) remarks.add(one)
      variables.push(...env.variables)
    } else if (isRequired || path === null) {
      unknownAt ??= place
      if (path !== null) remarks.add(missingFile(path, place, 'fail', 'compose refuses to start without it'))
    }
  }
  return { variables: [...variables, ...environmentOf(service.at('environment'), context)], unknownAt }
}

function environmentOf(environment: YamlTree | null, context: Context): readonly FoundVariable[] {
  if (!environment?.isList)
    return (environment?.entries ?? []).map(({ key, value, line }) => variableOf(key, value.text, value, line, context))
  return environment.items.map((item) => {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(item.text ?? '') ?? []
    return variableOf(name, value ?? null, item, item.line, context)
  })
}

function variableOf(
  name: string,
  text: string | null,
  tree: YamlTree,
  line: number,
  { source, find, remarks }: Context,
): FoundVariable {
  const place = { file: source.path, line }
  // Without a value it is taken from the environment compose is run in.
  if (text === null) return { name, value: find(name)?.value ?? null, place: find(name)?.place ?? place }
  const { value, surprise, names } = interpolate(text, (one) => find(one)?.value)
  const fault = surprise
    ? replaced('compose', name, 'write $$ for a dollar sign')
    : tree.isOddNumber
      ? oddNumber(name)
      : tree.comment === null
        ? null
        : cutShort('YAML', name, text, tree.comment)
  if (fault !== null) remarks.add({ ...fault, ...place })
  const pieces = names.flatMap((one) => find(one) ?? [])
  const [only] = pieces
  if (only === undefined) return { name, value, place }
  // Nothing but the other's value: what is wrong with it is wrong there.
  if (only.value === value && /^\$\{?\w+(?:\}|:?[-?][^{}]*\})?$/.test(text)) return { name, value, place: only.place }
  const bare = interpolate(text, (one) => (find(one) === null ? undefined : '')).value
  return { name, value, place, pieces: bare ? [...pieces, { name, value: bare, place }] : pieces }
}

export function oddNumber(name: string): Fault {
  return changed(`the value of ${named(name)} is a number to YAML, and not the one that is written`, 'put it in quotes')
}

/** `.env` beside the file; what compose itself is run in may have more. Its mistakes are those of the names asked for. */
async function surroundingsOf(source: Source, set: SourceSet) {
  const file = await set.open(source, '.env')
  if (file === null) return null
  const { variables, remarks } = readEnvFile(file.text, file.path, 'compose')
  const byLine = new Map<number | null, readonly Finding[]>(variables.map(({ place }) => [place.line, []]))
  const ofLines: Finding[] = []
  for (const one of remarks) {
    const before = byLine.get(one.line)
    if (before === undefined) ofLines.push(one)
    else byLine.set(one.line, [...before, one])
  }
  return { file, known: new Map(variables.map((variable) => [variable.name, variable])), byLine, ofLines }
}

function contextOf(source: Source, set: SourceSet, surroundings: Awaited<ReturnType<typeof surroundingsOf>>): Context {
  const [remarks, used] = [new Set<Finding>(), new Set<Source>()]
  const find = (name: string) => {
    const found = surroundings?.known.get(name) ?? null
    if (found === null || surroundings === null) return null
    for (const one of surroundings.byLine.get(found.place.line) ?? []) remarks.add(one)
    used.add(surroundings.file)
    return found
  }
  const read = (tree: YamlTree | null) =>
    tree?.text == null ? null : interpolate(tree.text, (name) => find(name)?.value).value
  return { source, set, find, read, remarks, used }
}
