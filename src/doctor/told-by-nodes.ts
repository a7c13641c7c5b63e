/** What nodes tell belongs to two groups: of themselves, and of the database behind them. */
import type { NodeHealth } from '../health/model/node-health.js'

export function isOfDatabase(id: string, { node }: NodeHealth): boolean {
  return id.startsWith(`${node.label}.database`)
}
