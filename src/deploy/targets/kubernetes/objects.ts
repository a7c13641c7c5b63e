/** Objects on Kubernetes that database and nodes both have, what they are called, and the labels by which they find each other. */
import { portsOf, type Service } from '../../model/deployment.js'
import { commented, type PlannedService, type TargetPlan, type YamlMap } from '../target-file.js'

type Labels = Readonly<Record<string, string>>

/** Pods with this label, in any namespace, may scrape metrics. */
export const SCRAPER: Labels = { 'wcn-scraper': 'true' }

export function objectName(service: Service): string {
  return service.kind === 'database' ? 'wcn-db' : `wcn-node-${service.name}`
}

/** Of every pod of a component. */
export function componentLabels(component: Service['kind']): Labels {
  return { 'app.kubernetes.io/name': 'wcn', 'app.kubernetes.io/component': component }
}

/** Of the pod of a service alone. */
export function podLabels(service: PlannedService): Labels {
  return { ...componentLabels(service.kind), 'app.kubernetes.io/instance': objectName(service) }
}

export function objectOf(
  { deployment }: TargetPlan,
  service: PlannedService,
  [apiVersion, kind]: readonly [string, string],
  spec: YamlMap,
  name = objectName(service),
): YamlMap {
  const { namespace } = deployment.options.kubernetes
  return { apiVersion, kind, metadata: { name, namespace, labels: podLabels(service) }, spec }
}

/**
 * Of one pod: Kubernetes starts a second one only when the first is known to be gone. A second pod with the same key
 * would take the first one's place in the network, and with the signing key its nonces.
 */
export function statefulSet(plan: TargetPlan, service: PlannedService, pod: YamlMap, more: YamlMap = {}): YamlMap {
  const labels = podLabels(service)
  return objectOf(plan, service, ['apps/v1', 'StatefulSet'], {
    replicas: commented(1, 'never more: each pod would have the same key'),
    serviceName: metricsName(service),
    // Otherwise a pod that never gets ready has to be deleted twice before a correction reaches it.
    podManagementPolicy: 'Parallel',
    updateStrategy: { type: commented('OnDelete', 'an apply restarts nothing; you say when') },
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: pod },
    ...more,
  })
}

/** The service that a StatefulSet has to name, and the name by which Prometheus finds the pod. */
export function metricsService(plan: TargetPlan, service: PlannedService): YamlMap {
  const name = metricsName(service)
  const address = `${name}.${plan.deployment.options.kubernetes.namespace}.svc`
  const spec = {
    clusterIP: commented('None', `no address: ${address} is the pod's own, for metrics_address`),
    publishNotReadyAddresses: commented(true, 'what is not ready is scraped all the more'),
    selector: podLabels(service),
    ports: portsIn(service, 'TCP'),
  }
  return objectOf(plan, service, ['v1', 'Service'], spec, name)
}

/** By their names in the pod, under the numbers that everybody knows them by. RPC ports are UDP, that of metrics is TCP. */
export function portsIn(service: PlannedService, protocol: 'UDP' | 'TCP'): readonly YamlMap[] {
  return portsOf(service)
    .filter((one) => one.protocol === protocol)
    .map(({ name, port }) => ({ name, port, targetPort: name, protocol }))
}

function metricsName(service: PlannedService): string {
  return `${objectName(service)}-metrics`
}
