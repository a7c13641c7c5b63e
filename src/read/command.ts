/** `cluster …`: the whole cluster. */
import type { Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { clusterRead } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const view = viewsOf(() => import('./view.js'))

export function clusterCommand(cluster: Command): void {
  clusterRead(cluster.command('view').summary('everything its contract holds'))
    .option('--shards', 'count the shards each operator stores, and has to pull in a migration')
    .action(runLazily(() => import('./cluster-view.js'), view('clusterViewText')))
  describePages(cluster, PAGES)
}

const PAGES: Readonly<Record<string, Page>> = {
  view: [
    'Shows all that the contract of the cluster holds: settings, operators, keyspace, migration, maintenance slot.',
    'wcn cluster view',
    'wcn cluster view --shards --json',
  ],
}
