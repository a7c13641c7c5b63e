/** Emitted manifests as Kubernetes would have them, by kind and name, and the two deployments that tests emit. */
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import type { IContainer } from 'kubernetes-models/v1/Container'
import type { INamespace } from 'kubernetes-models/v1/Namespace'
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec'
import type { ISecret } from 'kubernetes-models/v1/Secret'
import type { IService } from 'kubernetes-models/v1/Service'
import { expect } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { renderTargetFile } from '../../src/deploy/render-target-file.js'
import { kubernetesFiles } from '../../src/deploy/targets/kubernetes.js'
import type { TargetPlan } from '../../src/deploy/targets/target-file.js'
import { PLAN_DESCRIPTION, type PlanChoice, type PlanOverrides, planOf } from './target-plan.js'

interface Kinds {
  readonly StatefulSet: IStatefulSet
  readonly Service: IService
  readonly Secret: ISecret
  readonly NetworkPolicy: INetworkPolicy
  readonly PodDisruptionBudget: IPodDisruptionBudget
  readonly Namespace: INamespace
}
type Kind = keyof Kinds

export const [N0, N1] = PLAN_DESCRIPTION.nodes
export const BALANCED: PlanOverrides = { kubernetes: { exposure: 'load-balancer' } }
export const ON_HOSTS: PlanOverrides = {
  kubernetes: { exposure: 'host-network', host_cidrs: ['10.0.20.0/24', '10.244.0.0/16'], storage_class: 'fast' },
  nodes: [
    { ...N0, host: 'machine-1' },
    { ...N1, host: 'machine-2', primary_port: 4010 },
  ],
}
export const EXPOSURES = [
  ['load-balancer', BALANCED],
  ['host-network', ON_HOSTS],
] as const

export const textsOf = (plan: TargetPlan): ReadonlyMap<string, string> =>
  new Map(kubernetesFiles(plan).map((file) => [file.path, renderTargetFile(file)]))

/** As both YAML 1.1, which Kubernetes reads, and 1.2 understand it. */
export function documentsIn(text: string): readonly unknown[] {
  const [old, current] = (['1.1', '1.2'] as const).map((version) =>
    parseAllDocuments(text, { version }).map((document) => document.toJS() as unknown),
  )
  expect(old).toEqual(current)
  // Readers in other languages take these for line breaks, or refuse them, unless they are escaped.
  expect(text).not.toMatch(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/)
  return current ?? []
}

export class Manifests {
  readonly all: readonly (Kinds[Kind] & { readonly kind: Kind })[]

  constructor(plan: TargetPlan) {
    const texts = [...textsOf(plan)].filter(([path]) => path !== 'kustomization.yaml').map(([, text]) => text)
    this.all = texts.flatMap(documentsIn) as typeof this.all
  }

  ofKind<K extends Kind>(kind: K): readonly Kinds[K][] {
    return this.all.filter((one) => one.kind === kind) as unknown as readonly Kinds[K][]
  }

  get<K extends Kind>(kind: K, name: string): Kinds[K] {
    const found = this.ofKind(kind).find(({ metadata }) => metadata?.name === name)
    if (!found) throw new Error(`no ${kind} ${name}`)
    return found
  }
}
export const manifestsOf = (overrides: PlanOverrides, choice?: PlanChoice): Manifests =>
  new Manifests(planOf(overrides, choice))
export const podOf = (set: IStatefulSet): { readonly spec: IPodSpec; readonly container: IContainer } => {
  const spec = set.spec?.template.spec
  const container = spec?.containers[0]
  if (!spec || !container) throw new Error('no pod')
  return { spec, container }
}
