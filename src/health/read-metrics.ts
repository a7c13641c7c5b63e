/** What nodes say of themselves, over QUIC to one of their own or over plain HTTP, read twice where once tells too little. */

import type { ApiSession, RpcAnswer } from '../peer/node-probe.js'
import { databaseOfAnswer } from './model/database-health.js'
import type { ExpectedNode } from './model/expected-node.js'
import { heard } from './model/heard.js'
import { type MetricsSighting, metricsSighting, wantsSecondLook } from './model/metrics-health.js'
import { type NodeMetrics, readNodeMetrics } from './model/node-metrics.js'
import { sourceFor } from './probe-flags.js'
import { limitMs, type ProbeContext, untilSecondLook } from './probe-port.js'

const READ = 0
type Reading = NodeMetrics | { readonly problem: string; readonly hint: string }

/** Of the node, and of its database. */
export async function metricsOverQuic(context: ProbeContext, session: ApiSession) {
  const ask = (what: 'node' | 'db') => session.call(READ, what, limitMs(context))
  const [metrics, database] = await Promise.all([
    readTwice(context, async () => ofAnswer(await ask('node')), 'quic', 'fail'),
    ask('db').then(databaseOfAnswer),
  ])
  return { metrics, database }
}

/** Null where no address of a metrics server is given for the node. */
export async function metricsOverHttp(context: ProbeContext, node: ExpectedNode): Promise<MetricsSighting | null> {
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
  const found = heard(answer, {
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
