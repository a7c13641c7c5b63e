/** What a container gets: `envFrom`, then `env` over it, from the files of the run (Kubernetes API, v1 EnvVar). */
import type { FoundVariable, Place } from '../../core/config/check/found.js'
import { quote } from '../../core/quote.js'
import { oddNumber } from './compose-services.js'
import { named, remarkOf, syntaxFault } from './env-reading.js'
import { type ConfigObject, findConfig, type KubernetesObject } from './kubernetes-objects.js'
import type { SourceSet } from './source-set.js'
import type { YamlTree } from './yaml-tree.js'

export interface ContainerEnvironment {
  readonly variables: readonly FoundVariable[]
  /** Where variables come from that are not among the files. */
  readonly unknownAt: Place | null
}

interface Around {
  readonly object: KubernetesObject
  readonly configs: readonly ConfigObject[]
  readonly set: Pick<SourceSet, 'remark' | 'use'>
}

export function containerEnvironment(container: YamlTree, around: Around): ContainerEnvironment {
  const { source, namespace } = around.object
  const place = (line: number): Place => ({ file: source.path, line })
  const variables: FoundVariable[] = []
  let unknownAt: Place | null = null
  for (const item of container.at('envFrom')?.items ?? []) {
    for (const [key, kind] of REFERENCES_TO_ALL) {
      const reference = item.at(key)
      if (reference === null) continue
      const config = findConfig(around.configs, kind, reference.at('name')?.text ?? '', namespace)
      if (config === null) {
        unknownAt ??= place(item.line)
        continue
      }
      use(config, around.set)
      const prefix = item.at('prefix')?.text ?? ''
      variables.push(...config.values.map((one) => ({ ...one, name: `${prefix}${one.name}` })))
    }
  }
  for (const item of container.at('env')?.items ?? []) {
    const name = item.at('name')?.text
    if (name == null) continue
    variables.push(variable(name, item, place(item.at('value')?.line ?? item.line), variables, around))
  }
  return { variables, unknownAt }
}

const REFERENCES_TO_ALL = [
  ['secretRef', 'Secret'],
  ['configMapRef', 'ConfigMap'],
] as const
const REFERENCES_TO_ONE = [
  ['secretKeyRef', 'Secret'],
  ['configMapKeyRef', 'ConfigMap'],
] as const

function variable(
  name: string,
  item: YamlTree,
  place: Place,
  before: readonly FoundVariable[],
  around: Around,
): FoundVariable {
  const from = item.at('valueFrom')
  for (const [key, kind] of REFERENCES_TO_ONE) {
    const reference = from?.at(key)
    if (!reference) continue
    const config = findConfig(around.configs, kind, reference.at('name')?.text ?? '', around.object.namespace)
    if (config === null) return { name, value: null, place }
    use(config, around.set)
    const wanted = reference.at('key')?.text ?? ''
    const held = config.values.findLast((one) => one.name === wanted)
    if (held !== undefined) return { name, value: held.value, place: held.place }
    if (reference.at('optional')?.text !== 'true') {
      const what = `${kind} ${quote(config.name)} has no ${quote(wanted)}, so that the pod does not start`
      around.set.remark(remarkOf(syntaxFault('fail', what, 'add the key, or take the reference out'), place))
    }
    return { name, value: null, place }
  }
  if (from !== null) return { name, value: null, place }
  const value = item.at('value')
  if (value === null || value.isNull) return { name, value: '', place }
  if (value.text !== null && !value.isString) {
    const what = `the value of ${named(name)} is no text: Kubernetes refuses numbers and booleans here`
    const fault = value.isOddNumber ? oddNumber(name) : syntaxFault('fail', what, 'put it in quotes')
    around.set.remark(remarkOf(fault, place))
  }
  return { name, value: expand(value.text ?? '', before), place }
}

/** `$(NAME)` of a variable before it; `$$(NAME)` is not replaced, and neither is what nobody has set. */
function expand(text: string, before: readonly FoundVariable[]): string | null {
  let known = true
  const value = text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$'
    const found = before.findLast((one) => one.name === name)
    if (found?.value === null) known = false
    return found === undefined ? whole : (found.value ?? '')
  })
  return known ? value : null
}

function use(config: ConfigObject, set: Around['set']): void {
  set.remark(...config.remarks)
  for (const file of config.files) set.use(file)
}
