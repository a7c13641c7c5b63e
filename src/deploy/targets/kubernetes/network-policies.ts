/** Who may connect to whom. The database serves everybody who reaches it: the policy is what keeps others away. */
import { commented, type PlannedService, type TargetFile, type TargetPlan, type YamlValue } from '../target-file.js'
import { componentLabels, objectName, podLabels, SCRAPER } from './names.js'
import { requireExposure } from './require-settings.js'
import { metadataOf } from './stateful-set.js'

/** None where no policy applies to anything. */
export function networkPolicies(plan: TargetPlan): readonly TargetFile[] {
  const onHost = requireExposure(plan) === 'host-network'
  const documents = plan.services.flatMap((planned) => {
    if (planned.node === null) return [databasePolicy(plan, planned, onHost)]
    return onHost ? [] : [policy(plan, planned, [{ ports: rpcPortsOf(planned) }, metricsRule(planned)])]
  })
  return documents.length === 0 ? [] : [policyFile(documents, onHost)]
}

function policyFile(documents: readonly YamlValue[], onHost: boolean): TargetFile {
  const [scraper, yes] = Object.entries(SCRAPER)[0] ?? []
  return {
    path: 'network-policy.yaml',
    secret: false,
    about: [
      'Only nodes reach the database. The network plugin of the cluster has to enforce network policies.',
      `Metrics are for pods with the label ${scraper}: "${yes}", in any namespace: give it to Prometheus.`,
      ...(onHost
        ? [
            "Nodes are on their machines' network, to which no policy applies: firewalls of the machines have to close their",
            'metrics ports. They come to the database from the addresses in kubernetes.host_cidrs; on an overlay network',
            "these are the addresses of the machines' tunnels. Cilium has to match machines by address (policyCIDRMatchMode: nodes).",
          ]
        : []),
    ],
    body: { kind: 'yaml', documents },
  }
}

function databasePolicy(plan: TargetPlan, planned: PlannedService, onHost: boolean): YamlValue {
  const from = onHost
    ? plan.deployment.options.kubernetes.hostCidrs.map((cidr, i) => ({
        ipBlock: { cidr: commented(cidr, plan.origin(['kubernetes', 'host_cidrs', i])) },
      }))
    : [{ podSelector: { matchLabels: componentLabels('node') } }]
  return policy(plan, planned, [{ from, ports: rpcPortsOf(planned) }, metricsRule(planned)])
}

function policy(plan: TargetPlan, planned: PlannedService, ingress: readonly YamlValue[]): YamlValue {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(plan, planned, objectName(planned)),
    spec: { podSelector: { matchLabels: podLabels(planned) }, policyTypes: ['Ingress'], ingress },
  }
}

function rpcPortsOf({ service }: PlannedService): YamlValue {
  return [
    { port: service.primaryPort, protocol: 'UDP' },
    { port: service.secondaryPort, protocol: 'UDP' },
  ]
}

function metricsRule({ service }: PlannedService): YamlValue {
  return {
    from: [{ namespaceSelector: {}, podSelector: { matchLabels: SCRAPER } }],
    ports: [{ port: service.metricsPort, protocol: 'TCP' }],
  }
}
