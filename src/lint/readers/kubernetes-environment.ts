/** What a container gets: `envFrom`, then `env` over it, from the files of the run (Kubernetes API, v1 EnvVar). */

import { quote } from '../../base/quote.js'
import type { Finding, Place } from '../model/finding.js'
import type { FoundVariable } from '../model/found.js'
import { oddNumber } from './compose-services.js'
import { named, refused } from './env-reading.js'
import type { ConfigObject, FindConfig, KubernetesObject } from './kubernetes-objects.js'
import type { YamlTree } from './yaml-tree.js'

export interface ContainerEnvironment {
  readonly variables: readonly FoundVariable[]
  readonly remarks: readonly Finding[]
  /** Where variables come from that are not among the files. */
  readonly unknownAt: Place | null
}

export function containerEnvironment(
  container: YamlTree,
  { source, namespace }: KubernetesObject,
  findConfig: FindConfig,
): ContainerEnvironment {
  const place = (line: number): Place => ({ file: source.path, line })
  const remarks: Finding[] = []
  const known = new Map<string, string | null>()
  const variables: FoundVariable[] = []
  let unknownAt: Place | null = null
  const add = (variable: FoundVariable) => {
    known.set(variable.name, variable.value)
    variables.push(variable)
  }
  const taken = (reference: YamlTree, kind: ConfigObject['kind']): ConfigObject | null => {
    const config = findConfig(kind, reference.at('name')?.text ?? '', namespace)
    remarks.push(...(config?.remarks ?? []))
    return config
  }
  for (const item of container.at('envFrom')?.items ?? []) {
    const found = referenceIn(item, 'secretRef', 'configMapRef')
    const config = found && taken(found.reference, found.kind)
    if (found !== null && config === null) unknownAt ??= place(item.line)
    const prefix = item.at('prefix')?.text ?? ''
    for (const one of config?.values ?? []) add({ ...one, name: `${prefix}${one.name}` })
  }
  for (const item of container.at('env')?.items ?? []) {
    const name = item.at('name')?.text
    if (name == null) continue
    const value = item.at('value')
    const at = place(value?.line ?? item.line)
    const from = item.at('valueFrom')
    const found = from && referenceIn(from, 'secretKeyRef', 'configMapKeyRef')
    const config = found && taken(found.reference, found.kind)
    const key = found?.reference.at('key')?.text ?? ''
    const held = config?.values.findLast((one) => one.name === key)
    if (config && !held && found.reference.at('optional')?.text !== 'true') {
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

function referenceIn(item: YamlTree, secret: string, configMap: string) {
  const ofSecret = item.at(secret)
  if (ofSecret !== null) return { reference: ofSecret, kind: 'Secret' } as const
  const ofConfigMap = item.at(configMap)
  return ofConfigMap && ({ reference: ofConfigMap, kind: 'ConfigMap' } as const)
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
