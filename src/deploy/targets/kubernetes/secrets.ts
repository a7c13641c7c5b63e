/** Which variables are secret on Kubernetes, and the Secret each service has them in. */
import { WcnError } from '../../../errors/wcn-error.js'
import { SIGNING_KEY_VARIABLE } from '../../model/service-variables.js'
import { commented, type EnvVariable, type PlannedService, type TargetFile, type TargetPlan } from '../target-file.js'
import { objectName } from './names.js'

/** A URL of a provider has a token in it, as a rule. */
const SECRET_VARIABLES = ['SECRET_KEY', 'SMART_CONTRACT_ENCRYPTION_KEY', SIGNING_KEY_VARIABLE, 'RPC_PROVIDER_URL']

export function isSecret({ name }: EnvVariable): boolean {
  return SECRET_VARIABLES.includes(name)
}

/** Throws VALUE_NOT_ENCODABLE. */
export function secretManifest(plan: TargetPlan, planned: PlannedService): TargetFile {
  const name = objectName(planned)
  const secrets = planned.variables.filter(isSecret)
  return {
    path: `secrets/${name}.yaml`,
    secret: true,
    about: [
      `${name}: holds secrets, keep it at mode 0600 and out of version control.`,
      'kubectl replace --force -f THIS_FILE, the first time too: apply would keep a key that is no longer in here.',
    ],
    body: {
      kind: 'yaml',
      documents: [
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name, namespace: plan.deployment.options.kubernetes.namespace },
          type: 'Opaque',
          stringData: Object.fromEntries(
            secrets.map((variable) => [variable.name, commented(requireText(variable), variable.origin)]),
          ),
        },
      ],
    },
  }
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
