/** What nodes tell belongs to two groups: of themselves, and of the database behind them. */
import type { NodeHealth } from '../../core/health/node-health.js'

/** What has to be set for that. */
export const NODE_KEY = 'set WCN_NODE_KEY_FILE or --node-key-file to the file with the secret key of one of your nodes'

export function isOfDatabase(id: string, { node }: NodeHealth): boolean {
  return id.startsWith(`${node.label}.database`)
}
