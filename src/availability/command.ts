/** `cluster status`: the whole cluster as it answers. */
import type { Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { allChecksOption, clusterRead, surveyOptions, watchOptions } from '../cli/options.js'
import { runLazily } from '../cli/run-lazily.js'

export function clusterStatusCommand(cluster: Command): void {
  allChecksOption(
    watchOptions(
      surveyOptions(
        clusterRead(cluster.command('status').summary('is it me or everybody? who answers, and do the keys')),
      ),
    ),
  )
    .option('--via <url>', 'what one of your nodes sees, from its metrics server: http://HOST:PORT/metrics/cluster')
    .option('--strict', 'fail also where one more outage takes the quorum of some keys')
    .action(
      runLazily(
        () => import('./cluster-status.js'),
        async () => (await import('./view-cluster-status.js')).clusterStatusText,
      ),
    )
  describePages(cluster, PAGES)
}

const PAGES: Readonly<Record<string, Page>> = {
  status: [
    'Looks at every node of every operator, and says whose do not answer, which share of the keys has lost its quorum or is one outage from that, who holds the maintenance slot, and who stalls a migration. With the key of one of your nodes the others also tell their version, how far they are, and whether they see their database; with --via one of your nodes says what it sees, and with both they are compared. Exit code 8 where some keys have no quorum.',
    'wcn cluster status --node-key-file keys/node-a.key',
    'wcn cluster status --via http://10.0.0.7:9100/metrics/cluster --watch',
  ],
}
