/** What Prometheus scrapes, and the alerts it raises: what an operator has to know about before the network does. */
import { type Address, checksumAddress } from '../../base/address.js'
import { WcnError } from '../../errors/wcn-error.js'
import { alertRules, DATABASE_JOB, NODE_JOB } from './prometheus-alerts.js'
import { CLUSTER_JOB, clusterDashboard, clusterRules } from './prometheus-cluster.js'
import {
  commented,
  originOf,
  type PlannedService,
  sharedFile,
  type TargetFile,
  type TargetPlan,
  type YamlMap,
} from './target-file.js'

/** Alerts look back five minutes at least: ten scrapes. */
const SCRAPE_INTERVAL = '30s'
const THIS_MACHINE = '127.0.0.1'

/** Throws SETTING_MISSING where two services would be scraped at one address. */
export function prometheusFiles(plan: TargetPlan): readonly TargetFile[] {
  return [
    sharedFile(
      'prometheus.yml',
      [
        'What Prometheus scrapes. Name this file under scrape_config_files of your prometheus.yml (from 2.43 on), or put its',
        'jobs under scrape_configs there. The rules beside it go by the names of the jobs and by their labels.',
        'Metrics servers answer everybody: let only Prometheus reach them. Only /metrics is scraped; a node answers',
        '/metrics/cluster by asking the whole cluster.',
      ],
      [{ scrape_configs: scrapeConfigs(plan) }],
    ),
    sharedFile(
      'wcn.rules.yml',
      [
        'Alerts. Name this file under rule_files of your prometheus.yml and send severity page to whoever is on call.',
        'In a maintenance of the network the alerts about the database are right and expected: silence them.',
      ],
      [{ groups: [{ name: 'wcn', rules: alertRules(plan) }] }],
    ),
    ...(plan.deployment.options.exporter === null ? [] : clusterFiles()),
  ]
}

/** What `wcn cluster exporter` tells needs rules of its own, and a picture. */
function clusterFiles(): readonly TargetFile[] {
  return [
    sharedFile(
      'wcn-cluster.rules.yml',
      [
        'Alerts about the cluster as a whole, from what wcn cluster exporter serves. Name this file under rule_files, too.',
        'One such file is enough, however many clusters that Prometheus watches.',
      ],
      [{ groups: [{ name: CLUSTER_JOB, rules: clusterRules() }] }],
    ),
    sharedFile('wcn-cluster.dashboard.json', [], { json: clusterDashboard() }),
  ]
}

/** Jobs and their targets. Alerts tell services and clusters apart by these labels. */
function scrapeConfigs(plan: TargetPlan): readonly YamlMap[] {
  requireDistinctTargets(plan)
  const jobs = [
    { name: NODE_JOB, services: plan.services.filter(({ kind }) => kind === 'node') },
    { name: DATABASE_JOB, services: plan.services.filter(({ kind }) => kind === 'database') },
  ]
  const services = jobs
    .filter(({ services }) => services.length > 0)
    .map(({ name, services }) =>
      job(
        name,
        services.map((service) => ({
          targets: [commented(targetOf(service), whence(plan, service))],
          labels: labelsOf(plan, service),
        })),
      ),
    )
  return [...services, ...clusterJob(plan)]
}

/** The exporter looks once a minute by itself. */
function clusterJob({ deployment: { contractAddress, options }, origin }: TargetPlan): readonly YamlMap[] {
  if (options.exporter === null) return []
  const target = commented(options.exporter, origin(['prometheus', 'exporter']))
  return [job(CLUSTER_JOB, [{ targets: [target], labels: contractLabel(contractAddress) }])]
}

function job(name: string, targets: readonly YamlMap[]): YamlMap {
  return {
    job_name: name,
    metrics_path: '/metrics',
    scrape_interval: SCRAPE_INTERVAL,
    scrape_timeout: '10s',
    static_configs: targets,
  }
}

/** Keeps clusters apart where one Prometheus watches several. */
function contractLabel(contract: Address | null): YamlMap {
  return contract === null ? {} : { contract: checksumAddress(contract) }
}

/** As Prometheus labels the services. */
function labelsOf({ deployment: { contractAddress } }: TargetPlan, service: PlannedService): YamlMap {
  return {
    ...contractLabel(contractAddress),
    ...(service.kind === 'node' ? { node: service.name } : {}),
    peer_id: service.peerId,
    ...(service.kind === 'node' ? { primary: String(service.primary) } : {}),
  }
}

function targetOf(service: PlannedService): string {
  const usual = service.kind === 'node' ? THIS_MACHINE : service.address
  return `${service.metricsAddress ?? usual}:${service.metricsPort}`
}

function whence(plan: TargetPlan, service: PlannedService): string {
  if (service.metricsAddress !== null) return originOf(plan, service, 'metrics_address')
  return service.kind === 'node'
    ? 'this machine; set metrics_address where Prometheus is on another one'
    : originOf(plan, service, 'address')
}

/** One process would be seen twice, and the other's end by nobody. */
function requireDistinctTargets({ services }: TargetPlan): void {
  const targets = services.map(targetOf)
  const late = services.find((_, i) => targets.indexOf(targets[i] ?? '') < i)
  if (late === undefined) return
  const target = targetOf(late)
  throw new WcnError(
    'SETTING_MISSING',
    `Prometheus would scrape ${services[targets.indexOf(target)]?.title} and ${late.title} both at ${target}`,
    { hint: 'set metrics_address of each to the name or address at which Prometheus reaches it' },
  )
}
