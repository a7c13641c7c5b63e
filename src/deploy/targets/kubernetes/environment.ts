/** Which variables are secret on Kubernetes, and how a container has the others. */
import { WcnError } from '../../../errors/wcn-error.js'
import type { EnvVariable } from '../../model/service-values.js'
import { SIGNING_KEY_VARIABLE } from '../../model/service-variables.js'
import { commented, type YamlMap } from '../target-file.js'

/** A URL of a provider has a token in it, as a rule. */
const SECRET_VARIABLES = ['SECRET_KEY', 'SMART_CONTRACT_ENCRYPTION_KEY', SIGNING_KEY_VARIABLE, 'RPC_PROVIDER_URL']

export function isSecret({ name }: EnvVariable): boolean {
  return SECRET_VARIABLES.includes(name)
}

/** Kubernetes replaces `$(NAME)` in values; `$$` is its `$`. Not so in Secrets. Throws VALUE_NOT_ENCODABLE. */
export function envEntry(secretName: string, variable: EnvVariable): YamlMap {
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
