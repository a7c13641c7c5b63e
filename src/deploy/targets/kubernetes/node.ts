/** A node: one pod, and the way on which UDP from the internet comes to it. */
import {
  commented,
  originOf,
  type PlannedNode,
  sharedFile,
  type TargetFile,
  type TargetPlan,
  type YamlMap,
} from '../target-file.js'
import { componentLabels, metricsService, objectName, objectOf, podLabels, portsIn, statefulSet } from './objects.js'
import { containerOf, POD_BASICS, POD_SECURITY, PROBE } from './pod.js'
import { requireExposure, requireMachine, requirePublicAddress } from './require-settings.js'

const STOP_SECONDS = 60
/** It may be pulling data for a migration. */
const PRIMARY_STOP_SECONDS = 300

export function nodeManifest(plan: TargetPlan, node: PlannedNode): TargetFile {
  const { namespace } = plan.deployment.options.kubernetes
  const isBalanced = requireExposure(plan) === 'load-balancer'
  return sharedFile(
    `node-${node.name}.yaml`,
    [
      `Node ${node.name}${node.primary ? ', the primary: it alone has the signing key' : ''}.`,
      `For a change: kubectl -n ${namespace} delete pod ${objectName(node)}-0, and wait until it is ready before the next node.`,
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
    [
      ...(isBalanced ? [loadBalancer(plan, node)] : []),
      metricsService(plan, node),
      statefulSet(plan, node, podOf(plan, node, !isBalanced)),
    ],
  )
}

function podOf(plan: TargetPlan, node: PlannedNode, onHost: boolean): YamlMap {
  const apart = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: componentLabels('node') } }
  return {
    ...POD_BASICS,
    ...(onHost ? onMachine(plan, node) : {}),
    terminationGracePeriodSeconds: node.primary
      ? commented(PRIMARY_STOP_SECONDS, 'the primary may be pulling data')
      : STOP_SECONDS,
    securityContext: POD_SECURITY,
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: apart }],
      },
    },
    containers: [
      containerOf(plan, node, { cpu: '4', memory: '8Gi' }, onHost, {
        readinessProbe: { ...PROBE, failureThreshold: 3 },
      }),
    ],
  }
}

function onMachine(plan: TargetPlan, node: PlannedNode): YamlMap {
  const origin = `${originOf(plan, node, 'host')}: the machine with the address on chain`
  return {
    hostNetwork: true,
    dnsPolicy: commented('ClusterFirstWithHostNet', "else names are looked up as the machine does, not the cluster's"),
    nodeSelector: { 'kubernetes.io/hostname': commented(requireMachine(plan, node), origin) },
  }
}

/** Limits per address, and who is who in the logs, need the real source: `Local` keeps it. */
function loadBalancer(plan: TargetPlan, node: PlannedNode): YamlMap {
  const address = requirePublicAddress(plan, node)
  const sharing = plan.deployment.nodes
    .filter(({ name, ipv4Addr }) => name !== node.name && ipv4Addr === address)
    .map(({ name }) => name)
  const shared = sharing.length === 0 ? '' : `; shared with ${sharing.join(', ')}, which your load balancer must allow`
  return objectOf(plan, node, ['v1', 'Service'], {
    type: 'LoadBalancer',
    loadBalancerIP: commented(
      address,
      `${originOf(plan, node, 'ipv4_addr')}: as on chain; some providers want an annotation instead${shared}`,
    ),
    externalTrafficPolicy: commented('Local', 'nodes limit connections by source address: it must be the real one'),
    publishNotReadyAddresses: commented(true, 'this address has no other pod to send to'),
    selector: podLabels(node),
    ports: portsIn(node, 'UDP'),
  })
}
