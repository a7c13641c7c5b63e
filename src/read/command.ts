/** `cluster …`: the whole cluster. */
import type { Command } from 'commander'
import { clusterRead } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const view = viewsOf(() => import('./view.js'))

export function clusterCommand(cluster: Command): void {
  clusterRead(cluster.command('view').summary('everything its contract holds'))
    .option('--shards', 'count the shards each operator stores, and has to pull in a migration')
    .action(runLazily(() => import('./cluster-view.js'), view('clusterViewText')))
}
