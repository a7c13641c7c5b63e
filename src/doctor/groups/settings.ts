/** What is set, what is wrong with it, and what more could be looked at with more of it. */
import { check } from '../../base/check.js'
import type { EffectiveSetting } from '../../settings/describe-settings.js'
import type { Group } from '../context.js'

/** Without these nothing but files can be looked at. */
const NEEDED: Readonly<Record<string, string>> = {
  contract_address: 'set SMART_CONTRACT_ADDRESS or --contract-address; `wcn init` leads through everything',
  rpc_urls: 'set RPC_PROVIDER_URL or --rpc-url; --env-file FILE takes it from one of your nodes',
}
/** Any of these says who the operator is. */
const OF_OPERATOR = ['operator', 'private_key', 'private_key_file', 'keystore']

const isSet = (described: readonly EffectiveSetting[], names: readonly string[]) =>
  described.some(({ name, value, problem }) => names.includes(name) && (value !== null || problem !== null))

export const settings: Group = {
  async settings({ services }) {
    const described = services.settings.describe()
    const findings = [
      ...described.flatMap(({ name, title, problem }) =>
        problem === null
          ? []
          : [
              check(
                name,
                'fail',
                `${title}: ${problem}`,
                '`wcn config show` shows every setting and where it comes from',
              ),
            ],
      ),
      ...Object.entries(NEEDED).flatMap(([name, hint]) => {
        const title = described.find((one) => one.name === name)?.title ?? name
        return isSet(described, [name]) ? [] : [check(name, 'fail', `${title} is not set`, hint)]
      }),
    ]
    if (findings.length > 0) return findings
    const given = described.filter(({ value, source }) => value !== null && source !== 'default')
    return ['pass', `${given.length} settings are set, and all can be read`]
  },
  async operator({ services }) {
    if (isSet(services.settings.describe(), OF_OPERATOR)) return null
    return [
      'skip',
      'which operator is yours is not set: its nodes, funds and place in the cluster are not looked at',
      'set WCN_OPERATOR or --operator to its address',
    ]
  },
}
