/** `cluster …`: the whole cluster. */
import type { Command } from 'commander'
import { clusterRead } from '../cli/options.js'
import { runLazily } from '../cli/run-lazily.js'

export function clusterCommand(cluster: Command): void {
  clusterRead(cluster.command('view').summary('everything its contract holds'))
    .option('--shards', 'count the shards each operator stores, and has to pull in a migration')
    .action(
      runLazily(
        () => import('./cluster-view.js'),
        async () => (await import('./view.js')).clusterViewText,
      ),
    )
}
