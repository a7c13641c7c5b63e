/**
 * One node, looked at from outside: both ports at the same time, the primary one for what its RPC provider shows, the
 * secondary one for its metrics and its database, which are read twice where once tells too little.
 */

import type { ApiSession, RpcAnswer } from '../peer/node-probe.js'
import { answerOrProblem } from './model/answer-or-problem.js'
import { databaseOfAnswer } from './model/database-health.js'
import type { ExpectedNode } from './model/expected-node.js'
import { type MetricsSighting, metricsSighting, wantsSecondLook } from './model/metrics-health.js'
import type { NodeSighting } from './model/node-health.js'
import { type NodeMetrics, readNodeMetrics } from './model/node-metrics.js'
import type { PortSighting } from './model/port-health.js'
import { type ProviderHealth, providerOfAnswer, providerWith } from './model/provider-health.js'
import { sourceFor } from './probe-flags.js'
import { limitMs, type ProbeContext, probePort, untilSecondLook } from './probe-port.js'

/** The RPC of each API that is asked. */
const GET_VIEW = 0
const READ = 0

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

type Reading = NodeMetrics | { readonly problem: string; readonly hint: string }

/** Of the node, and of its database. */
async function metricsOverQuic(context: ProbeContext, session: ApiSession) {
  const ask = (what: 'node' | 'db') => session.call(READ, what, limitMs(context))
  const [metrics, database] = await Promise.all([
    readTwice(context, async () => ofAnswer(await ask('node')), 'quic', 'fail'),
    ask('db').then(databaseOfAnswer),
  ])
  return { metrics, database }
}

/** Null where no address of a metrics server is given for the node. */
async function metricsOverHttp(context: ProbeContext, node: ExpectedNode): Promise<MetricsSighting | null> {
  const source = sourceFor(context.flags.sources, node)
  if (source === null) return null
  const http = await context.services.metrics()
  const { host, port } = source
  const where = `http://${host}:${port}/metrics`
  const read = async (): Promise<Reading> => {
    const text = await http.read(host, port)
    if (text !== null) return ofText(text, where)
    const hint = 'is that its METRICS_SERVER_PORT, and may this machine reach it (TCP)?'
    return { problem: `no metrics can be read at ${where}`, hint }
  }
  return context.limiter.run(() => readTwice(context, read, 'http', 'warn'))
}

/** `status`: how bad it is that they can't be read. */
async function readTwice(
  context: ProbeContext,
  read: () => Promise<Reading>,
  source: 'quic' | 'http',
  status: 'warn' | 'fail',
): Promise<MetricsSighting> {
  const first = await read()
  if ('problem' in first) return { kind: 'none', status, ...first }
  const view = context.reference.view()
  const once = metricsSighting(source, first, null, view)
  if (!wantsSecondLook(once)) return once
  await untilSecondLook(context)
  const second = await read()
  return 'problem' in second ? once : metricsSighting(source, first, second, view)
}

function ofAnswer(answer: RpcAnswer): Reading {
  const hint = 'read its log, and look again; a node that is overloaded answers late'
  const found = answerOrProblem(answer, {
    error: 'does not give its metrics:',
    timeout: 'does not give its metrics in time',
    closed: 'ends the question for its metrics without an answer',
    garbage: 'gives its metrics in no form that is known',
    'too-large': 'answers with more than any metrics have',
  })
  if ('problem' in found) return { ...found, hint }
  if (typeof found.value !== 'string') return { problem: 'answers with something that is no metrics', hint }
  return ofText(found.value, 'its secondary port')
}

function ofText(text: string, where: string): Reading {
  const metrics = readNodeMetrics(text)
  if (!('problem' in metrics)) return metrics
  return { problem: `what it gives at ${where} is ${metrics.problem}`, hint: 'is that port the one of wcn_node?' }
}
