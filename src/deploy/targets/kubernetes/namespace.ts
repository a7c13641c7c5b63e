/** The namespace. What pod security it grants is said, since a cluster's default may be too strict for it. */
import { commented, type TargetFile, type TargetPlan } from '../target-file.js'
import { requireExposure } from './require-settings.js'

export function namespaceManifest(plan: TargetPlan): TargetFile {
  const { namespace } = plan.deployment.options.kubernetes
  return {
    path: 'namespace.yaml',
    secret: false,
    about: [
      `Namespace ${namespace}, for this operator alone. Apply it first; it is not in kustomization.yaml, so that`,
      'kubectl delete -k . leaves it. Deleting it deletes the data of the database.',
    ],
    body: {
      kind: 'yaml',
      documents: [
        {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: {
            name: namespace,
            labels: {
              'pod-security.kubernetes.io/enforce':
                requireExposure(plan) === 'host-network'
                  ? commented('privileged', "no stricter level lets a pod have the host's network")
                  : 'restricted',
            },
          },
        },
      ],
    },
  }
}
