/** What nodes say of themselves, over QUIC to one of their own or over plain HTTP, read twice where once tells too little. */

import { quoteHeard } from '../base/quote-heard.js'
import type { ApiSession, RpcAnswer } from '../peer/node-probe.js'
import { sourceFor } from './metrics-sources.js'
import { type DatabaseSighting, databaseOfAnswer } from './model/database-health.js'
import { type MetricsSighting, wantsSecondLook } from './model/metrics-health.js'
import type { ExpectedNode } from './model/node-health.js'
import { type NodeMetrics, readNodeMetrics } from './model/node-metrics.js'
import { limitMs, type ProbeContext, untilSecondLook } from './probe-context.js'

export interface QuicMetrics {
  readonly metrics: MetricsSighting
  readonly database: DatabaseSighting
}

const READ = 0
type Reading = NodeMetrics | { readonly problem: string; readonly hint: string }

export async function metricsOverQuic(context: ProbeContext, session: ApiSession): Promise<QuicMetrics> {
  const ask = (what: 'node' | 'db') => session.call(READ, what, limitMs(context))
  const read = async () => ofAnswer(await ask('node'))
  const readDatabase = async () => databaseOfAnswer(await ask('db'))
  const [metrics, database] = await Promise.all([readTwice(context, read, 'quic', 'fail'), readDatabase()])
  return { metrics, database }
}

/** Null where no address of a metrics server is given for the node. */
export async function metricsOverHttp(context: ProbeContext, node: ExpectedNode): Promise<MetricsSighting | null> {
  const source = sourceFor(context.metrics.sources, node)
  if (source === null) return null
  const http = await context.metrics.http()
  const { host, port } = source
  const read = async (): Promise<Reading> => {
    const text = await http.read(host, port)
    if (text === null)
      return {
        problem: `no metrics can be read at http://${host}:${port}/metrics`,
        hint: 'is that its METRICS_SERVER_PORT, and may this machine reach it (TCP)?',
      }
    return ofText(text, `http://${host}:${port}/metrics`)
  }
  return context.limiter.run(() => readTwice(context, read, 'http', 'warn'))
}

async function readTwice(
  context: ProbeContext,
  read: () => Promise<Reading>,
  source: 'quic' | 'http',
  status: 'warn' | 'fail',
): Promise<MetricsSighting> {
  const first = await read()
  if ('problem' in first) return { kind: 'none', status, ...first }
  const view = context.reference.view()
  if (!wantsSecondLook(first, view)) return { kind: 'read', source, first, second: null, view }
  await untilSecondLook(context)
  const second = await read()
  return { kind: 'read', source, first, second: 'problem' in second ? null : second, view }
}

function ofAnswer(answer: RpcAnswer): Reading {
  const hint = 'read its log, and look again; a node that is overloaded answers late'
  if (answer.kind === 'error') return { problem: `does not give its metrics: ${quoteHeard(answer.message)}`, hint }
  if (answer.kind === 'none') return { problem: NO_ANSWER[answer.why], hint }
  if (typeof answer.value !== 'string') return { problem: 'answers with something that is no metrics', hint }
  return ofText(answer.value, 'its secondary port')
}

function ofText(text: string, where: string): Reading {
  const metrics = readNodeMetrics(text)
  if (!('problem' in metrics)) return metrics
  return { problem: `what it gives at ${where} is ${metrics.problem}`, hint: 'is that port the one of wcn_node?' }
}

const NO_ANSWER = {
  timeout: 'does not give its metrics in time',
  closed: 'ends the question for its metrics without an answer',
  garbage: 'gives its metrics in no form that is known',
  'too-large': 'answers with more than any metrics have',
} as const satisfies Record<Extract<RpcAnswer, { kind: 'none' }>['why'], string>
