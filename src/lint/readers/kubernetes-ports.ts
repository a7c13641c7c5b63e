/** How a pod's ports can be reached from outside the cluster: the host's network, host ports, Services. */
import type { Place } from '../model/finding.js'
import type { FoundPort } from '../model/found.js'
import { hostNetwork } from './compose-services.js'
import { isSameNamespace, type KubernetesObject } from './kubernetes-objects.js'
import type { YamlTree } from './yaml-tree.js'

export interface Pod {
  readonly object: KubernetesObject
  readonly spec: YamlTree
  readonly labels: ReadonlyMap<string, string>
}

export function podPorts(
  { object, spec, labels }: Pod,
  container: YamlTree,
  services: readonly KubernetesObject[],
): readonly FoundPort[] {
  const network = spec.at('hostNetwork')
  const ports = container.at('ports')?.items ?? []
  const onHost =
    network?.text === 'true'
      ? hostNetwork(placeOf(object, network))
      : ports.flatMap((port): readonly FoundPort[] => {
          const hostPort = portNumber(port.at('hostPort'))
          const protocol = protocolOf(port)
          if (hostPort === null || protocol === null) return []
          const address = port.at('hostIP')?.text ?? null
          const inside = portNumber(port.at('containerPort'))
          return [
            { address, hostPort, port: inside ?? hostPort, protocol, how: 'hostPort', place: placeOf(object, port) },
          ]
        })
  const selecting = services.filter(
    (one) => isSameNamespace(one.namespace, object.namespace) && selects(one.tree.at('spec', 'selector'), labels),
  )
  return [...onHost, ...selecting.flatMap((service) => servicePorts(service, ports))]
}

function servicePorts(service: KubernetesObject, containerPorts: readonly YamlTree[]): readonly FoundPort[] {
  const spec = service.tree.at('spec')
  const type = spec?.at('type')?.text ?? 'ClusterIP'
  const external = (spec?.at('externalIPs')?.items.length ?? 0) > 0
  if (type !== 'LoadBalancer' && type !== 'NodePort' && !external) return []
  const how =
    type === 'LoadBalancer' ? 'a LoadBalancer service' : type === 'NodePort' ? 'a NodePort service' : 'externalIPs'
  return (spec?.at('ports')?.items ?? []).flatMap((port): readonly FoundPort[] => {
    const protocol = protocolOf(port)
    if (protocol === null) return []
    const own = portNumber(port.at('port'))
    const target = port.at('targetPort')
    const inside = target === null ? own : (portNumber(target) ?? namedPort(target.text, containerPorts))
    const hostPort = type === 'NodePort' ? portNumber(port.at('nodePort')) : own
    return inside === null
      ? []
      : [{ address: null, hostPort, port: inside, protocol, how, place: placeOf(service, port) }]
  })
}

function namedPort(name: string | null, ports: readonly YamlTree[]): number | null {
  return portNumber(ports.find((port) => port.at('name')?.text === name)?.at('containerPort') ?? null)
}

function protocolOf(port: YamlTree): 'udp' | 'tcp' | null {
  const protocol = (port.at('protocol')?.text ?? 'TCP').toLowerCase()
  return protocol === 'udp' || protocol === 'tcp' ? protocol : null
}

function portNumber(tree: YamlTree | null): number | null {
  return /^\d{1,5}$/.test(tree?.text ?? '') ? Number(tree?.text) : null
}

/** A Service without a selector is somebody else's to fill. */
function selects(selector: YamlTree | null, labels: ReadonlyMap<string, string>): boolean {
  const wanted = selector?.entries ?? []
  return wanted.length > 0 && wanted.every(({ key, value }) => labels.get(key) === value.text)
}

function placeOf({ source }: KubernetesObject, { line }: YamlTree): Place {
  return { file: source.path, line }
}
