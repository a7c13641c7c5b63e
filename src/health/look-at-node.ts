/**
 * One node, looked at from outside: both ports at the same time, the primary one for what its RPC provider shows, the
 * secondary one for its metrics and its database.
 */

import type { ApiSession } from '../peer/node-probe.js'
import type { ExpectedNode } from './model/expected-node.js'
import type { NodeSighting } from './model/node-health.js'
import type { PortSighting } from './model/port-health.js'
import { type ProviderHealth, providerOfAnswer, providerWith } from './model/provider-health.js'
import { limitMs, type ProbeContext, probePort, untilSecondLook } from './probe-port.js'
import { metricsOverHttp, metricsOverQuic } from './read-metrics.js'

const GET_VIEW = 0

export async function lookAtNode(context: ProbeContext, node: ExpectedNode): Promise<NodeSighting> {
  const [[primary, provider], [secondary, quic]] = await Promise.all([
    probePort(context, node, { port: node.primaryPort, api: 'Cluster2' }, askProvider),
    probePort(context, node, { port: node.secondaryPort, api: 'Metrics' }, metricsOverQuic),
  ])
  const [first, second] = [apiAt(node, primary), apiAt(node, secondary)]
  const swapped = first !== 'accepted' && second === 'refused' && (await givesCluster(context, node))
  const [seenPrimary, seenSecondary] = await Promise.all([
    withDatabase(context, node, node.primaryPort, { ...primary, swapped: swapped && first === 'refused' }),
    withDatabase(context, node, node.secondaryPort, { ...secondary, swapped }),
  ])
  const unasked = 'it refuses the API `Cluster2`, which a node serves to everybody at its primary port'
  return {
    node,
    primary: seenPrimary,
    secondary: seenSecondary,
    provider: provider ?? (first === 'refused' && !swapped ? providerWith(unasked) : null),
    metrics:
      quic?.metrics ??
      (await metricsOverHttp(context, node)) ??
      (second === 'refused' && !swapped ? context.refusal : null),
    database: quic?.database ?? null,
  }
}

async function askProvider(context: ProbeContext, session: ApiSession): Promise<ProviderHealth> {
  const first = await askProviderOnce(context, session)
  if (!first.behind) return first
  await untilSecondLook(context)
  const second = await askProviderOnce(context, session)
  return second.problem === null ? second : first
}

async function askProviderOnce(context: ProbeContext, session: ApiSession): Promise<ProviderHealth> {
  const { reference } = context
  const answer = await session.call(GET_VIEW, null, limitMs(context))
  const shown = providerOfAnswer(answer, reference.view())
  if (shown.clusterVersion === null || shown.clusterVersion <= reference.view().version) return shown
  return providerOfAnswer(answer, await reference.atLeast(shown.clusterVersion))
}

/** Only primary RPC servers give `Cluster2`, and to everybody: a secondary port that does is the primary one. */
async function givesCluster(context: ProbeContext, node: ExpectedNode): Promise<boolean> {
  const [again] = await probePort(context, node, { port: node.secondaryPort, api: 'Cluster2' })
  return apiAt(node, again) === 'accepted'
}

/** A port forwarded to the wrong place may lead to the operator's database, which then everybody can read and write. */
async function withDatabase(
  context: ProbeContext,
  node: ExpectedNode,
  port: number,
  seen: PortSighting,
): Promise<PortSighting> {
  const { report } = seen
  if (report.kind !== 'answers' || report.peerId === node.peerId || context.isListed(report.peerId)) return seen
  const [{ report: asked }] = await probePort(context, node, { port, api: 'Database' })
  return { ...seen, isDatabase: asked.kind === 'answers' && asked.api.kind === 'accepted' }
}

/** What became of the API where the node itself answers. */
function apiAt({ peerId }: ExpectedNode, { report }: PortSighting) {
  return report.kind === 'answers' && report.peerId === peerId ? report.api.kind : null
}
