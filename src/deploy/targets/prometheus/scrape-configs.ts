/** Jobs and their targets. Alerts tell services and clusters apart by these labels. */

import { checksumAddress } from '../../../base/address.js'
import { WcnError } from '../../../errors/wcn-error.js'
import { describeService, originOf } from '../machines.js'
import { commented, type PlannedService, type TargetPlan, type YamlValue } from '../target-file.js'

export const NODE_JOB = 'wcn_node'
export const DATABASE_JOB = 'wcn_db'

/** Alerts look back five minutes at least: ten scrapes. */
const SCRAPE_INTERVAL = '30s'
const THIS_MACHINE = '127.0.0.1'

/** Throws SETTING_MISSING. */
export function scrapeConfigs(plan: TargetPlan): YamlValue {
  requireDistinctTargets(plan)
  const jobs = [
    { name: NODE_JOB, services: plan.services.filter(({ node }) => node !== null) },
    { name: DATABASE_JOB, services: plan.services.filter(({ node }) => node === null) },
  ]
  return jobs
    .filter(({ services }) => services.length > 0)
    .map(({ name, services }) => ({
      job_name: name,
      metrics_path: '/metrics',
      scrape_interval: SCRAPE_INTERVAL,
      scrape_timeout: '10s',
      static_configs: services.map((planned) => ({
        targets: [commented(targetOf(plan, planned), whence(plan, planned))],
        labels: labelsOf(plan, planned),
      })),
    }))
}

/** As Prometheus labels the services. `contract` keeps clusters apart where one Prometheus watches several. */
function labelsOf({ deployment }: TargetPlan, { node, peerId }: PlannedService): Readonly<Record<string, string>> {
  return {
    ...(deployment.contractAddress === null ? {} : { contract: checksumAddress(deployment.contractAddress) }),
    ...(node === null ? {} : { node: node.name }),
    peer_id: peerId,
    ...(node === null ? {} : { primary: String(node.primary) }),
  }
}

function targetOf({ deployment }: TargetPlan, { service, node }: PlannedService): string {
  const address = service.metricsAddress ?? (node === null ? deployment.database.address : THIS_MACHINE)
  return `${address}:${service.metricsPort}`
}

function whence(plan: TargetPlan, planned: PlannedService): string {
  if (planned.service.metricsAddress !== null) return originOf(plan, planned, 'metrics_address')
  return planned.node === null
    ? originOf(plan, planned, 'address')
    : 'this machine; set metrics_address where Prometheus is on another one'
}

/** One process would be seen twice, and the other's end by nobody. */
function requireDistinctTargets(plan: TargetPlan): void {
  const taken = new Map<string, PlannedService>()
  for (const planned of plan.services) {
    const target = targetOf(plan, planned)
    const first = taken.get(target)
    if (first) {
      throw new WcnError(
        'SETTING_MISSING',
        `Prometheus would scrape ${describeService(first)} and ${describeService(planned)} both at ${target}`,
        { hint: 'set metrics_address of each to the name or address at which Prometheus reaches it' },
      )
    }
    taken.set(target, planned)
  }
}
