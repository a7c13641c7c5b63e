/**
 * Looks at every node of every operator, politely: a few connections at a time, so many a second, and the nodes of an
 * operator, which share a line, one after the other among those of all others.
 */
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import { createLimiter, type Limiter } from '../../base/limiter.js'
import type { ClusterSnapshot } from '../../chain/chain.js'
import type { Services } from '../../cli/services.js'
import { waiting } from '../../cli/wait.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { nodeKeyFile, readNodeKeypair } from '../../key/node-secret.js'
import { keepMemoryLow } from '../../platform/processes/keep-memory-low.js'
import { requireProof } from '../model/advice.js'
import { type ExpectedNode, expectedNodes } from '../model/expected-node.js'
import { isCaughtUp, type NodeStanding } from '../model/node-standing.js'
import { versionsBehind } from '../model/provider-health.js'
import { whosePeerId } from '../model/whose-peer-id.js'
import { type ProbeFlags, parseProbeFlags } from '../probe-flags.js'
import { MANY_NODES, untilSecondLook } from '../probe-port.js'
import { requireTrueAddresses } from '../require-true-addresses.js'
import { type BriefContext, type BriefLook, lookBriefly } from './look-briefly.js'

export interface SurveyInput extends Pick<ProbeFlags, 'probeTimeout' | 'concurrency'> {
  readonly nodeKeyFile?: string
}

/** By slot; null where an operator's data does not decode. */
export type ClusterStandings = ReadonlyMap<number, readonly NodeStanding[] | null>

export type Surveyor = Awaited<ReturnType<typeof openSurveyor>>

const CONNECTIONS_PER_SECOND = 1_000
/**
 * What a node says of itself holds 19 lines of 150 bytes for each port of each other one, and has to fit a frame of 8 MiB
 * (docs/dev/network/node-protocol.md, "RPCs"): in a larger cluster none can answer.
 */
const MOST_TELLING = 1_400
const FREED_EVERY = 2_000
/** A look costs as long as a silent port takes, and of all nodes some are silent. */
const PROBE_TIMEOUT = '2s'

/** Throws SETTING_MISSING without an encryption key, PROBE_UNAVAILABLE without the addon, and what is wrong with the flags. */
export async function openSurveyor(services: Services, input: SurveyInput) {
  const { timeoutMs, concurrency } = parseProbeFlags({ probeTimeout: PROBE_TIMEOUT, ...input })
  const key = await services.settings.requireEncryptionKey()
  const keyFile = nodeKeyFile(services, input)
  const identity = keyFile === null ? null : await readNodeKeypair(services, keyFile)
  const probe = await services.nodeProbe(identity)
  requireProof(probe)
  const limiter = paced(createLimiter(concurrency), services)
  return {
    /** As whom nodes are asked; null: as a stranger, whom they tell nothing but who they are. */
    askedAs: identity?.peerId ?? null,
    /** Whether nodes of this cluster can tell what they tell only each other. */
    canBeTold: ({ operators }: ClusterView) =>
      operators.reduce((sum, { decoded }) => sum + (decoded?.nodes.length ?? 0), 0) <= MOST_TELLING,
    /** Throws ENCRYPTION_KEY_WRONG: nobody was asked. */
    async survey(snapshot: ClusterSnapshot): Promise<ClusterStandings> {
      await requireTrueAddresses(services, { snapshot, operator: snapshot.contract, key })
      const whose = whosePeerId(snapshot.view, snapshot.contract)
      const isNode = identity !== null && whose(identity.peerId).kind !== 'nobody'
      const identified = isNode && this.canBeTold(snapshot.view)
      const context = { services, probe, limiter, flags: { timeoutMs }, identified, whose }
      return surveyWith(services, snapshot, key, context)
    },
  }
}

async function surveyWith(
  services: Services,
  snapshot: ClusterSnapshot,
  key: EncryptionKey,
  context: BriefContext,
): Promise<ClusterStandings> {
  const { view } = snapshot
  const nodes = new Map(view.operators.map(({ slot, decoded }) => [slot, decoded && expectedNodes(decoded.nodes, key)]))
  const all = inTurns([...nodes.values()].flatMap((some) => (some === null ? [] : [some])))
  const free = all.length > MANY_NODES ? keepMemoryLow() : () => {}
  const looks = new Map<ExpectedNode, BriefLook>()
  const standing = ({ clusterVersion, keyspaceVersion, ...look }: BriefLook): NodeStanding => ({
    ...look,
    clusterBehind: clusterVersion === null ? null : versionsBehind(clusterVersion, view.version),
    keyspaceBehind: keyspaceVersion === null ? null : versionsBehind(keyspaceVersion, view.keyspaceVersion),
  })
  await waiting(services, { what: 'looking at nodes', counted: true }, async (wait) => {
    const lookAt = (some: readonly ExpectedNode[]) =>
      Promise.all(
        some.map(async (node) => {
          looks.set(node, await lookBriefly(context, node))
          wait.see(`${looks.size} of ${all.length}`)
          // What connections hold beside the heap is given back with them, and nothing else hurries that.
          if (looks.size % FREED_EVERY === 0) free()
        }),
      )
    await lookAt(all)
    const behind = all.filter((node) => isCaughtUp(standing(looks.get(node) as BriefLook)) === false)
    if (behind.length === 0) return
    // A lag may be that of a write a moment ago.
    await untilSecondLook(context)
    await lookAt(behind)
  })
  const standings = (some: readonly ExpectedNode[]) => some.map((node) => standing(looks.get(node) as BriefLook))
  return new Map([...nodes].map(([slot, some]) => [slot, some === null ? null : standings(some)]))
}

/** The first of each, then the second of each, and so on. */
function inTurns<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat()
}

/** No more than so many begin in a second. */
function paced(limiter: Limiter, { clock }: Pick<Services, 'clock'>): Limiter {
  let nextMs = 0
  return {
    run: (work) =>
      limiter.run(async () => {
        const nowMs = clock.monotonicMs()
        nextMs = Math.max(nextMs, nowMs) + 1_000 / CONNECTIONS_PER_SECOND
        if (nextMs - nowMs > 1_000 / CONNECTIONS_PER_SECOND) await clock.sleep(nextMs - nowMs)
        return work()
      }),
  }
}
