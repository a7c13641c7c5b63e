/** Pods of ours, whatever makes them, as the rules see them. */
import type { Place } from '../model/finding.js'
import type { FoundService } from '../model/found.js'
import { containerEnvironment } from './kubernetes-environment.js'
import { type ConfigObject, configObject, type KubernetesObject } from './kubernetes-objects.js'
import { type Pod, podPorts } from './kubernetes-ports.js'
import { foundService, kindByName, kindByVariables } from './service-kind.js'
import type { SourceSet } from './source-set.js'
import type { YamlTree } from './yaml-tree.js'

const WORKLOADS = new Set(['Pod', 'StatefulSet', 'Deployment', 'DaemonSet', 'ReplicaSet', 'ReplicationController'])

export function kubernetesServices(
  objects: readonly KubernetesObject[],
  set: SourceSet,
): { readonly services: readonly FoundService[]; readonly configs: readonly ConfigObject[] } {
  const configs = objects.flatMap(configObject)
  const byName = new Map<string, ConfigObject[]>()
  for (const one of configs) {
    const key = `${one.kind} ${one.name}`
    byName.set(key, [...(byName.get(key) ?? []), one])
  }
  const selectors = objects.filter(({ kind }) => kind === 'Service')
  const services = objects
    .filter(({ kind }) => WORKLOADS.has(kind))
    .flatMap((object) => {
      const pod = podOf(object)
      const found = (pod?.spec.at('containers')?.items ?? []).flatMap((container) => {
        const service = pod && serviceOf(pod, container, selectors, byName, set)
        return service === null ? [] : [{ service, called: container.at('name')?.text ?? '' }]
      })
      return found.map(({ service, called }) =>
        found.length < 2 ? service : { ...service, name: `${service.name} container ${called}` },
      )
    })
  return { services, configs }
}

function podOf(object: KubernetesObject): Pod | null {
  const root = object.kind === 'Pod' ? object.tree : object.tree.at('spec', 'template')
  const spec = root?.at('spec')
  const labels = root?.at('metadata', 'labels')?.entries ?? []
  return spec ? { object, spec, labels: new Map(labels.map(({ key, value }) => [key, value.text ?? ''])) } : null
}

/** Null for a container that is none of ours. */
function serviceOf(
  pod: Pod,
  container: YamlTree,
  selectors: readonly KubernetesObject[],
  configs: ReadonlyMap<string, readonly ConfigObject[]>,
  set: SourceSet,
): FoundService | null {
  const { object, spec } = pod
  const at = (line: number): Place => ({ file: object.source.path, line })
  const image = container.at('image')
  const { variables, remarks, unknownAt } = containerEnvironment(container, object, configs)
  const names = [image?.text, container.at('name')?.text, object.name].map((name) => kindByName(name ?? ''))
  const kind = names.find((one) => one !== null) ?? kindByVariables(variables, object.name)
  if (kind === null || kind === 'settings') return null
  set.remark(...remarks)
  const place = at(object.tree.at('metadata', 'name')?.line ?? object.tree.line)
  return {
    ...foundService(kind, `${object.kind} ${object.name}`, { place, variables, unknownAt }),
    machine: spec.at('hostNetwork')?.text === 'true' ? machineOf(spec) : null,
    image: image === null ? null : { reference: image.text ?? '', place: at(image.line) },
    published: podPorts(pod, container, selectors),
    surges: surgesOf(pod),
  }
}

function machineOf(spec: YamlTree): string | null {
  const name = spec.at('nodeName')?.text ?? spec.at('nodeSelector', 'kubernetes.io/hostname')?.text
  return name == null ? null : `machine ${name}`
}

/** A Deployment's update runs a second pod unless told otherwise: 25 % of one pod is rounded up (Kubernetes API, apps/v1). */
function surgesOf({ object: { kind, tree, source }, spec }: Pod): FoundService['surges'] {
  const surge = (why: string, at: YamlTree | null, certain = true) => {
    return [{ why, place: { file: source.path, line: at?.line ?? tree.at('kind')?.line ?? 1 }, certain }]
  }
  const isZero = (one: YamlTree | null) => one !== null && /^0%?$/.test(one.text ?? '')
  if (kind === 'DaemonSet') {
    const most = tree.at('spec', 'updateStrategy', 'rollingUpdate', 'maxSurge')
    if (most !== null && !isZero(most)) return surge(`maxSurge is ${most.text}: an update runs two on a machine`, most)
    // Where its pods are told which machine to be on, there is one of them.
    if (machineOf(spec) !== null) return []
    const chosen = spec.at('nodeSelector') ?? spec.at('affinity', 'nodeAffinity')
    return chosen === null
      ? surge('a DaemonSet runs one on every machine', null)
      : surge('a DaemonSet runs one on every machine that fits', chosen, false)
  }
  const replicas = tree.at('spec', 'replicas')
  const several = Number(replicas?.text ?? 1) > 1 ? surge(`replicas is ${replicas?.text}`, replicas) : []
  const type = tree.at('spec', 'strategy', 'type')
  const most = tree.at('spec', 'strategy', 'rollingUpdate', 'maxSurge')
  if (kind !== 'Deployment' || type?.text === 'Recreate' || isZero(most)) return several
  const why = most
    ? `maxSurge is ${most.text}: an update starts the new pod beside the old one`
    : 'its strategy is RollingUpdate, which starts the new pod beside the old one'
  return [...several, ...surge(why, most ?? type ?? tree.at('spec', 'strategy'))]
}
