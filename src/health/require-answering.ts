/**
 * `--verify`: what is about to be written is asked first whether it is what it is said to be. A wrong address, a
 * closed port or another node's key is found before the whole network dials it.
 */
import type { Address } from '../base/address.js'
import { firstFailure } from '../base/check.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import { snakeJson } from '../base/snake-json.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { OperatorData } from '../cluster/codec/operator-data.js'
import { freshNodes } from '../cluster/judged-write.js'
import { plainNode } from '../cluster/plain-node.js'
import { WcnError } from '../errors/wcn-error.js'
import type { ExaminerInput } from './examiner.js'
import { requireProof } from './model/advice.js'
import { expectedNode } from './model/expected-node.js'
import type { NodeHealth } from './model/node-health.js'

export interface VerifyInput extends ExaminerInput {
  readonly verify?: boolean
}

/** As many nodes as one error names; `details` has them all. */
const NAMED = 5

/** Called with each state that a write is planned on; throws NODE_UNVERIFIED. */
export type Verification = NonNullable<Awaited<ReturnType<typeof openVerification>>>

interface Planned {
  readonly snapshot: ClusterSnapshot
  readonly operator: Address
  /** Null where what is on chain does not decode. */
  readonly before: OperatorData | null
  readonly after: OperatorData
  readonly key: EncryptionKey
}

/**
 * Null without `--verify`. Throws USAGE for a flag that would be ignored, PROBE_UNAVAILABLE where no identity can be
 * proven here, and what openExaminer throws.
 */
export async function openVerification(services: Services, input: VerifyInput) {
  if (input.verify !== true) {
    requireNoProbeFlags(input, '--verify')
    return null
  }
  // Most writes ask nobody.
  const { openExaminer } = await import('./examiner.js')
  const examiner = await openExaminer(services, input)
  requireProof(examiner)
  // Who loses a race for a nonce plans again: what has answered is not asked twice.
  const proven = new Set<string>()
  return async ({ snapshot, operator, before, after, key }: Planned): Promise<void> => {
    // New nodes, and those with new values; by their places in the new list.
    const fresh = freshNodes(before?.nodes ?? [], after.nodes)
      .map(({ node, index }) => expectedNode(plainNode(node, key), null, `nodes[${index}]`))
      .filter((node) => !proven.has(JSON.stringify(node)))
    if (fresh.length === 0) return
    requireAnswering(services, await examiner.examine(fresh, { snapshot, operator }, { shown: true }))
    for (const node of fresh) proven.add(JSON.stringify(node))
    const names = fresh.map(({ label }) => label).join(', ')
    services.talk.note(`verified: ${names} ${fresh.length === 1 ? 'answers' : 'answer'} as what is to be written`)
  }
}

/**
 * What was met instead of the node, in a sentence; null where it proves itself at both ports. A node can do that before
 * anybody lists it. It may have trouble with its RPC provider, but must not work with another cluster.
 */
export function whyUnverified({ node, primary, secondary, provider, checks }: NodeHealth): string | null {
  const asItself = primary.diagnosis === 'ok' && secondary.diagnosis === 'ok'
  if (asItself && provider?.sameCluster !== false) return null
  const failed = checks.filter(({ status }) => status === 'fail').map(({ summary }) => summary)
  if (failed.length > 0) return failed.join('; ')
  return `${node.label}: port ${primary.port} is ${primary.diagnosis}, port ${secondary.port} is ${secondary.diagnosis}`
}

/** Throws NODE_UNVERIFIED, naming what was met at each port. Warns of what else is wrong. */
export function requireAnswering({ talk }: Services, seen: readonly NodeHealth[]): void {
  const unverified = seen.filter((health) => whyUnverified(health) !== null)
  const met = unverified.map(whyUnverified)
  if (met.length === 0) {
    for (const { provider, node } of seen)
      if (provider?.problem) talk.warn(`${node.label} answers as itself, but ${provider.problem}`)
    return
  }
  const hints = unverified.flatMap(({ checks }) => firstFailure(checks)?.hint ?? [])
  const others = met.length > NAMED ? `; and ${met.length - NAMED} more` : ''
  const sentence = `${met.slice(0, NAMED).join('; ')}${others}`
  throw new WcnError('NODE_UNVERIFIED', `nothing was sent, since what is to be written does not answer: ${sentence}`, {
    hint: hints[0] ?? 'start it, let UDP through to both ports, or correct the values',
    details: { nodes: snakeJson(seen) },
  })
}

/** A flag that would be ignored is somebody's mistake; the key's file may be there for every command. */
export function requireNoProbeFlags({ probeTimeout, concurrency, metrics }: VerifyInput, opener: string): void {
  const flags = { '--probe-timeout': probeTimeout, '--concurrency': concurrency, '--metrics': metrics }
  const stray = Object.entries(flags).find(([, value]) => value !== undefined)
  if (!stray) return
  throw new WcnError('USAGE', `${stray[0]} means nothing without ${opener}`, { hint: `add ${opener}, or leave it out` })
}
