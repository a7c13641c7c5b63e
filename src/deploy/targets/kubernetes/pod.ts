/** What the pods of database and nodes have in common: one container that runs as the images' user and may nothing. */
import { portsOf } from '../../model/deployment.js'
import { requireImage } from '../required-settings.js'
import { commented, type PlannedService, type TargetPlan, type YamlMap } from '../target-file.js'
import { envEntry } from './environment.js'
import { objectName } from './objects.js'

/** Of the images (docs/dev/network/node-protocol.md, "Environment that wcn_db and wcn_node read"). */
const UID = 1001

/** Kubernetes would add variables such as WCN_DB_SERVICE_HOST, and the services read names in any case. */
export const POD_BASICS = { automountServiceAccountToken: false, enableServiceLinks: false } as const

export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: UID,
  runAsGroup: UID,
  seccompProfile: { type: 'RuntimeDefault' },
} as const

/** For a volume that the images' user has to write to. */
export const VOLUME_SECURITY = {
  fsGroup: UID,
  fsGroupChangePolicy: commented('OnRootMismatch', 'else every start goes through all files first'),
} as const

export const PROBE = { httpGet: { path: '/metrics', port: 'metrics' }, periodSeconds: 10, timeoutSeconds: 5 } as const

/** `size`: cores, and memory with a unit, as the onboarding document requires. `onHost`: the ports are the machine's. */
export function containerOf(
  plan: TargetPlan,
  service: PlannedService,
  size: { readonly cpu: string; readonly memory: string },
  onHost: boolean,
  more: YamlMap,
): YamlMap {
  return {
    name: `wcn-${service.kind === 'database' ? 'db' : 'node'}`,
    image: requireImage(plan, service),
    imagePullPolicy: 'IfNotPresent',
    env: service.variables.map((variable) => envEntry(objectName(service), variable)),
    ports: portsOf(service).map(({ name, port, protocol }) => {
      const entry = { name, containerPort: port, ...(onHost ? { hostPort: port } : {}), protocol }
      return onHost && protocol === 'TCP'
        ? commented(entry, "The machine's firewall must keep this one closed: it answers everybody.")
        : entry
    }),
    resources: {
      requests: commented(size, 'What the network requires. A machine needs a little more than this to take the pod.'),
      limits: size,
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    },
    ...more,
  }
}
