/** Nodes that are listed twice: one would be the other one that serves while it is itself taken down. */
import { WcnError } from '../../errors/wcn-error.js'
import type { ExpectedNode } from '../../health/model/expected-node.js'

/** Throws AVAILABILITY_AT_RISK. */
export function requireDifferentNodes(nodes: readonly ExpectedNode[]): void {
  const seen = new Map<string, ExpectedNode>()
  for (const node of nodes) {
    const place = `${node.peerId} ${node.ipv4Addr}:${node.primaryPort}`
    const other = seen.get(place)
    if (other)
      throw new WcnError(
        'AVAILABILITY_AT_RISK',
        `${other.label} and ${node.label} are one and the same node on chain: while it is down, so are both`,
        { hint: `take one of them off the list: \`wcn nodes remove ${node.index}\`` },
      )
    seen.set(place, node)
  }
}
