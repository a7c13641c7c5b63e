/**
 * Single lines of a node's `/metrics/cluster` (docs/dev/network/node-protocol.md, "Metrics"). Behind its name an operator's
 * quotes are not escaped, and anybody may be called anything: so only metrics without labels of their own are taken, where
 * the name is all that stands between the labels that the node itself adds.
 */

export interface ClusterSample {
  readonly metric: (typeof METRICS)[number]
  /** As it is on chain. */
  readonly operator: string
  /** Its place among the operator's nodes; null for its database. */
  readonly nodeIndex: number | null
  readonly value: number
}

const METRICS = ['wcn_node_version', 'wcn_node_cluster_version', 'wcn_node_keyspace_version', 'wcn_db_version'] as const
const LINE = new RegExp(
  `^(${METRICS.join('|')})\\{operator="(.*)",service_kind="(?:node",node_idx="([0-9]{1,3})|db)"\\} ([0-9]{1,16}(?:\\.[0-9]{1,6})?)$`,
)

/** Null for all other lines. */
export function parseClusterLine(line: string): ClusterSample | null {
  const [, metric, operator, index, value] = LINE.exec(line) ?? []
  if (metric === undefined || operator === undefined) return null
  const nodeIndex = index === undefined ? null : Number(index)
  if ((nodeIndex === null) !== (metric === 'wcn_db_version')) return null
  return { metric: metric as ClusterSample['metric'], operator, nodeIndex, value: Number(value) }
}

/** Own labels come first: no operator's name can stand before this one. */
const PEER =
  /^wcn_rpc_client_connection_errors\{(?:(?:remote_addr|kind)="[^"]{0,64}",)*remote_peer_id="([A-Za-z0-9]{1,64})"/

/** The peer to which the node that a line is about keeps a connection; null for all other lines. */
export function peerOnLine(line: string): string | null {
  return PEER.exec(line)?.[1] ?? null
}
