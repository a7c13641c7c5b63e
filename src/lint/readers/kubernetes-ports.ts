/** How a pod's ports can be reached from outside the cluster: the host's network, host ports, Services. */
import type { FoundPort } from '../model/found.js'
import { hostNetwork } from './compose-ports.js'
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
