/** Kubernetes objects among the files of a run, and what Secrets and ConfigMaps hold, those of a kustomization included. */
import { basename } from 'node:path'
import { base64 } from '@scure/base'
import type { FoundVariable, Place, Remark } from '../../core/config/check/found.js'
import type { Source } from './collect-sources.js'
import { dialectFault, named, remarkOf, syntaxFault } from './env-reading.js'
import { readEnvFile } from './read-env-file.js'
import { missingFile, type SourceSet } from './source-set.js'
import type { YamlTree } from './yaml-tree.js'

export interface KubernetesObject {
  readonly kind: string
  readonly name: string
  /** Null: whichever it is applied to. */
  readonly namespace: string | null
  readonly tree: YamlTree
  readonly source: Source
}

/** A Secret or a ConfigMap. */
export interface ConfigObject {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  readonly namespace: string | null
  readonly values: readonly FoundVariable[]
  /** For when a pod uses it. */
  readonly remarks: readonly Remark[]
  readonly files: readonly Source[]
}

function isKubernetes(document: YamlTree): boolean {
  return document.at('apiVersion')?.text != null && document.at('kind')?.text != null
}

export function isKustomization({ path }: Source): boolean {
  return /^kustomization(?:\.ya?ml)?$/i.test(basename(path))
}

/** Lists are taken apart. */
export function objectsIn(source: Source, documents: readonly YamlTree[], depth = 0): readonly KubernetesObject[] {
  return documents.filter(isKubernetes).flatMap((tree) => {
    const kind = tree.at('kind')?.text ?? ''
    if (/List$/.test(kind) && depth < 3) return objectsIn(source, tree.at('items')?.items ?? [], depth + 1)
    const name = tree.at('metadata', 'name')?.text ?? ''
    return [{ kind, name, namespace: tree.at('metadata', 'namespace')?.text ?? null, tree, source }]
  })
}

export function configObject(object: KubernetesObject): readonly ConfigObject[] {
  const { kind, name, namespace, tree, source } = object
  if (kind !== 'Secret' && kind !== 'ConfigMap') return []
  const remarks: Remark[] = []
  const place = (line: number): Place => ({ file: source.path, line })
  const data = (tree.at('data')?.entries ?? []).map(({ key, line, value }): FoundVariable => {
    const text = value.text ?? ''
    if (kind === 'ConfigMap') return { name: key, value: text, place: place(line) }
    const decoded = decode(text)
    if (decoded === null) {
      remarks.push(
        remarkOf(syntaxFault('fail', `${named(key)} is not text in base64, as "data" wants it`, IN_PLAIN), place(line)),
      )
    } else if (/[\r\n]$/.test(decoded)) {
      const what = `the value of ${named(key)} ends with a line break, which is a part of it`
      remarks.push(remarkOf(dialectFault('fail', what, 'encode it without: printf %s VALUE | base64 -w0'), place(line)))
    }
    return { name: key, value: decoded, place: place(line) }
  })
  const plain = (tree.at('stringData')?.entries ?? []).map(
    ({ key, line, value }): FoundVariable => ({ name: key, value: value.text ?? '', place: place(line) }),
  )
  return [{ kind, name, namespace, values: [...data, ...plain], remarks, files: [] }]
}

const IN_PLAIN = 'write it under "stringData" instead, as it is'

function decode(text: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(base64.decode(text.replace(/\s/g, '')))
  } catch {
    return null
  }
}

/** `secretGenerator` and `configMapGenerator`; pods name them without the hash that kustomize adds. */
export async function generatedObjects(
  source: Source,
  document: YamlTree | undefined,
  set: SourceSet,
): Promise<readonly ConfigObject[]> {
  const objects: ConfigObject[] = []
  for (const [key, kind] of [
    ['secretGenerator', 'Secret'],
    ['configMapGenerator', 'ConfigMap'],
  ] as const) {
    for (const item of document?.at(key)?.items ?? []) objects.push(await generated(source, kind, item, set))
  }
  return objects
}

async function generated(
  source: Source,
  kind: ConfigObject['kind'],
  item: YamlTree,
  set: SourceSet,
): Promise<ConfigObject> {
  const values: FoundVariable[] = []
  const remarks: Remark[] = []
  const files: Source[] = []
  const open = async (path: string, line: number): Promise<Source | null> => {
    const file = await set.open(source, path)
    if (file === null) remarks.push(missingFile(path, { file: source.path, line }, 'fail'))
    else files.push(file)
    return file
  }
  for (const one of [...(item.at('envs')?.items ?? []), ...[item.at('env')].filter((env) => env !== null)]) {
    const file = one.text === null ? null : await open(one.text, one.line)
    if (file === null) continue
    set.isReadAs(file, 'literal')
    const read = readEnvFile(file.text, file.path, 'literal')
    values.push(...read.variables)
    remarks.push(...read.remarks)
  }
  for (const one of item.at('literals')?.items ?? []) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(one.text ?? '') ?? []
    if (name === undefined || value === undefined) continue
    // Kustomize takes quotes off here, and only here.
    values.push({ name, value: value.replace(/^["']+|["']+$/g, ''), place: { file: source.path, line: one.line } })
  }
  for (const one of item.at('files')?.items ?? []) {
    const [, name, path = one.text ?? ''] = /^([^=]+)=(.*)$/s.exec(one.text ?? '') ?? []
    const file = await open(path, one.line)
    if (file === null) continue
    values.push({ name: name ?? basename(path), value: file.text, place: { file: file.path, line: null } })
  }
  const name = item.at('name')?.text ?? ''
  return { kind, name, namespace: item.at('namespace')?.text ?? null, values, remarks, files }
}

/** The one that a pod of the namespace means; null where it is not among the files. */
export function findConfig(
  configs: readonly ConfigObject[],
  kind: ConfigObject['kind'],
  name: string,
  namespace: string | null,
): ConfigObject | null {
  const same = (one: ConfigObject) =>
    one.kind === kind &&
    one.name === name &&
    (one.namespace === null || namespace === null || one.namespace === namespace)
  return configs.find(same) ?? null
}
