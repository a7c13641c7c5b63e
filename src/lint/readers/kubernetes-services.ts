/** Reads the pods of nodes and databases, whichever kind of object makes them. */
import { quote } from '../../base/quote.js'
import type { Finding, Place } from '../model/finding.js'
import type { FoundPort, FoundService, FoundVariable } from '../model/found.js'
import { hostNetwork } from './compose-ports.js'
import { oddNumber } from './compose-services.js'
import { named, refused } from './env-reading.js'
import { type ConfigObject, configObject, isSameNamespace, type KubernetesObject } from './kubernetes-objects.js'
import { foundService, kindByName, kindByVariables } from './service-kind.js'
import type { SourceSet } from './source-set.js'
import type { YamlTree } from './yaml-tree.js'

interface Pod {
  readonly object: KubernetesObject
  readonly spec: YamlTree
  readonly labels: ReadonlyMap<string, string>
}

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

/** `envFrom`, then `env` over it (Kubernetes API, v1 EnvVar). `configs`: of the run, by kind and name. */
function containerEnvironment(
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

/** How its ports can be reached from outside the cluster: the host's network, host ports, Services. */
function podPorts(
  { object, spec, labels }: Pod,
  container: YamlTree,
  services: readonly KubernetesObject[],
): readonly FoundPort[] {
  const network = spec.at('hostNetwork')
  const ports = container.at('ports')?.items ?? []
  const onHost =
    network?.text === 'true'
      ? hostNetwork({ file: object.source.path, line: network.line })
      : ports.flatMap((port) => {
          const hostPort = numberOf(port.at('hostPort'))
          const inside = numberOf(port.at('containerPort')) ?? hostPort
          const address = port.at('hostIP')?.text ?? null
          return hostPort === null ? [] : published(object, port, inside, { hostPort, address, how: 'hostPort' })
        })
  const selecting = services.filter((service) => {
    const wanted = service.tree.at('spec', 'selector')?.entries ?? []
    // One without a selector is somebody else's to fill.
    const selects = wanted.length > 0 && wanted.every(({ key, value }) => labels.get(key) === value.text)
    return selects && isSameNamespace(service, object)
  })
  return [...onHost, ...selecting.flatMap((service) => servicePorts(service, ports))]
}

function servicePorts(service: KubernetesObject, containerPorts: readonly YamlTree[]): readonly FoundPort[] {
  const spec = service.tree.at('spec')
  const type = spec?.at('type')?.text ?? 'ClusterIP'
  const isExternal = (spec?.at('externalIPs')?.items.length ?? 0) > 0
  const isPublic = type === 'LoadBalancer' || type === 'NodePort'
  if (!isPublic && !isExternal) return []
  return (spec?.at('ports')?.items ?? []).flatMap((port) => {
    const own = numberOf(port.at('port'))
    const target = port.at('targetPort')
    const called = containerPorts.find((one) => one.at('name')?.text === target?.text)
    const inside = target === null ? own : (numberOf(target) ?? numberOf(called?.at('containerPort') ?? null))
    const hostPort = type === 'NodePort' ? numberOf(port.at('nodePort')) : own
    return published(service, port, inside, {
      hostPort,
      address: null,
      how: isPublic ? `a ${type} service` : 'externalIPs',
    })
  })
}

function published(
  { source }: KubernetesObject,
  written: YamlTree,
  port: number | null,
  how: Pick<FoundPort, 'hostPort' | 'address' | 'how'>,
): readonly FoundPort[] {
  const protocol = (written.at('protocol')?.text ?? 'TCP').toLowerCase()
  if (port === null || (protocol !== 'udp' && protocol !== 'tcp')) return []
  return [{ ...how, port, protocol, place: { file: source.path, line: written.line } }]
}

function numberOf(tree: YamlTree | null): number | null {
  return /^\d{1,5}$/.test(tree?.text ?? '') ? Number(tree?.text) : null
}
