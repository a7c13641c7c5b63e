/** Pods of ours, whatever makes them, as the rules see them. */
import type { Place } from '../model/finding.js'
import type { FoundService } from '../model/found.js'
import { containerEnvironment } from './kubernetes-environment.js'
import {
  type ConfigObject,
  configFinder,
  configObject,
  type FindConfig,
  type KubernetesObject,
} from './kubernetes-objects.js'
import { type Pod, podPorts } from './kubernetes-ports.js'
import { kindByName, kindByVariables, withUnknown } from './service-kind.js'
import type { SourceSet } from './source-set.js'
import type { YamlTree } from './yaml-tree.js'

const WORKLOADS = new Set(['Pod', 'StatefulSet', 'Deployment', 'DaemonSet', 'ReplicaSet', 'ReplicationController'])

export function kubernetesServices(
  objects: readonly KubernetesObject[],
  set: SourceSet,
): { readonly services: readonly FoundService[]; readonly configs: readonly ConfigObject[] } {
  const configs = objects.flatMap(configObject)
  const findConfig = configFinder(configs)
  const selectors = objects.filter(({ kind }) => kind === 'Service')
  const services = objects
    .filter(({ kind }) => WORKLOADS.has(kind))
    .flatMap((object) => {
      const pod = podOf(object)
      const found = (pod?.spec.at('containers')?.items ?? []).flatMap((container) => {
        const service = pod && serviceOf(pod, container, selectors, findConfig, set)
        return service === null ? [] : [{ service, called: container.at('name')?.text ?? '' }]
      })
      return found.length < 2
        ? found.map(({ service }) => service)
        : found.map(({ service, called }) => ({ ...service, name: `${service.name} container ${called}` }))
    })
  return { services, configs }
}

function serviceOf(
  pod: Pod,
  container: YamlTree,
  selectors: readonly KubernetesObject[],
  findConfig: FindConfig,
  set: SourceSet,
): FoundService | null {
  const { object, spec } = pod
  const { path } = object.source
  const image = container.at('image')
  const { variables, remarks, unknownAt } = containerEnvironment(container, object, findConfig)
  const kind =
    kindByName(image?.text ?? '') ??
    kindByName(container.at('name')?.text ?? '') ??
    kindByName(object.name) ??
    kindByVariables(
      variables.map(({ name }) => name),
      object.name,
    )
  // What is said about a pod of somebody else's is nobody's business.
  if (kind === null || kind === 'settings') return null
  set.remarkAll(remarks)
  return {
    kind,
    name: `${object.kind} ${object.name}`,
    machine: spec.at('hostNetwork')?.text === 'true' ? (machineOf(spec) ?? null) : null,
    variables: withUnknown(kind, variables, unknownAt),
    image: image === null ? null : { reference: image.text ?? '', place: { file: path, line: image.line } },
    published: podPorts(pod, container, selectors),
    reachedByPorts: false,
    surges: surgesOf(pod),
    place: { file: path, line: object.tree.at('metadata', 'name')?.line ?? object.tree.line },
  }
}

function podOf(object: KubernetesObject): Pod | null {
  const root = object.kind === 'Pod' ? object.tree : object.tree.at('spec', 'template')
  const spec = root?.at('spec')
  if (!spec) return null
  const labels = (root?.at('metadata', 'labels')?.entries ?? []).map(
    ({ key, value }) => [key, value.text ?? ''] as const,
  )
  return { object, spec, labels: new Map(labels) }
}

function machineOf(spec: YamlTree): string | undefined {
  const name = spec.at('nodeName')?.text ?? spec.at('nodeSelector', 'kubernetes.io/hostname')?.text
  return name == null ? undefined : `machine ${name}`
}

/** A Deployment's update runs a second pod unless told otherwise: 25 % of one pod is rounded up (Kubernetes API, apps/v1). */
function surgesOf(pod: Pod): FoundService['surges'] {
  const { kind, tree, source } = pod.object
  const at = (found: YamlTree | null): Place => ({ file: source.path, line: found?.line ?? tree.at('kind')?.line ?? 1 })
  const replicas = tree.at('spec', 'replicas')
  const several =
    Number(replicas?.text ?? 1) > 1
      ? [{ why: `replicas is ${replicas?.text}`, place: at(replicas), certain: true }]
      : []
  if (kind === 'Deployment') {
    const type = tree.at('spec', 'strategy', 'type')
    const surge = tree.at('spec', 'strategy', 'rollingUpdate', 'maxSurge')
    if (type?.text === 'Recreate' || isZero(surge)) return several
    const why = surge
      ? `maxSurge is ${surge.text}: an update starts the new pod beside the old one`
      : 'its strategy is RollingUpdate, which starts the new pod beside the old one'
    return [...several, { why, place: at(surge ?? type ?? tree.at('spec', 'strategy')), certain: true }]
  }
  return kind === 'DaemonSet' ? surgesOfDaemons(pod, at) : several
}

/** Where its pods are told which machine to be on, there is one of them. */
function surgesOfDaemons(
  { object: { tree }, spec }: Pod,
  at: (found: YamlTree | null) => Place,
): FoundService['surges'] {
  const surge = tree.at('spec', 'updateStrategy', 'rollingUpdate', 'maxSurge')
  if (surge !== null && !isZero(surge)) {
    return [{ why: `maxSurge is ${surge.text}: an update runs two on a machine`, place: at(surge), certain: true }]
  }
  if (machineOf(spec) !== undefined) return []
  const chosen = spec.at('nodeSelector') ?? spec.at('affinity', 'nodeAffinity')
  return chosen === null
    ? [{ why: 'a DaemonSet runs one on every machine', place: at(tree.at('kind')), certain: true }]
    : [{ why: 'a DaemonSet runs one on every machine that fits', place: at(chosen), certain: false }]
}

function isZero(tree: YamlTree | null): boolean {
  return tree !== null && /^0%?$/.test(tree.text ?? '')
}
