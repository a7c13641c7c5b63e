/** Clients as people read them. */
import type { ClientsListJson } from '../../actions/clients-list.js'
import { clientsTable } from '../operator-tables.js'
import type { Paint } from '../paint.js'

export function clientsListText({ clients }: ClientsListJson, paint: Paint): string {
  return `${clients.length === 0 ? paint.dim('no clients') : clientsTable(clients, paint)}\n`
}
