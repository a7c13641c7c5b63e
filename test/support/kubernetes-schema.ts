/**
 * Manifests against the OpenAPI schemas of Kubernetes, as a server with strict field validation would: the schemas
 * alone let fields pass that they don't know, so every field that their validators never looked at is reported too.
 */
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { Secret } from 'kubernetes-models/v1/Secret'
import { Service } from 'kubernetes-models/v1/Service'

const MODELS: Readonly<Record<string, { readonly prototype: { validate(): void } }>> = {
  'v1 Namespace': Namespace,
  'v1 Secret': Secret,
  'v1 Service': Service,
  'apps/v1 StatefulSet': StatefulSet,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
}

/** Empty for a manifest that a server takes; else what is wrong and where. */
export function schemaFaults(manifest: unknown): readonly string[] {
  const { apiVersion, kind } = manifest as { apiVersion?: string; kind?: string }
  const model = MODELS[`${apiVersion} ${kind}`]
  if (!model) return [`no schema for ${apiVersion} ${kind}`]
  const seen = new Set<string>()
  try {
    model.prototype.validate.call(watched(manifest, '', seen))
  } catch (error) {
    return [(error as Error).message]
  }
  return pathsOf(manifest, '')
    .filter((path) => !seen.has(path))
    .map((path) => `unknown field ${path}`)
}

function watched(value: unknown, path: string, seen: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  return new Proxy(value, {
    get(target, key, receiver) {
      const inner: unknown = Reflect.get(target, key, receiver)
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return inner
      seen.add(`${path}/${key}`)
      return watched(inner, `${path}/${key}`, seen)
    },
  })
}

function pathsOf(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [`${path}/${key}`, ...pathsOf(inner, `${path}/${key}`)])
}
