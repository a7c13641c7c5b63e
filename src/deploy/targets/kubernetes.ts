/**
 * Kubernetes manifests. They may be committed: what is secret is in files of its own. Nothing that is applied restarts
 * anything by itself, since the network wants nodes one by one and the database in a maintenance only.
 */
import { networkPolicies } from './kubernetes/network-policies.js'
import { componentLabels, objectName } from './kubernetes/objects.js'
import { isSecret, requireText } from './kubernetes/pod.js'
import { requireExposure, requireSettings } from './kubernetes/require-settings.js'
import { databaseManifest, nodeManifest } from './kubernetes/workloads.js'
import {
  commented,
  type PlannedService,
  sharedFile,
  type TargetFile,
  type TargetPlan,
  type YamlMap,
  type YamlValue,
} from './target-file.js'

/**
 * Throws SETTING_MISSING for what only the operator can choose, SETTING_INVALID for names and paths that Kubernetes
 * can't carry, PORT_INVALID, VALUE_NOT_ENCODABLE, OUTPUT_UNSAFE for a database that everybody could reach.
 */
export function kubernetesFiles(plan: TargetPlan): readonly TargetFile[] {
  requireSettings(plan)
  const manifests = [
    ...plan.services.map((service) =>
      service.kind === 'node' ? nodeManifest(plan, service) : databaseManifest(plan, service),
    ),
    ...networkPolicies(plan),
    disruptionBudgets(plan),
  ]
  return [
    kustomization(plan, manifests),
    namespaceManifest(plan),
    ...manifests,
    ...plan.services.map((service) => secretManifest(plan, service)),
  ]
}

/** Without the namespace: whoever deletes the kustomization would delete the database's volume with it. */
function kustomization({ deployment }: TargetPlan, manifests: readonly TargetFile[]): TargetFile {
  const { namespace } = deployment.options.kubernetes
  return sharedFile(
    'kustomization.yaml',
    [
      'Everything but the namespace and the secrets, which come first. In this folder:',
      '  kubectl apply -f namespace.yaml',
      '  kubectl replace --force -f secrets/',
      '  kubectl apply -k .',
      'Keep secrets/ out of version control. They are replaced, not applied: apply keeps what a Secret no longer has.',
      'Applying restarts nothing. What runs takes a change over when its pod is deleted: nodes one at a time, the next when',
      `the one before is ready (kubectl -n ${namespace} get pods); the database in a maintenance only.`,
      'kubectl delete -k . stops everything and keeps the namespace, the secrets and the data.',
    ],
    [
      {
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: manifests.map(({ path }) => path),
      },
    ],
  )
}

/** What pod security it grants is said, since a cluster's default may be too strict for it. */
function namespaceManifest(plan: TargetPlan): TargetFile {
  const { namespace } = plan.deployment.options.kubernetes
  const enforced =
    requireExposure(plan) === 'host-network'
      ? commented('privileged', "no stricter level lets a pod have the host's network")
      : 'restricted'
  return sharedFile(
    'namespace.yaml',
    [
      `Namespace ${namespace}, for this operator alone. Apply it first; it is not in kustomization.yaml, so that`,
      'kubectl delete -k . leaves it. Deleting it deletes the data of the database.',
    ],
    [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': enforced } },
      },
    ],
  )
}

/** What a drain of a machine, or a cluster that shrinks, may take away (the onboarding document, "Availability"). */
function disruptionBudgets({ deployment, services }: TargetPlan): TargetFile {
  const { namespace } = deployment.options.kubernetes
  const budget = (kind: PlannedService['kind'], name: string, maxUnavailable: YamlValue): YamlMap => {
    const labels = componentLabels(kind)
    return {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name, namespace, labels },
      spec: { maxUnavailable, selector: { matchLabels: labels } },
    }
  }
  const none = commented(0, 'on purpose: an eviction would be outside of a maintenance')
  const has = (kind: PlannedService['kind']) => services.some((service) => service.kind === kind)
  return sharedFile(
    'disruption-budget.yaml',
    [
      'A drain takes one node at a time, and never the database: it waits until you enter a maintenance of the network',
      `(wcn maintenance enter) and delete the pod yourself (kubectl -n ${namespace} delete pod wcn-db-0).`,
    ],
    [
      ...(has('database') ? [budget('database', 'wcn-db', none)] : []),
      ...(has('node') ? [budget('node', 'wcn-nodes', 1)] : []),
    ],
  )
}

/** Throws VALUE_NOT_ENCODABLE. */
function secretManifest({ deployment }: TargetPlan, owner: PlannedService): TargetFile {
  const name = objectName(owner)
  const stringData = Object.fromEntries(
    owner.variables
      .filter(isSecret)
      .map((variable) => [variable.name, commented(requireText(variable), variable.origin)]),
  )
  return {
    path: `secrets/${name}.yaml`,
    secret: true,
    owner,
    about: [
      `${name}: holds secrets, keep it at mode 0600 and out of version control.`,
      'kubectl replace --force -f THIS_FILE, the first time too: apply would keep a key that is no longer in here.',
    ],
    body: [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace: deployment.options.kubernetes.namespace },
        type: 'Opaque',
        stringData,
      },
    ],
  }
}
