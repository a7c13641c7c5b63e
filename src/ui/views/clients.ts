/** Clients as people read them. */
import type { ClientsListJson } from '../../actions/clients-list.js'
import type { ClientJson } from '../../core/cluster/to-json.js'
import type { Paint } from '../paint.js'

export function clientsListText({ clients }: ClientsListJson, paint: Paint): string {
  return `${clients.length === 0 ? paint.dim('no clients') : clientsTable(clients, paint)}\n`
}

export function clientsTable(clients: readonly ClientJson[], paint: Paint): string {
  return paint.table(
    ['client', 'namespaces'],
    clients.map(({ peer_id, authorized_namespaces }) => [
      paint.text(peer_id),
      authorized_namespaces.length === 0 ? 'none' : authorized_namespaces.join(', '),
    ]),
  )
}
