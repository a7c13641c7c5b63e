/**
 * A StatefulSet of one pod: Kubernetes starts a second one only when the first is known to be gone. A second pod with
 * the same key would take the first one's place in the network, and with the signing key its nonces.
 */
import { commented, type PlannedService, type TargetPlan, type YamlValue } from '../target-file.js'
import { metricsServiceName, objectName, podLabels } from './names.js'

type YamlMap = { readonly [key: string]: YamlValue }

export function statefulSet(plan: TargetPlan, planned: PlannedService, pod: YamlMap, more: YamlMap = {}): YamlValue {
  const labels = podLabels(planned)
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadataOf(plan, planned, objectName(planned)),
    spec: {
      replicas: commented(1, 'never more: each pod would have the same key'),
      serviceName: metricsServiceName(planned),
      // Otherwise a pod that never gets ready has to be deleted twice before a correction reaches it.
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: commented('OnDelete', 'an apply restarts nothing; you say when') },
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: pod },
      ...more,
    },
  }
}

/** The service that a StatefulSet has to name, and the name by which Prometheus finds the pod. */
export function metricsService(plan: TargetPlan, planned: PlannedService): YamlValue {
  const name = metricsServiceName(planned)
  const { namespace } = plan.deployment.options.kubernetes
  const { metricsPort } = planned.service
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(plan, planned, name),
    spec: {
      clusterIP: commented('None', `no address: ${name}.${namespace}.svc is the pod's own, for metrics_address`),
      publishNotReadyAddresses: commented(true, 'what is not ready is scraped all the more'),
      selector: podLabels(planned),
      ports: [{ name: 'metrics', port: metricsPort, targetPort: 'metrics', protocol: 'TCP' }],
    },
  }
}

export function metadataOf(plan: TargetPlan, planned: PlannedService, name: string): YamlValue {
  return { name, namespace: plan.deployment.options.kubernetes.namespace, labels: podLabels(planned) }
}

/** UDP ports by their names in the pod, under the numbers that everybody knows them by. */
export function rpcPorts({ service }: PlannedService): YamlValue {
  return [
    { name: 'primary', port: service.primaryPort, targetPort: 'primary', protocol: 'UDP' },
    { name: 'secondary', port: service.secondaryPort, targetPort: 'secondary', protocol: 'UDP' },
  ]
}
