/** What objects are called on Kubernetes, and the labels by which they find each other. */

import { quote } from '../../../base/quote.js'
import { WcnError } from '../../../errors/wcn-error.js'
import { originOf } from '../machines.js'
import type { PlannedService, TargetPlan } from '../target-file.js'

/**
 * An RFC 1123 label. A StatefulSet's pods get a label of its name and a hash of ten characters: it must not be longer
 * than 52, and `wcn-node-` is in front.
 */
const NODE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,41}[a-z0-9])?$/

export type Component = 'database' | 'node'
type Labels = Readonly<Record<string, string>>

/** Pods with this label, in any namespace, may scrape metrics. */
export const SCRAPER: Labels = { 'wcn-scraper': 'true' }

export function objectName({ node }: PlannedService): string {
  return node === null ? 'wcn-db' : `wcn-node-${node.name}`
}

/** The headless service that governs the pod of a StatefulSet; by its name, metrics are scraped. */
export function metricsServiceName(planned: PlannedService): string {
  return `${objectName(planned)}-metrics`
}

/** Of every pod of a component. */
export function componentLabels(component: Component): Labels {
  return { 'app.kubernetes.io/name': 'wcn', 'app.kubernetes.io/component': component }
}

/** Of the pod of a service alone. */
export function podLabels(planned: PlannedService): Labels {
  return {
    ...componentLabels(planned.node === null ? 'database' : 'node'),
    'app.kubernetes.io/instance': objectName(planned),
  }
}

/** Throws SETTING_INVALID. Nothing is derived: two names could become one. */
export function requireObjectName(plan: TargetPlan, planned: PlannedService): void {
  const { node } = planned
  if (node === null || NODE_NAME.test(node.name)) return
  throw new WcnError(
    'SETTING_INVALID',
    `${originOf(plan, planned, 'name')} is ${quote(node.name)}, which can't be a name on Kubernetes`,
    { hint: 'use small letters, digits and "-", 43 characters at most' },
  )
}
