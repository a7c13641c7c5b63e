/** What a container gets: `envFrom`, then `env` over it, from the files of the run (Kubernetes API, v1 EnvVar). */
import { quote } from '../../base/quote.js'
import type { Finding, Place } from '../model/finding.js'
import type { FoundVariable } from '../model/found.js'
import { oddNumber } from './compose-services.js'
import { named, refused } from './env-reading.js'
import { type ConfigObject, isSameNamespace, type KubernetesObject } from './kubernetes-objects.js'
import type { YamlTree } from './yaml-tree.js'

/** `configs`: of the run, by kind and name. */
export function containerEnvironment(
  container: YamlTree,
  pod: KubernetesObject,
  configs: ReadonlyMap<string, readonly ConfigObject[]>,
) {
  const remarks: Finding[] = []
  const variables: FoundVariable[] = []
  const known = new Map<string, string | null>()
  /** Where variables come from that are not among the files. */
  let unknownAt: Place | null = null
  const add = (variable: FoundVariable) => {
    known.set(variable.name, variable.value)
    variables.push(variable)
  }
  /** Of what is referred to; null where it is not among the files. */
  const configOf = (item: YamlTree | null, ofSecret: string, ofConfigMap: string) => {
    const secret = item?.at(ofSecret) ?? null
    const reference = secret ?? item?.at(ofConfigMap) ?? null
    const key = `${secret === null ? 'ConfigMap' : 'Secret'} ${reference?.at('name')?.text ?? ''}`
    const config = reference && configs.get(key)?.find((one) => isSameNamespace(one, pod))
    remarks.push(...(config?.remarks ?? []))
    return { reference, config: config ?? null }
  }
  for (const item of container.at('envFrom')?.items ?? []) {
    const { reference, config } = configOf(item, 'secretRef', 'configMapRef')
    if (reference !== null && config === null) unknownAt ??= { file: pod.source.path, line: item.line }
    const prefix = item.at('prefix')?.text ?? ''
    for (const one of config?.values ?? []) add({ ...one, name: `${prefix}${one.name}` })
  }
  for (const item of container.at('env')?.items ?? []) {
    const name = item.at('name')?.text
    if (name == null) continue
    const [value, from] = [item.at('value'), item.at('valueFrom')]
    const at = { file: pod.source.path, line: value?.line ?? item.line }
    const { reference, config } = configOf(from, 'secretKeyRef', 'configMapKeyRef')
    const key = reference?.at('key')?.text ?? ''
    const held = config?.values.findLast((one) => one.name === key)
    if (config && !held && reference?.at('optional')?.text !== 'true') {
      const what = `${config.kind} ${quote(config.name)} has no ${quote(key)}, so that the pod does not start`
      remarks.push({ ...refused(what, 'add the key, or take the reference out'), ...at })
    }
    if (from !== null) add({ name, value: held?.value ?? null, place: held?.place ?? at })
    else {
      if (value !== null && value.text !== null && !value.isString) {
        const what = `the value of ${named(name)} is no text: Kubernetes refuses numbers and booleans here`
        remarks.push({ ...(value.isOddNumber ? oddNumber(name) : refused(what, 'put it in quotes')), ...at })
      }
      add({ name, value: expand(value?.text ?? '', known), place: at })
    }
  }
  return { variables, remarks, unknownAt }
}

/** `$(NAME)` of a variable before it; `$$(NAME)` is not replaced, and neither is what nobody has set. */
function expand(text: string, before: ReadonlyMap<string, string | null>): string | null {
  let isKnown = true
  const value = text.replace(/\$(?:\$|\(([^)$]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$'
    const found = before.get(name)
    if (found === null) isKnown = false
    return found === undefined ? whole : (found ?? '')
  })
  return isKnown ? value : null
}
