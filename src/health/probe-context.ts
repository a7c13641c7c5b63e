/** What every look at a node needs: the probe, its limits, and the cluster that the node is compared with. */

import type { Clock } from '../base/clock.js'
import type { Deadline } from '../base/deadline.js'
import type { PeerId } from '../base/keys/peer-id.js'
import type { Services } from '../cli/services.js'
import type { NodeProbe } from '../peer/node-probe.js'
import type { Limiter } from './limiter.js'
import type { MetricsSource } from './metrics-sources.js'
import type { MetricsSighting } from './model/metrics-health.js'
import type { ReferenceCluster } from './reference-cluster.js'

export interface ProbeContext {
  readonly probe: NodeProbe
  readonly limiter: Limiter
  readonly clock: Clock
  readonly deadline: Deadline
  /** For one answer. */
  readonly timeoutMs: number
  readonly reference: ReferenceCluster
  readonly asks: 'ports' | 'everything'
  readonly metrics: MetricsAccess
  /** Whether a peer ID is that of a node on chain. */
  readonly isListed: (peerId: PeerId) => boolean
}

interface MetricsAccess {
  /** What a refusal means to whoever asks here; null for a stranger, who is always refused. */
  readonly refusal: MetricsSighting | null
  readonly sources: readonly MetricsSource[]
  readonly http: Services['metrics']
}

/**
 * What looks wrong is looked at again after this, on the same connection: a lag may be that of a write a moment ago,
 * and attempts to reach a peer come every second or two.
 */
const SECOND_LOOK_MS = 2_000

/** The time for an answer: its own, or what is left of the command's. */
export function limitMs({ timeoutMs, deadline }: ProbeContext): number {
  return Math.min(timeoutMs, deadline.remainingMs())
}

export function untilSecondLook({ clock, deadline }: ProbeContext): Promise<void> {
  return clock.sleep(Math.min(SECOND_LOOK_MS, deadline.remainingMs()))
}
