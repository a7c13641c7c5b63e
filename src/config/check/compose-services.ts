/** Compose services as the rules see them: variables, published ports, image, how many run at once. */
import { basename } from 'node:path'
import type { FoundPort, FoundService, FoundVariable, Place } from '../../core/config/check/found.js'
import type { Source } from './collect-sources.js'
import { cutShort } from './compose-env.js'
import { composePorts } from './compose-ports.js'
import type { ComposeLayer, ComposeService } from './compose-project.js'
import { dialectFault, named, remarkOf } from './env-reading.js'
import { interpolate } from './interpolate.js'
import { readEnvFile } from './read-env-file.js'
import { type Kind, kindByName, kindByVariables, withUnknown } from './service-kind.js'
import { missingFile, type SourceSet } from './source-set.js'
import type { YamlTree } from './yaml-tree.js'

/** Null for a service that is none of ours. */
export async function composeService(service: ComposeService, set: SourceSet): Promise<FoundService | null> {
  const { name, layers, source } = service
  const { lookup } = service.surroundings
  const read = (tree: YamlTree | null) => (tree?.text == null ? null : interpolate(tree.text, lookup).value)
  const last = (key: string): { tree: YamlTree; place: Place } | null => {
    const found = layers.flatMap((layer) => {
      const tree = layer.service.at(key)
      return tree === null || tree.isNull ? [] : [{ tree, place: placeIn(layer.source, tree) }]
    })
    return found.at(-1) ?? null
  }
  const image = last('image')
  const reference = read(image?.tree ?? null)
  const names = await namesOf(service, set)
  const kind = kindByName(reference ?? image?.tree.text ?? '') ?? kindByName(name) ?? kindByVariables(names, name)
  if (kind === null) return null
  // The image with another program, such as one that prepares the volume.
  if (names.length === 0 && last('entrypoint') !== null) return null
  const isOnHost = read(last('network_mode')?.tree ?? null) === 'host'
  const modePlace = last('network_mode')?.place
  return {
    kind,
    name: `${basename(source.path)} service ${name}`,
    // Without an image it would not be known for a container, which has ports of its own.
    machine: reference === null ? null : source.path,
    variables: await variablesOf(service, kind, set),
    image: image === null || reference === null ? null : { reference, place: image.place },
    published:
      isOnHost && modePlace !== undefined
        ? hostNetwork(modePlace)
        : withoutRepeats(
            layers.flatMap((layer) =>
              composePorts(layer.service.at('ports'), read, (tree) => placeIn(layer.source, tree)),
            ),
          ),
    surges: surgesOf(layers, read),
    place: { file: source.path, line: service.line },
  }
}

/** A file that is merged into another may say the same again. */
function withoutRepeats(ports: readonly FoundPort[]): readonly FoundPort[] {
  const keyOf = ({ address, hostPort, port, protocol }: FoundPort) => `${hostPort} ${port} ${protocol} ${address}`
  return [...new Map(ports.map((port) => [keyOf(port), port])).values()]
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

/** Without a remark about what may be somebody else's service. */
async function namesOf(
  { layers, surroundings: { lookup } }: ComposeService,
  set: SourceSet,
): Promise<readonly string[]> {
  const names = layers.flatMap(({ service }) => environmentNames(service.at('environment')))
  for (const layer of layers) {
    for (const { path, raw } of envFilesOf(layer, (tree) => interpolate(tree?.text ?? '', lookup).value)) {
      const file = path === null ? null : await set.open(layer.source, path)
      if (file === null) continue
      const { variables } = readEnvFile(file.text, file.path, raw ? 'literal' : 'compose', lookup)
      names.push(...variables.map((variable) => variable.name))
    }
  }
  return names
}

function environmentNames(environment: YamlTree | null): readonly string[] {
  if (environment === null) return []
  return environment.isList
    ? environment.items.map(({ text }) => (text ?? '').replace(/=.*$/s, ''))
    : environment.entries.map(({ key }) => key)
}

/** `environment` wins over every env_file, whatever the order in which they stand. */
async function variablesOf(
  { layers, surroundings }: ComposeService,
  kind: Kind,
  set: SourceSet,
): Promise<readonly FoundVariable[]> {
  const { lookup } = surroundings
  let unknownAt: Place | null = null
  const fromFiles: FoundVariable[] = []
  for (const layer of layers) {
    const read = (tree: YamlTree | null) => interpolate(tree?.text ?? '', lookup).value
    for (const { path, raw, required, line } of envFilesOf(layer, read)) {
      const place = { file: layer.source.path, line }
      const file = path === null ? null : await set.open(layer.source, path)
      if (file === null || path === null) {
        if (required || path === null) unknownAt ??= place
        if (required && path !== null)
          set.remark(missingFile(path, place, 'fail', 'compose refuses to start without it'))
        continue
      }
      set.use(file)
      const { variables, remarks } = readEnvFile(file.text, file.path, raw ? 'literal' : 'compose', lookup)
      set.remark(...remarks)
      fromFiles.push(...variables)
    }
  }
  const own = layers.flatMap(({ source, service }) =>
    environmentOf(service.at('environment'), source, surroundings, set),
  )
  return withUnknown(kind, [...fromFiles, ...own], unknownAt)
}

interface EnvFile {
  /** Null where it depends on a variable nothing is known of. */
  readonly path: string | null
  readonly raw: boolean
  readonly required: boolean
  readonly line: number
}

function envFilesOf({ service }: ComposeLayer, read: (tree: YamlTree | null) => string | null): readonly EnvFile[] {
  const given = service.at('env_file')
  if (given === null || given.isNull) return []
  return (given.isList ? given.items : [given]).map((item) => ({
    path: read(item.isMap ? item.at('path') : item),
    raw: item.at('format')?.text === 'raw',
    required: item.at('required')?.text !== 'false',
    line: item.line,
  }))
}

function environmentOf(
  environment: YamlTree | null,
  source: Source,
  { lookup, find }: ComposeService['surroundings'],
  set: SourceSet,
): readonly FoundVariable[] {
  if (environment === null) return []
  const settings = environment.isList
    ? environment.items.map((item) => {
        const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(item.text ?? '') ?? []
        return { name, text: value ?? null, tree: item, line: item.line }
      })
    : environment.entries.map(({ key, value, line }) => ({ name: key, text: value.text, tree: value, line }))
  return settings.map(({ name, text, tree, line }) => {
    const place = { file: source.path, line }
    if (text === null) return { name, value: lookup(name) ?? null, place: find(name)?.place ?? place }
    const { value, surprise, names } = interpolate(text, lookup)
    if (surprise) {
      const what = `compose puts something else in place of a "$" in ${named(name)}`
      set.remark(remarkOf(dialectFault('fail', what, 'write $$ for a dollar sign'), place))
    } else if (!environment.isList && tree.isOddNumber) set.remark(remarkOf(oddNumber(name), place))
    else {
      const cut = tree.comment === null ? null : cutShort(name, text, tree.comment, 'YAML')
      if (cut !== null) set.remark(remarkOf(cut, place))
    }
    const pieces = names.flatMap((one) => find(one) ?? [])
    if (pieces.length === 0) return { name, value, place }
    const [only] = pieces
    // Nothing but the other's value: what is wrong with it is wrong there.
    if (only && only.value === value && /^\$\{?\w+(?:\}|:?[-?][^{}]*\})?$/.test(text)) {
      return { name, value, place: only.place }
    }
    const bare = interpolate(text, (one) => (find(one) === null ? undefined : '')).value
    return { name, value, place, pieces: bare ? [...pieces, { name, value: bare, place }] : pieces }
  })
}

export function oddNumber(name: string): ReturnType<typeof dialectFault> {
  const what = `the value of ${named(name)} is a number to YAML, and not the one that is written`
  return dialectFault('fail', what, 'put it in quotes')
}

function surgesOf(
  layers: readonly ComposeLayer[],
  read: (tree: YamlTree | null) => string | null,
): FoundService['surges'] {
  return layers.flatMap(({ source, service }) => {
    const surge = (path: readonly string[], why: (value: string) => string | null) => {
      const tree = service.at(...path)
      const said = why(read(tree) ?? '')
      return tree === null || said === null ? [] : [{ why: said, place: placeIn(source, tree), certain: true }]
    }
    const many = (what: string) => (value: string) => (Number(value) > 1 ? `${what} is ${Number(value)}` : null)
    return [
      ...surge(['scale'], many('scale')),
      ...surge(['deploy', 'replicas'], many('deploy.replicas')),
      ...surge(['deploy', 'mode'], (mode) =>
        mode === 'global' ? 'deploy.mode is global: one on every machine' : null,
      ),
      ...surge(['deploy', 'update_config', 'order'], (order) =>
        order === 'start-first' ? 'deploy.update_config.order is start-first: the new one starts beside the old' : null,
      ),
    ]
  })
}

function placeIn(source: Source, { line }: YamlTree): Place {
  return { file: source.path, line }
}
