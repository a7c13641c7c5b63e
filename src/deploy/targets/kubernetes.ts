/**
 * Kubernetes manifests. They may be committed: what is secret is in files of its own. Nothing that is applied restarts
 * anything by itself, since the network wants nodes one by one and the database in a maintenance only.
 */
import { databaseManifest } from './kubernetes/database.js'
import { disruptionBudgets } from './kubernetes/disruption-budgets.js'
import { namespaceManifest } from './kubernetes/namespace.js'
import { networkPolicies } from './kubernetes/network-policies.js'
import { nodeManifest } from './kubernetes/node.js'
import { requireSettings } from './kubernetes/require-settings.js'
import { secretManifest } from './kubernetes/secrets.js'
import { isNode } from './machines.js'
import type { TargetFile, TargetPlan } from './target-file.js'

/**
 * Throws SETTING_MISSING for what only the operator can choose, SETTING_INVALID for names and paths that Kubernetes
 * can't carry, PORT_INVALID, VALUE_NOT_ENCODABLE, OUTPUT_UNSAFE for a database that everybody could reach.
 */
export function kubernetesFiles(plan: TargetPlan): readonly TargetFile[] {
  requireSettings(plan)
  const manifests = [
    ...plan.services.map((planned) =>
      isNode(planned) ? nodeManifest(plan, planned) : databaseManifest(plan, planned),
    ),
    ...networkPolicies(plan),
    disruptionBudgets(plan),
  ]
  return [
    kustomization(plan, manifests),
    namespaceManifest(plan),
    ...manifests,
    ...plan.services.map((planned) => secretManifest(plan, planned)),
  ]
}

/** Without the namespace: whoever deletes the kustomization would delete the database's volume with it. */
function kustomization({ deployment }: TargetPlan, manifests: readonly TargetFile[]): TargetFile {
  const { namespace } = deployment.options.kubernetes
  return {
    path: 'kustomization.yaml',
    secret: false,
    about: [
      'Everything but the namespace and the secrets, which come first. In this folder:',
      '  kubectl apply -f namespace.yaml',
      '  kubectl replace --force -f secrets/',
      '  kubectl apply -k .',
      'Keep secrets/ out of version control. They are replaced, not applied: apply keeps what a Secret no longer has.',
      'Applying restarts nothing. What runs takes a change over when its pod is deleted: nodes one at a time, the next when',
      `the one before is ready (kubectl -n ${namespace} get pods); the database in a maintenance only.`,
      'kubectl delete -k . stops everything and keeps the namespace, the secrets and the data.',
    ],
    body: {
      kind: 'yaml',
      documents: [
        {
          apiVersion: 'kustomize.config.k8s.io/v1beta1',
          kind: 'Kustomization',
          resources: manifests.map(({ path }) => path),
        },
      ],
    },
  }
}
