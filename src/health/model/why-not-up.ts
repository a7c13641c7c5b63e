/** What keeps a node from being counted on, in the words of whoever examined it. */
import { firstFailure } from '../../base/check.js'
import type { NodeHealth } from './node-health.js'

/** What is true of the node, without its name before it. It may quote untrusted text. */
export function whyNotUp({ node, checks, primary, secondary, caughtUp }: NodeHealth): string {
  const found = firstFailure(checks) ?? checks.find(({ status }) => status === 'warn')
  const name = `${node.label}: `
  if (found) return found.summary.startsWith(name) ? found.summary.slice(name.length) : found.summary
  if (caughtUp === false) return 'has not caught up with the chain'
  return `its primary port is ${primary.diagnosis}, its secondary port ${secondary.diagnosis}`
}
