/** The flags of `probeOptions` that say how ports are asked and metrics read, parsed before anything is. */

import type { Address } from '../base/address.js'
import { parsePort } from '../base/port.js'
import { quote } from '../base/quote.js'
import { type ClusterView, findOperator } from '../cluster/cluster-view.js'
import { selectsByAddress } from '../cluster/select-node.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDuration, positiveInteger } from '../settings/setting-values.js'
import type { ExpectedNode } from './model/expected-node.js'

export interface ProbeFlags {
  readonly probeTimeout?: string
  readonly concurrency?: string
  /** `NODE=HOST:PORT`, each. */
  readonly metrics?: readonly string[]
}

/** `timeoutMs` is for one answer; so many ports are asked at a time. */
export type Probing = ReturnType<typeof parseProbeFlags>
type MetricsSource = ReturnType<typeof metricsSource>

const HOST = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?$/i

/** Throws SETTING_INVALID, USAGE, PORT_INVALID. */
export function parseProbeFlags({ probeTimeout = '5s', concurrency = '64', metrics = [] }: ProbeFlags) {
  return {
    timeoutMs: parseDuration(probeTimeout, '--probe-timeout'),
    concurrency: positiveInteger(concurrency, '--concurrency', 'a number of ports'),
    sources: metrics.map(metricsSource),
  }
}

/** Where a node's metrics can be read over plain HTTP; the node by index from 0, peer ID or ip:port. */
function metricsSource(text: string) {
  const [, selector = '', host = '', port = ''] = /^([^=]+)=(.*):([^:]*)$/.exec(text) ?? []
  const isFormed = selector !== '' && host !== ''
  if (isFormed && HOST.test(host))
    return { selector, host, port: parsePort(port, `the port of --metrics ${quote(text)}`) }
  const what = isFormed ? `names ${quote(host)}, which is no host` : 'is not NODE=HOST:PORT'
  throw new WcnError('USAGE', `--metrics ${quote(text)} ${what}`, {
    hint: 'write --metrics 0=10.0.0.7:9100: the node by index, peer ID or ip:port, and its METRICS_SERVER_PORT',
  })
}

/** The one for a node; the last of several. */
export function sourceFor(sources: readonly MetricsSource[], node: ExpectedNode): MetricsSource | null {
  return sources.findLast(({ selector }) => selects(selector, node)) ?? null
}

/** Throws SELECTOR_NO_MATCH for those that can belong to no node, so that a slip of the hand is not swallowed. */
export function requireKnownNodes(
  sources: readonly MetricsSource[],
  nodes: readonly ExpectedNode[],
  view: ClusterView,
  operator: Address,
): void {
  const listed = findOperator(view, operator)?.decoded?.nodes ?? []
  for (const { selector } of sources) {
    // By address it may be one that is not looked at this time; addresses on chain are hidden here.
    if (selectsByAddress(selector) || nodes.some((node) => selects(selector, node))) continue
    if (listed.some(({ peerId }, index) => peerId === selector || String(index) === selector)) continue
    throw new WcnError('SELECTOR_NO_MATCH', `no node of this operator matches ${quote(selector)} of --metrics`, {
      hint: '`wcn nodes list` shows them with their indexes',
    })
  }
}

function selects(selector: string, { index, peerId, ipv4Addr, primaryPort, secondaryPort }: ExpectedNode): boolean {
  const names = [peerId, index === null ? '' : `${index}`, `${ipv4Addr}:${primaryPort}`, `${ipv4Addr}:${secondaryPort}`]
  return names.includes(selector)
}
