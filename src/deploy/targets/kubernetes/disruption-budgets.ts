/** What a drain of a machine, or a cluster that shrinks, may take away (the onboarding document, "Availability"). */
import { commented, type TargetFile, type TargetPlan, type YamlValue } from '../target-file.js'
import { type Component, componentLabels } from './names.js'

export function disruptionBudgets(plan: TargetPlan): TargetFile {
  const { namespace } = plan.deployment.options.kubernetes
  const emitted = (component: Component) =>
    plan.services.some(({ node }) => (node === null ? 'database' : 'node') === component)
  const budget = (component: Component, name: string, maxUnavailable: YamlValue): readonly YamlValue[] =>
    emitted(component)
      ? [
          {
            apiVersion: 'policy/v1',
            kind: 'PodDisruptionBudget',
            metadata: { name, namespace, labels: componentLabels(component) },
            spec: { maxUnavailable, selector: { matchLabels: componentLabels(component) } },
          },
        ]
      : []
  return {
    path: 'disruption-budget.yaml',
    secret: false,
    about: [
      'A drain takes one node at a time, and never the database: it waits until you enter a maintenance of the network',
      `(wcn maintenance enter) and delete the pod yourself (kubectl -n ${namespace} delete pod wcn-db-0).`,
    ],
    body: {
      kind: 'yaml',
      documents: [
        ...budget('database', 'wcn-db', commented(0, 'on purpose: an eviction would be outside of a maintenance')),
        ...budget('node', 'wcn-nodes', 1),
      ],
    },
  }
}
