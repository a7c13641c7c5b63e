/** A node: one pod, and the way on which UDP from the internet comes to it. */
import { originOf, type PlannedNode } from '../machines.js'
import { commented, type TargetFile, type TargetPlan, type YamlValue } from '../target-file.js'
import { componentLabels, objectName, podLabels } from './names.js'
import { containerOf, POD_BASICS, POD_SECURITY } from './pod.js'
import { requireExposure, requireMachine, requirePublicAddress } from './require-settings.js'
import { metadataOf, metricsService, rpcPorts, statefulSet } from './stateful-set.js'

const STOP_SECONDS = 60
/** It may be pulling data for a migration. */
const PRIMARY_STOP_SECONDS = 300

export function nodeManifest(plan: TargetPlan, planned: PlannedNode): TargetFile {
  const { node } = planned
  const name = objectName(planned)
  const { namespace } = plan.deployment.options.kubernetes
  return {
    path: `node-${node.name}.yaml`,
    secret: false,
    about: [
      `Node ${node.name}${node.primary ? ', the primary: it alone has the signing key' : ''}.`,
      `For a change: kubectl -n ${namespace} delete pod ${name}-0, and wait until it is ready before the next node.`,
      'Never with --force while its machine may still run it: there would be two pods with one key.',
      ...(node.primary
        ? [
            'Before another node gets the signing key: apply this file without it, delete this pod, see that it is back;',
            "only then replace the other node's Secret, apply its file and delete its pod.",
          ]
        : []),
      'No liveness or startup probe: a node that runs gets over an outage of the RPC provider, one that is restarted then',
      "doesn't come back. Readiness is for people and for disruption budgets; traffic comes either way.",
    ],
    body: {
      kind: 'yaml',
      documents: [
        ...(requireExposure(plan) === 'load-balancer' ? [loadBalancer(plan, planned)] : []),
        metricsService(plan, planned),
        statefulSet(plan, planned, podOf(plan, planned)),
      ],
    },
  }
}

function podOf(plan: TargetPlan, planned: PlannedNode): { readonly [key: string]: YamlValue } {
  const onHost = requireExposure(plan) === 'host-network'
  return {
    ...POD_BASICS,
    ...(onHost ? onMachine(plan, planned) : {}),
    terminationGracePeriodSeconds: planned.node.primary
      ? commented(PRIMARY_STOP_SECONDS, 'the primary may be pulling data')
      : STOP_SECONDS,
    securityContext: POD_SECURITY,
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchLabels: componentLabels('node') },
            },
          },
        ],
      },
    },
    containers: [
      containerOf(plan, planned, {
        cpu: '4',
        memory: '8Gi',
        onHost,
        more: {
          readinessProbe: {
            httpGet: { path: '/metrics', port: 'metrics' },
            periodSeconds: 10,
            timeoutSeconds: 5,
            failureThreshold: 3,
          },
        },
      }),
    ],
  }
}

function onMachine(plan: TargetPlan, planned: PlannedNode): { readonly [key: string]: YamlValue } {
  return {
    hostNetwork: true,
    dnsPolicy: commented('ClusterFirstWithHostNet', "else names are looked up as the machine does, not the cluster's"),
    nodeSelector: {
      'kubernetes.io/hostname': commented(
        requireMachine(plan, planned),
        `${originOf(plan, planned, 'host')}: the machine with the address on chain`,
      ),
    },
  }
}

/** Limits per address, and who is who in the logs, need the real source: `Local` keeps it. */
function loadBalancer(plan: TargetPlan, planned: PlannedNode): YamlValue {
  const address = requirePublicAddress(plan, planned)
  const sharing = plan.deployment.nodes
    .filter((other) => other !== planned.node && other.ipv4Addr === address)
    .map(({ name }) => name)
  const shared = sharing.length === 0 ? '' : `; shared with ${sharing.join(', ')}, which your load balancer must allow`
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(plan, planned, objectName(planned)),
    spec: {
      type: 'LoadBalancer',
      loadBalancerIP: commented(
        address,
        `${originOf(plan, planned, 'ipv4_addr')}: as on chain; some providers want an annotation instead${shared}`,
      ),
      externalTrafficPolicy: commented('Local', 'nodes limit connections by source address: it must be the real one'),
      publishNotReadyAddresses: commented(true, 'this address has no other pod to send to'),
      selector: podLabels(planned),
      ports: rpcPorts(planned),
    },
  }
}
