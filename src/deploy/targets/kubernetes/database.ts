/** The database: one pod with a volume that outlives it, at an address that the nodes' environment has in it. */
import {
  commented,
  originOf,
  type PlannedDatabase,
  sharedFile,
  type TargetFile,
  type TargetPlan,
  type YamlMap,
} from '../target-file.js'
import { metricsService, objectOf, podLabels, portsIn, statefulSet } from './objects.js'
import { containerOf, POD_BASICS, POD_SECURITY, PROBE, VOLUME_SECURITY } from './pod.js'
import { requireVolumePath } from './require-settings.js'

const VOLUME = 'data'
/** For RocksDB to write its tables out. */
const STOP_SECONDS = 300
/** After six hours a start is killed and begins anew. */
const START_FAILURES = 2160

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
  const mountPath = commented(requireVolumePath(plan), originOf(plan, database, 'rocksdb_dir'))
  const container = containerOf(plan, database, { cpu: '8', memory: '16Gi' }, false, {
    startupProbe: { ...PROBE, failureThreshold: commented(START_FAILURES, 'six hours to recover in') },
    readinessProbe: { ...PROBE, failureThreshold: 3 },
    volumeMounts: [{ name: VOLUME, mountPath }],
  })
  const pod = {
    ...POD_BASICS,
    terminationGracePeriodSeconds: STOP_SECONDS,
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
