/** `cluster …`: the whole cluster. */
import type { Command } from 'commander'
import { clusterRead } from './options.js'
import { runLazily } from './run-lazily.js'

export function clusterCommand(cluster: Command): void {
  clusterRead(cluster.command('view').summary('everything its contract holds'))
    .option('--shards', 'count the shards each operator stores, and has to pull in a migration')
    .action(
      runLazily(
        () => import('../actions/cluster-view.js'),
        async () => (await import('../ui/views/cluster.js')).clusterViewText,
      ),
    )
}
