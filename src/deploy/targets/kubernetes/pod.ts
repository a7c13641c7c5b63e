/** What the pods of database and nodes have in common: one container that runs as the images' user and may nothing. */
import { commented, type EnvVariable, type PlannedService, type TargetPlan, type YamlValue } from '../target-file.js'
import { objectName } from './names.js'
import { requireImage } from './require-settings.js'
import { isSecret, requireText } from './secrets.js'

/** Of the images (docs/dev/network/node-protocol.md, "Environment that wcn_db and wcn_node read"). */
const UID = 1001

type YamlMap = { readonly [key: string]: YamlValue }

export interface Container {
  /** As Kubernetes writes them: cores, and memory with a unit. What the onboarding document requires. */
  readonly cpu: string
  readonly memory: string
  /** Whether the ports are the machine's. */
  readonly onHost: boolean
  readonly more: YamlMap
}

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

export function containerOf(
  plan: TargetPlan,
  planned: PlannedService,
  { cpu, memory, onHost, more }: Container,
): YamlMap {
  const size = { cpu, memory }
  return {
    name: planned.node === null ? 'wcn-db' : 'wcn-node',
    image: requireImage(plan, planned),
    imagePullPolicy: 'IfNotPresent',
    env: planned.variables.map((variable) => envEntry(planned, variable)),
    ports: portsOf(planned, onHost),
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

/** Kubernetes replaces `$(NAME)` in values; `$$` is its `$`. Not so in Secrets. */
function envEntry(planned: PlannedService, variable: EnvVariable): YamlValue {
  const { name, origin } = variable
  return isSecret(variable)
    ? { name, valueFrom: { secretKeyRef: { name: objectName(planned), key: name } } }
    : { name, value: commented(requireText(variable).replaceAll('$', '$$$$'), origin) }
}

function portsOf({ service }: PlannedService, onHost: boolean): YamlValue {
  const port = (name: string, containerPort: number, protocol: 'UDP' | 'TCP'): YamlMap => ({
    name,
    containerPort,
    ...(onHost ? { hostPort: containerPort } : {}),
    protocol,
  })
  const metrics = port('metrics', service.metricsPort, 'TCP')
  return [
    port('primary', service.primaryPort, 'UDP'),
    port('secondary', service.secondaryPort, 'UDP'),
    onHost ? commented(metrics, "The machine's firewall must keep this one closed: it answers everybody.") : metrics,
  ]
}
