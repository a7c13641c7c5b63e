/** What the pods of database and nodes have in common: one container that runs as the images' user and may nothing. */
import { WcnError } from '../../../errors/wcn-error.js'
import { portsOf } from '../../model/deployment.js'
import type { EnvVariable } from '../../model/service-values.js'
import { SIGNING_KEY_VARIABLE } from '../../model/service-variables.js'
import { requireImage } from '../required-settings.js'
import { commented, type PlannedService, type TargetPlan, type YamlMap } from '../target-file.js'
import { objectName } from './objects.js'

/** Of the images (docs/dev/network/node-protocol.md, "Environment that wcn_db and wcn_node read"). */
const UID = 1001

/** A URL of a provider has a token in it, as a rule. */
const SECRET_VARIABLES = ['SECRET_KEY', 'SMART_CONTRACT_ENCRYPTION_KEY', SIGNING_KEY_VARIABLE, 'RPC_PROVIDER_URL']

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

export function isSecret({ name }: EnvVariable): boolean {
  return SECRET_VARIABLES.includes(name)
}

/** Kubernetes replaces `$(NAME)` in values; `$$` is its `$`. Not so in Secrets. Throws VALUE_NOT_ENCODABLE. */
function envEntry(secretName: string, variable: EnvVariable): YamlMap {
  const { name, origin } = variable
  return isSecret(variable)
    ? { name, valueFrom: { secretKeyRef: { name: secretName, key: name } } }
    : { name, value: commented(requireText(variable).replaceAll('$', '$$$$'), origin) }
}

/** YAML carries the rest; a process's environment can't hold NUL, nor UTF-8 half a character. Throws VALUE_NOT_ENCODABLE. */
export function requireText({ name, value }: EnvVariable): string {
  if (!/[\0\p{Cs}]/u.test(value)) return value
  throw new WcnError(
    'VALUE_NOT_ENCODABLE',
    `the value of ${name} contains a NUL character or is not Unicode text, which no environment can hold`,
    { hint: 'change the value; it must reach the service exactly as it is', details: { variable: name } },
  )
}
