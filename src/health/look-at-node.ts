/**
 * One node, looked at from outside: both ports at the same time, the primary one for what its RPC provider shows, the
 * secondary one for its metrics and its database.
 */

import type { ApiSession } from '../peer/node-probe.js'
import { askPort } from './ask-port.js'
import type { PortSighting } from './model/diagnose-port.js'
import type { ExpectedNode, ProviderHealth } from './model/node-health.js'
import type { NodeSighting } from './model/node-verdict.js'
import { providerOfAnswer, providerUnasked } from './model/provider-health.js'
import { limitMs, type ProbeContext, untilSecondLook } from './probe-context.js'
import { metricsOverHttp, metricsOverQuic, type QuicMetrics } from './read-metrics.js'

const GET_VIEW = 0

export async function lookAtNode(context: ProbeContext, node: ExpectedNode): Promise<NodeSighting> {
  let provider: ProviderHealth | null = null
  let told: QuicMetrics | null = null
  const everything = context.asks === 'everything'
  const [primary, secondary] = await Promise.all([
    askPort(context, node, { port: node.primaryPort, api: 'Cluster2' }, async (session) => {
      if (everything) provider = await askProvider(context, session)
    }),
    askPort(context, node, { port: node.secondaryPort, api: 'Metrics' }, async (session) => {
      if (everything) told = await metricsOverQuic(context, session)
    }),
  ])
  const ports = await withSwaps(context, node, { primary, secondary })
  if (!everything) return { node, ...ports, provider: null, metrics: null, database: null }
  const [seenPrimary, seenSecondary] = await Promise.all([
    withDatabase(context, node, node.primaryPort, ports.primary),
    withDatabase(context, node, node.secondaryPort, ports.secondary),
  ])
  const quic = told as QuicMetrics | null
  return {
    node,
    primary: seenPrimary,
    secondary: seenSecondary,
    provider: provider ?? unaskedProvider(node, ports.primary),
    metrics: quic?.metrics ?? (await metricsOverHttp(context, node)) ?? refusedMetrics(context, node, ports.secondary),
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

function unaskedProvider(node: ExpectedNode, primary: PortSighting): ProviderHealth | null {
  return primary.swapped || apiAt(node, primary) !== 'refused' ? null : providerUnasked()
}

/**
 * Only primary RPC servers give `Cluster2`, and to everybody: a secondary port that does is the primary one. Asked
 * where the primary port does not give it.
 */
async function withSwaps(
  context: ProbeContext,
  node: ExpectedNode,
  ports: { readonly primary: PortSighting; readonly secondary: PortSighting },
) {
  const { primary, secondary } = ports
  const [first, second] = [apiAt(node, primary), apiAt(node, secondary)]
  if (first === 'accepted' || second !== 'refused') return ports
  const again = await askPort(context, node, { port: node.secondaryPort, api: 'Cluster2' })
  if (apiAt(node, again) !== 'accepted') return ports
  return {
    primary: first === 'refused' ? { ...primary, swapped: true } : primary,
    secondary: { ...secondary, swapped: true },
  }
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
  const { report: asked } = await askPort(context, node, { port, api: 'Database' })
  return { ...seen, isDatabase: asked.kind === 'answers' && asked.api.kind === 'accepted' }
}

/** What became of the API where the node itself answers. */
function apiAt({ peerId }: ExpectedNode, { report }: PortSighting) {
  return report.kind === 'answers' && report.peerId === peerId ? report.api.kind : null
}

function refusedMetrics({ metrics: { refusal } }: ProbeContext, node: ExpectedNode, secondary: PortSighting) {
  return secondary.swapped || apiAt(node, secondary) !== 'refused' ? null : refusal
}
