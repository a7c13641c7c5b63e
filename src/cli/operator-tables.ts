/** What operators have on chain, as tables that several views show. */
import type { ClientJson, NodeJson } from '../cluster/to-json.js'
import type { Paint } from './paint.js'

/** Why there are no addresses in them. */
export const ADDRESSES_HIDDEN = 'addresses are encrypted: no encryption key is set (--encryption-key-file)'

export function nodesTable(nodes: readonly NodeJson[], paint: Paint): string {
  return paint.table(
    ['#', 'peer ID', 'address', 'private?', 'ports'],
    nodes.map((node, index) => [
      String(index),
      paint.text(node.peer_id),
      paint.text(node.ipv4_addr ?? 'encrypted'),
      // Without the key it is not known whether there is one.
      paint.text(node.private_ipv4_addr ?? (node.ipv4_addr === null ? '?' : '-')),
      `${node.primary_port}/${node.secondary_port}`,
    ]),
  )
}

export function clientsTable(clients: readonly ClientJson[], paint: Paint): string {
  if (clients.length === 0) return paint.dim('no clients')
  return paint.table(
    ['client', 'namespaces'],
    clients.map(({ peer_id, authorized_namespaces }) => [
      paint.text(peer_id),
      authorized_namespaces.length === 0 ? 'none' : authorized_namespaces.join(', '),
    ]),
  )
}
