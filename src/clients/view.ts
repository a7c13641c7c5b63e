/** Clients as people read them. */

import { clientsTable } from '../cli/operator-tables.js'
import type { Paint } from '../cli/paint.js'
import type { ClientsListJson } from './clients-list.js'

export function clientsListText({ clients }: ClientsListJson, paint: Paint): string {
  return `${clients.length === 0 ? paint.dim('no clients') : clientsTable(clients, paint)}\n`
}
