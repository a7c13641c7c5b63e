/** `cluster status`, `ok-to-stop` and `migration status`: who answers, what may go down, who still pulls. */
import type { Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { allChecksOption, clusterRead, probeOptions, surveyOptions, watchOptions } from '../cli/options.js'
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

export function migrationCommand(migration: Command): void {
  watchOptions(surveyOptions(clusterRead(migration.command('status').summary('how far it is, and who holds it up'))))
    .option('--probe', 'also ask all nodes: who is down, and from whom nothing can be pulled')
    .option('--database-size <size>', "what one operator's database holds, such as 40GB: tells how long it takes")
    .option('--wait <duration>', 'wait so long for its end, such as 2h (default: not at all)')
    .action(
      runLazily(
        () => import('./migration-status.js'),
        async () => (await import('./view-migration-status.js')).migrationStatusText,
      ),
    )
  describePages(migration, {
    status: [
      'Says whether a data migration is in progress, since when, which operators still pull data, and how many shard replicas they are to get; with the size of a database how long it takes at the least, and with --probe who keeps it from ending. With --wait exit code 0 says that it has ended, 8 that it has not, 9 that it was aborted meanwhile.',
      'wcn migration status --probe --database-size 40GB',
      'wcn migration status --wait 2h --json',
    ],
  })
}

export function okToStopCommand(command: Command): void {
  probeOptions(clusterRead(command))
    .argument('[what...]', 'nodes (index, peer ID or ip:port), `database`, or `operator` for leaving for good')
    .option('--wait <duration>', 'wait so long until it may stop, such as 30m (default: not at all)')
    .option('--primary <node>', 'the node with the signing key, which a migration needs')
    .option('--max-unavailable <n>', 'how many nodes may be down at a time (default: all but one)')
    .option('--during-migration', 'nodes may stop while data migrates, but not the primary one')
    .action(
      runLazily(
        () => import('./ok-to-stop.js'),
        async () => (await import('./view-ok-to-stop.js')).okToStopText,
      ),
    )
  describePages(command, {
    '': [
      'May this go down now? Nodes may while enough others are up and have caught up; the database while nobody else has the maintenance slot, no data migrates, and every shard in it keeps three live replicas; the operator, for good, once it is in no keyspace. Exit code 0 says yes, 4 no, 7 that another operator has the slot. `nodes rollout` and `maintenance run` ask the same.',
      'wcn ok-to-stop 0 --node-key-file keys/node-a.key --wait 10m',
      'wcn ok-to-stop database --wait 30m --json',
    ],
  })
}

const PAGES: Readonly<Record<string, Page>> = {
  status: [
    'Looks at every node of every operator, and says whose do not answer, which share of the keys has lost its quorum or is one outage from that, who holds the maintenance slot, and who stalls a migration. With the key of one of your nodes the others also tell their version, how far they are, and whether they see their database; with --via one of your nodes says what it sees, and with both they are compared. Exit code 8 where some keys have no quorum.',
    'wcn cluster status --node-key-file keys/node-a.key',
    'wcn cluster status --via http://10.0.0.7:9100/metrics/cluster --watch',
  ],
}
