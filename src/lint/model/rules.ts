/** Applies all rules of `config check` that need no chain, in the order in which they report. */
import { type CheckTools, checkServices, type Deployment } from './checked-service.js'
import { applyRules, type Finding, type Rule } from './finding.js'
import type { Found } from './found.js'
import { NAME_RULES } from './names.js'
import { REACH_RULES, RUNNING_RULES } from './rules-of-machines.js'
import { NODE_RULES, PUBLIC_ADDRESS_RULE } from './rules-of-nodes.js'
import { VALUE_RULES } from './values.js'

const RULES: readonly Rule<Deployment>[] = [
  ...NAME_RULES,
  ...VALUE_RULES,
  ...NODE_RULES,
  ...REACH_RULES,
  PUBLIC_ADDRESS_RULE,
  ...RUNNING_RULES,
]

/** What readers noticed has the name of their rule already. */
const NO_REMARK: Rule<Found> = {
  id: 'dialect',
  passed: 'no value is cut or changed on its way',
  judge: ({ services, remarks }) => (remarks.length > 0 || services.length === 0 ? null : []),
}

export async function checkOffline(
  found: Found,
  tools: CheckTools,
): Promise<{ readonly findings: readonly Finding[]; readonly deployment: Deployment }> {
  const deployment = { ...tools, ...(await checkServices(found, tools)) }
  return {
    deployment,
    findings: [...found.remarks, ...applyRules([NO_REMARK], found), ...applyRules(RULES, deployment)],
  }
}
