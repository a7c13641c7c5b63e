/** Reads the Kubernetes objects in the files of a run, and what Secrets and ConfigMaps hold. */
import { basename } from 'node:path'
import { base64 } from '@scure/base'
import { withoutEndSlashes } from '../../base/folder-path.js'
import { shellWord } from '../../base/shell-word.js'
import type { Finding } from '../model/finding.js'
import type { FoundVariable } from '../model/found.js'
import type { Source } from './collect-sources.js'
import { changed, type Fault, named, refused } from './env-reading.js'
import { mentionsOurs } from './file-kind.js'
import { readYaml } from './read-yaml.js'
import { KUSTOMIZATIONS, type SourceSet } from './source-set.js'
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
export interface ConfigObject extends KubernetesObject {
  readonly values: readonly FoundVariable[]
  /** For when a pod uses it. */
  readonly remarks: readonly Finding[]
}

/** Lists are taken apart. */
export function objectsIn(source: Source, documents: readonly YamlTree[], depth = 0): readonly KubernetesObject[] {
  return documents.flatMap((tree): readonly KubernetesObject[] => {
    const kind = tree.at('kind')?.text ?? null
    if (kind === null || tree.at('apiVersion')?.text == null) return []
    if (/List$/.test(kind) && depth < 3) return objectsIn(source, tree.at('items')?.items ?? [], depth + 1)
    const name = tree.at('metadata', 'name')?.text ?? ''
    return [{ kind, name, namespace: tree.at('metadata', 'namespace')?.text ?? null, tree, source }]
  })
}

/** Null: whichever it is applied to. */
export function isSameNamespace(one: KubernetesObject, other: KubernetesObject): boolean {
  return one.namespace === null || other.namespace === null || one.namespace === other.namespace
}

export function isKustomization({ path }: Source): boolean {
  return KUSTOMIZATIONS.includes(basename(path))
}

/** What a kustomization may say without changing what it takes up. */
const PLAIN_KEYS = new Set(['apiVersion', 'kind', 'metadata', 'resources'])

/**
 * Kustomizations that change what they take up: only kubectl knows how. Says so of those that may be about services of
 * ours, and takes every file that belongs to them out of the run.
 */
export function setAsideKustomizations(sources: readonly Source[], set: SourceSet): void {
  const changing = sources.filter(isKustomization).flatMap((source) => {
    const change = readYaml(source.text).documents[0]?.entries.find(({ key }) => !PLAIN_KEYS.has(key))
    return change === undefined ? [] : [{ source, change, reached: set.reachedFrom(source) }]
  })
  for (const { source, change, reached } of changing) {
    if (!source.given && !reached.some(mentionsOurs)) continue
    set.use(...reached)
    // What takes it up says so for both.
    if (changing.some((other) => other.source !== source && other.reached.includes(source))) continue
    const folder = withoutEndSlashes(source.path.slice(0, -basename(source.path).length)) || '.'
    set.remark({
      id: 'not-followed',
      status: 'fail',
      summary: `kubectl alone can tell what this becomes ("${change.key}"): nothing of it was checked`,
      hint: `check what it becomes: \`kubectl kustomize ${shellWord(folder)} | wcn config check -\``,
      file: source.path,
      line: change.line,
    })
  }
}

export function configObject(object: KubernetesObject): readonly ConfigObject[] {
  const { kind, tree, source } = object
  if (kind !== 'Secret' && kind !== 'ConfigMap') return []
  const remarks: Finding[] = []
  const valuesIn = (key: string, decode: (text: string) => string | null) =>
    (tree.at(key)?.entries ?? []).map(({ key: name, line, value }): FoundVariable => {
      const place = { file: source.path, line }
      const decoded = decode(value.text ?? '')
      const fault = decode === fromBase64 ? whyNotMeant(name, decoded) : null
      if (fault !== null) remarks.push({ ...fault, ...place })
      return { name, value: decoded, place }
    })
  const asIs = (text: string) => text
  const values = [...valuesIn('data', kind === 'Secret' ? fromBase64 : asIs), ...valuesIn('stringData', asIs)]
  return [{ ...object, values, remarks }]
}

function whyNotMeant(key: string, decoded: string | null): Fault | null {
  const inPlain = 'write it under "stringData" instead, as it is'
  if (decoded === null) return refused(`${named(key)} is not text in base64, as "data" wants it`, inPlain)
  if (!/[\r\n]$/.test(decoded)) return null
  const what = `the value of ${named(key)} ends with a line break, which is a part of it`
  return changed(what, 'encode it without: printf %s VALUE | base64 -w0')
}

function fromBase64(text: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(base64.decode(text.replace(/\s/g, '')))
  } catch {
    return null
  }
}
