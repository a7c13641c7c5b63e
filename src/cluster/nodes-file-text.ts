/** Writes the nodes file that `nodes update -f` and `operator register -f` take. */
import { stringify } from 'yaml'

interface NodeFields {
  readonly peer_id: string
  readonly ipv4_addr: string | null
  /** Left out where there is none. */
  readonly private_ipv4_addr: string | null
  readonly primary_port: number
  readonly secondary_port: number
}

export function nodesFileText(nodes: readonly NodeFields[]): string {
  return stringify({
    nodes: nodes.map(({ private_ipv4_addr, ...node }) =>
      private_ipv4_addr === null ? node : { ...node, private_ipv4_addr },
    ),
  })
}
