/** `--metrics NODE=HOST:PORT`: where nodes' metrics can be read over plain HTTP. */

import type { Address } from '../base/address.js'
import { parsePort } from '../base/port.js'
import { quote } from '../base/quote.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import { findOperator } from '../cluster/cluster-view.js'
import { selectsByAddress } from '../cluster/select-node.js'
import { WcnError } from '../errors/wcn-error.js'
import type { ExpectedNode } from './model/node-health.js'

export interface MetricsSource {
  /** Index from 0, peer ID or ip:port. */
  readonly selector: string
  readonly host: string
  readonly port: number
}

const HOST = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?$/i

/** Throws USAGE, PORT_INVALID. */
export function parseMetricsSources(texts: readonly string[]): readonly MetricsSource[] {
  return texts.map((text) => {
    const [, selector = '', host = '', port = ''] = /^([^=]+)=(.*):([^:]*)$/.exec(text) ?? []
    if (selector === '' || host === '') throw malformed(`--metrics ${quote(text)} is not NODE=HOST:PORT`)
    if (!HOST.test(host)) throw malformed(`--metrics ${quote(text)} names ${quote(host)}, which is no host`)
    return { selector, host, port: parsePort(port, `the port of --metrics ${quote(text)}`) }
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
  { snapshot, operator }: { readonly snapshot: ClusterSnapshot; readonly operator: Address },
): void {
  const listed = findOperator(snapshot.view, operator)?.decoded?.nodes ?? []
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
  return (
    selector === peerId ||
    (index !== null && selector === String(index)) ||
    selector === `${ipv4Addr}:${primaryPort}` ||
    selector === `${ipv4Addr}:${secondaryPort}`
  )
}

function malformed(sentence: string): WcnError {
  return new WcnError('USAGE', sentence, {
    hint: 'write --metrics 0=10.0.0.7:9100: the node by index, peer ID or ip:port, and its METRICS_SERVER_PORT',
  })
}
