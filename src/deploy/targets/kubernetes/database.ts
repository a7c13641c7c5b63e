/** The database: one pod with a volume that outlives it, at an address that the nodes' environment has in it. */
import { commented, type PlannedService, type TargetFile, type TargetPlan, type YamlValue } from '../target-file.js'
import { objectName, podLabels } from './names.js'
import { containerOf, POD_BASICS, POD_SECURITY, VOLUME_SECURITY } from './pod.js'
import { requireVolumePath } from './require-settings.js'
import { metadataOf, metricsService, rpcPorts, statefulSet } from './stateful-set.js'

const VOLUME = 'data'
/** For RocksDB to write its tables out. */
const STOP_SECONDS = 300
const PERIOD_SECONDS = 10
/** After six hours a start is killed and begins anew. */
const START_FAILURES = 2160

export function databaseManifest(plan: TargetPlan, planned: PlannedService): TargetFile {
  const { namespace } = plan.deployment.options.kubernetes
  return {
    path: 'database.yaml',
    secret: false,
    about: [
      'The database. Nothing restarts it but its own exit: it may be offline in a maintenance of the network only.',
      `For a change: wcn maintenance enter, kubectl -n ${namespace} delete pod wcn-db-0, wait until it is ready,`,
      'wcn maintenance exit. Never delete the pod with --force while its machine may still run it.',
      'Probes say how it is and stop nothing: no liveness, since a database that is slow under load is not helped by a',
      'restart; the service sends to it whether ready or not.',
    ],
    body: {
      kind: 'yaml',
      documents: [databaseService(plan, planned), metricsService(plan, planned), databaseSet(plan, planned)],
    },
  }
}

function databaseService(plan: TargetPlan, planned: PlannedService): YamlValue {
  const { database } = plan.deployment
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(plan, planned, objectName(planned)),
    spec: {
      type: 'ClusterIP',
      clusterIP: commented(
        database.address,
        `${plan.origin(['database', 'address'])}: must be free and in the cluster's range for services, since nodes take no host name`,
      ),
      publishNotReadyAddresses: commented(true, 'there is no other database to send to'),
      selector: podLabels(planned),
      ports: rpcPorts(planned),
    },
  }
}

function databaseSet(plan: TargetPlan, planned: PlannedService): YamlValue {
  const { storage, storageClass } = plan.deployment.options.kubernetes
  const probe = { httpGet: { path: '/metrics', port: 'metrics' }, periodSeconds: PERIOD_SECONDS, timeoutSeconds: 5 }
  const pod = {
    ...POD_BASICS,
    terminationGracePeriodSeconds: STOP_SECONDS,
    securityContext: { ...POD_SECURITY, ...VOLUME_SECURITY },
    containers: [
      containerOf(plan, planned, {
        cpu: '8',
        memory: '16Gi',
        onHost: false,
        more: {
          startupProbe: { ...probe, failureThreshold: commented(START_FAILURES, 'six hours to recover in') },
          readinessProbe: { ...probe, failureThreshold: 3 },
          volumeMounts: [
            {
              name: VOLUME,
              mountPath: commented(requireVolumePath(plan), plan.origin(['database', 'rocksdb_dir'])),
            },
          ],
        },
      }),
    ],
  }
  return statefulSet(plan, planned, pod, {
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    volumeClaimTemplates: [
      {
        metadata: { name: VOLUME },
        spec: {
          accessModes: ['ReadWriteOnce'],
          ...(storageClass === null
            ? {}
            : { storageClassName: commented(storageClass, plan.origin(['kubernetes', 'storage_class'])) }),
          resources: { requests: { storage: commented(storage, plan.origin(['kubernetes', 'storage'])) } },
        },
      },
    ],
  })
}
