/**
 * One node, looked at from outside: both ports at the same time, the primary one for what its RPC provider shows, the
 * secondary one for its metrics and its database.
 */

import type { ApiSession } from '../peer/node-probe.js'
import { askPort } from './ask-port.js'
import { type Look, limitMs, untilSecondLook } from './look.js'
import type { PortSighting } from './model/diagnose-port.js'
import type { ExpectedNode, ProviderHealth } from './model/node-health.js'
import type { NodeSighting } from './model/node-verdict.js'
import { providerOfAnswer, providerUnasked } from './model/provider-health.js'
import { metricsOverHttp, metricsOverQuic, type QuicMetrics } from './read-metrics.js'

const GET_VIEW = 0

export async function lookAtNode(look: Look, node: ExpectedNode): Promise<NodeSighting> {
  let provider: ProviderHealth | null = null
  let told: QuicMetrics | null = null
  const everything = look.asks === 'everything'
  const [primary, secondary] = await Promise.all([
    askPort(look, node, { port: node.primaryPort, api: 'Cluster2' }, async (session) => {
      if (everything) provider = await askProvider(look, session)
    }),
    askPort(look, node, { port: node.secondaryPort, api: 'Metrics' }, async (session) => {
      if (everything) told = await metricsOverQuic(look, session)
    }),
  ])
  const ports = await withSwaps(look, node, { primary, secondary })
  if (!everything) return { node, ...ports, provider: null, metrics: null, database: null }
  const [seenPrimary, seenSecondary] = await Promise.all([
    withDatabase(look, node, node.primaryPort, ports.primary),
    withDatabase(look, node, node.secondaryPort, ports.secondary),
  ])
  const quic = told as QuicMetrics | null
  return {
    node,
    primary: seenPrimary,
    secondary: seenSecondary,
    provider: provider ?? unaskedProvider(node, ports.primary),
    metrics: quic?.metrics ?? (await metricsOverHttp(look, node)) ?? refusedMetrics(look, node, ports.secondary),
    database: quic?.database ?? null,
  }
}

async function askProvider(look: Look, session: ApiSession): Promise<ProviderHealth> {
  const first = await askProviderOnce(look, session)
  if (!first.behind) return first
  await untilSecondLook(look)
  const second = await askProviderOnce(look, session)
  return second.problem === null ? second : first
}

async function askProviderOnce(look: Look, session: ApiSession): Promise<ProviderHealth> {
  const { reference } = look
  const answer = await session.call(GET_VIEW, null, limitMs(look))
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
  look: Look,
  node: ExpectedNode,
  ports: { readonly primary: PortSighting; readonly secondary: PortSighting },
) {
  const { primary, secondary } = ports
  const [first, second] = [apiAt(node, primary), apiAt(node, secondary)]
  if (first === 'accepted' || second !== 'refused') return ports
  const again = await askPort(look, node, { port: node.secondaryPort, api: 'Cluster2' })
  if (apiAt(node, again) !== 'accepted') return ports
  return {
    primary: first === 'refused' ? { ...primary, swapped: true } : primary,
    secondary: { ...secondary, swapped: true },
  }
}

/** A port forwarded to the wrong place may lead to the operator's database, which then everybody can read and write. */
async function withDatabase(look: Look, node: ExpectedNode, port: number, seen: PortSighting): Promise<PortSighting> {
  const { report } = seen
  if (report.kind !== 'answers' || report.peerId === node.peerId || look.isListed(report.peerId)) return seen
  const { report: asked } = await askPort(look, node, { port, api: 'Database' })
  return { ...seen, isDatabase: asked.kind === 'answers' && asked.api.kind === 'accepted' }
}

/** What became of the API where the node itself answers. */
function apiAt({ peerId }: ExpectedNode, { report }: PortSighting) {
  return report.kind === 'answers' && report.peerId === peerId ? report.api.kind : null
}

function refusedMetrics({ metrics: { refusal } }: Look, node: ExpectedNode, secondary: PortSighting) {
  return secondary.swapped || apiAt(node, secondary) !== 'refused' ? null : refusal
}
