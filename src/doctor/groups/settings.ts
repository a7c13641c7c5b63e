/** What is set, what is wrong with it, and what more could be looked at with more of it. */
import { type Check, check } from '../../base/check.js'
import type { EffectiveSetting } from '../../settings/describe-settings.js'
import type { DoctorContext } from '../doctor-context.js'

/** Without these nothing but files can be looked at. */
const NEEDED: Readonly<Record<string, string>> = {
  contract_address: 'set SMART_CONTRACT_ADDRESS or --contract-address; `wcn init` leads through everything',
  rpc_urls: 'set RPC_PROVIDER_URL or --rpc-url; --env-file FILE takes it from one of your nodes',
}
/** Any of these says who the operator is. */
const OF_OPERATOR = ['operator', 'private_key', 'private_key_file', 'keystore']
const NO_OPERATOR = check(
  'operator',
  'skip',
  'which operator is yours is not set: its nodes, funds and place in the cluster are not looked at',
  'set WCN_OPERATOR or --operator to its address',
)

export async function settings({ services }: DoctorContext): Promise<readonly Check[]> {
  const described = services.settings.describe()
  const wrong = described.filter(({ problem }) => problem !== null)
  const isSet = (names: readonly string[]) =>
    described.some(({ name, value, problem }) => names.includes(name) && (value !== null || problem !== null))
  const missing = Object.entries(NEEDED).filter(([name]) => !isSet([name]))
  const given = described.filter(({ value, source }) => value !== null && source !== 'default')
  const findings = [
    ...wrong.map(({ name, title, problem }) =>
      check(name, 'fail', `${title}: ${problem}`, '`wcn config show` shows every setting and where it comes from'),
    ),
    ...missing.map(([name, hint]) => check(name, 'fail', `${titleOf(described, name)} is not set`, hint)),
  ]
  return [
    ...(findings.length > 0
      ? findings
      : [check('settings', 'pass', `${given.length} settings are set, and all can be read`)]),
    ...(isSet(OF_OPERATOR) ? [] : [NO_OPERATOR]),
  ]
}

function titleOf(described: readonly EffectiveSetting[], name: string): string {
  return described.find((one) => one.name === name)?.title ?? name
}
