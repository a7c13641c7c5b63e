/** Who may connect to whom. The database serves everybody who reaches it: the policy is what keeps others away. */
import { portsOf } from '../../model/deployment.js'
import {
  commented,
  type PlannedService,
  sharedFile,
  type TargetFile,
  type TargetPlan,
  type YamlMap,
} from '../target-file.js'
import { componentLabels, objectOf, podLabels, SCRAPER } from './objects.js'
import { requireExposure } from './require-settings.js'

/** None where no policy applies to anything. */
export function networkPolicies(plan: TargetPlan): readonly TargetFile[] {
  const onHost = requireExposure(plan) === 'host-network'
  const documents = plan.services
    .filter(({ kind }) => kind === 'database' || !onHost)
    .map((service) => policyOf(plan, service, onHost))
  if (documents.length === 0) return []
  const [scraper, yes] = Object.entries(SCRAPER)[0] ?? []
  const about = [
    'Only nodes reach the database. The network plugin of the cluster has to enforce network policies.',
    `Metrics are for pods with the label ${scraper}: "${yes}", in any namespace: give it to Prometheus.`,
    ...(onHost
      ? [
          "Nodes are on their machines' network, to which no policy applies: firewalls of the machines have to close their",
          'metrics ports. They come to the database from the addresses in kubernetes.host_cidrs; on an overlay network',
          "these are the addresses of the machines' tunnels. Cilium has to match machines by address (policyCIDRMatchMode: nodes).",
        ]
      : []),
  ]
  return [sharedFile('network-policy.yaml', about, documents)]
}

function policyOf(plan: TargetPlan, service: PlannedService, onHost: boolean): YamlMap {
  const ports = (protocol: 'UDP' | 'TCP') =>
    portsOf(service).flatMap((one) => (one.protocol === protocol ? [{ port: one.port, protocol }] : []))
  const rpc = service.kind === 'node' ? {} : { from: nodesIn(plan, onHost) }
  return objectOf(plan, service, ['networking.k8s.io/v1', 'NetworkPolicy'], {
    podSelector: { matchLabels: podLabels(service) },
    policyTypes: ['Ingress'],
    ingress: [
      { ...rpc, ports: ports('UDP') },
      { from: [{ namespaceSelector: {}, podSelector: { matchLabels: SCRAPER } }], ports: ports('TCP') },
    ],
  })
}

function nodesIn({ deployment, origin }: TargetPlan, onHost: boolean): readonly YamlMap[] {
  if (!onHost) return [{ podSelector: { matchLabels: componentLabels('node') } }]
  return deployment.options.kubernetes.hostCidrs.map((cidr, i) => ({
    ipBlock: { cidr: commented(cidr, origin(['kubernetes', 'host_cidrs', i])) },
  }))
}
