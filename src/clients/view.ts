/** Clients as people read them. */

import { clientsTable } from '../cli/operator-tables.js'
import type { Paint } from '../cli/paint.js'
import type { DataOf } from '../cli/services.js'
import type { run as clientsList } from './clients-list.js'

export function clientsListText({ clients }: DataOf<typeof clientsList>, paint: Paint): string {
  const next = paint.next('let one use your nodes', 'wcn clients set PEER_ID --namespace ID')
  return paint.screen(clientsTable(clients, paint), clients.length === 0 ? next : '')
}
