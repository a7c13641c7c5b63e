/**
 * The database: one pod with a volume that outlives it, at an address that the nodes' environment has in it. And nodes:
 * each one pod, and the way on which UDP from the internet comes to it.
 */
import { requirePlainPath } from '../required-settings.js'
import {
  commented,
  originOf,
  type PlannedDatabase,
  type PlannedNode,
  sharedFile,
  type TargetFile,
  type TargetPlan,
  type YamlMap,
} from '../target-file.js'
import { componentLabels, metricsService, objectName, objectOf, podLabels, portsIn, statefulSet } from './objects.js'
import { containerOf, POD_BASICS, POD_SECURITY, PROBE, VOLUME_SECURITY } from './pod.js'
import { requireExposure, requireMachine, requirePublicAddress } from './require-settings.js'

const VOLUME = 'data'
/** For RocksDB to write its tables out. */
const DATABASE_STOP_SECONDS = 300
/** After six hours a start is killed and begins anew. */
const START_FAILURES = 2160
const NODE_STOP_SECONDS = 60
/** It may be pulling data for a migration. */
const PRIMARY_STOP_SECONDS = 300

export function databaseManifest(plan: TargetPlan, database: PlannedDatabase): TargetFile {
  const { namespace } = plan.deployment.options.kubernetes
  return sharedFile(
    'database.yaml',
    [
      'The database. Nothing restarts it but its own exit: it may be offline in a maintenance of the network only.',
      `For a change: wcn maintenance enter, kubectl -n ${namespace} delete pod wcn-db-0, wait until it is ready,`,
      'wcn maintenance exit. Never delete the pod with --force while its machine may still run it.',
      'Probes say how it is and stop nothing: no liveness, since a database that is slow under load is not helped by a',
      'restart; the service sends to it whether ready or not.',
    ],
    [databaseService(plan, database), metricsService(plan, database), databaseSet(plan, database)],
  )
}

function databaseService(plan: TargetPlan, database: PlannedDatabase): YamlMap {
  return objectOf(plan, database, ['v1', 'Service'], {
    type: 'ClusterIP',
    clusterIP: commented(
      database.address,
      `${originOf(plan, database, 'address')}: must be free and in the cluster's range for services, since nodes take no host name`,
    ),
    publishNotReadyAddresses: commented(true, 'there is no other database to send to'),
    selector: podLabels(database),
    ports: portsIn(database, 'UDP'),
  })
}

function databaseSet(plan: TargetPlan, database: PlannedDatabase): YamlMap {
  const { storage, storageClass } = plan.deployment.options.kubernetes
  const origin = originOf(plan, database, 'rocksdb_dir')
  const mountPath = commented(requirePlainPath(database.rocksdbDir, origin), origin)
  const container = containerOf(plan, database, { cpu: '8', memory: '16Gi' }, false, {
    startupProbe: { ...PROBE, failureThreshold: commented(START_FAILURES, 'six hours to recover in') },
    readinessProbe: { ...PROBE, failureThreshold: 3 },
    volumeMounts: [{ name: VOLUME, mountPath }],
  })
  const pod = {
    ...POD_BASICS,
    terminationGracePeriodSeconds: DATABASE_STOP_SECONDS,
    securityContext: { ...POD_SECURITY, ...VOLUME_SECURITY },
    containers: [container],
  }
  const claim = {
    accessModes: ['ReadWriteOnce'],
    ...(storageClass === null
      ? {}
      : { storageClassName: commented(storageClass, plan.origin(['kubernetes', 'storage_class'])) }),
    resources: { requests: { storage: commented(storage, plan.origin(['kubernetes', 'storage'])) } },
  }
  return statefulSet(plan, database, pod, {
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    volumeClaimTemplates: [{ metadata: { name: VOLUME }, spec: claim }],
  })
}

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
      : NODE_STOP_SECONDS,
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
