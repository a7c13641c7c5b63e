/** What a node's `/metrics/cluster` gathers, operator by operator (docs/dev/network/node-protocol.md, "Metrics"). */
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { type PlainNode, plainNode } from '../../cluster/plain-node.js'
import type { NodeProbe } from '../../peer/node-probe.js'
import { isLoopback } from './lookout.js'

const TIMEOUT_MS = 5_000

/** Who does not answer is missing. Nobody beyond loopback is asked. */
export async function* clusterMetrics(
  { operators }: ClusterView,
  key: EncryptionKey,
  probing: Promise<NodeProbe>,
): AsyncGenerator<string> {
  const probe = await probing
  for (const { decoded } of operators) {
    if (decoded === null) continue
    const nodes = decoded.nodes.map((node) => plainNode(node, key))
    const texts = await Promise.all(nodes.map((node) => ask(probe, node, 'node')))
    for (const [index, text] of texts.entries())
      yield labelled(text, `operator="${decoded.name}",service_kind="node",node_idx="${index}"`)
    for (const node of nodes) {
      const text = await ask(probe, node, 'db')
      if (text === null) continue
      yield labelled(text, `operator="${decoded.name}",service_kind="db"`)
      break
    }
  }
}

async function ask(probe: NodeProbe, node: PlainNode, what: 'node' | 'db'): Promise<string | null> {
  if (!isLoopback(node.ipv4Addr)) return null
  const target = { host: node.ipv4Addr, port: node.secondaryPort, api: 'Metrics' } as const
  const report = await probe.reach(target, TIMEOUT_MS)
  if (report.kind !== 'answers' || report.api.kind !== 'accepted') return null
  const { session } = report.api
  const answer = report.peerId === node.peerId ? await session.call(0, what, TIMEOUT_MS) : null
  session.close()
  return answer?.kind === 'ok' && typeof answer.value === 'string' ? answer.value : null
}

/** Without HELP and TYPE. */
function labelled(text: string | null, labels: string): string {
  const lines = (text ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines
    .map(
      (line) =>
        `${line.replace(/^(\w+)(?:\{(.*)\})? /, (_, name: string, own?: string) => `${name}{${own === undefined ? '' : `${own},`}${labels}} `)}\n`,
    )
    .join('')
}
