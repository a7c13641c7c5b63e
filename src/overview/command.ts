/** `cluster …`: the whole cluster. */
import type { Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { childOptions, clusterRead, stateOption, surveyOptions } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const view = viewsOf(() => import('./view.js'))
const history = viewsOf(() => import('../history/view.js'))

export function clusterCommand(cluster: Command): void {
  surveyOptions(stateOption(clusterRead(cluster.command('view').summary('everything its contract holds'))))
    .option('--shards', 'count the shards each operator stores, and has to pull in a migration')
    .option('--block <number>', 'as this block shows it (default: the latest)')
    .option('--html <path>', 'also write it to this file, as a page that needs nothing else')
    .option('--live', 'ask all nodes for the page, as `wcn cluster status` does')
    .option('--via <url>', 'and one of your nodes what it sees: http://HOST:PORT/metrics/cluster')
    .option('--since <when>', 'how far back the page tells: 30d, 12h, a block, or a day (default: 30d)')
    .action(runLazily(() => import('./cluster-view.js'), view('clusterViewText')))
  stateOption(clusterRead(cluster.command('history').summary('what happened to it')))
    .option('--since <when>', 'from then on: 30d, 12h, a block, or a day such as 2026-11-30 (default: 30d)')
    .option('--until <block>', 'up to this block (default: the latest)')
    .action(runLazily(() => import('../history/cluster-history.js'), history('historyText')))
  childOptions(clusterRead(cluster.command('watch').summary('what happens to it, as it happens')))
    .argument('[arguments...]', 'after --: of the program that --exec names')
    .option('--since <when>', 'begin there: 30d, 12h, a block, or a day such as 2026-11-30 (default: now)')
    .option('--interval <duration>', 'how long to wait between two looks (default: 2s)')
    .option('--exec <program>', 'run it for each event, which it finds as JSON on its standard input')
    .option('--node <ip:port>', 'hear it from this node, in place of an RPC provider')
    .option('--webhook <url>', 'post each event there as JSON; https:// or this machine only')
    .action(runLazily(() => import('../history/cluster-watch.js'), history('watchText')))
  clusterRead(cluster.command('diff').summary('what is different between two blocks'))
    .requiredOption('--from <block>', 'the earlier block')
    .option('--to <block>', 'the later one (default: the latest)')
    .action(runLazily(() => import('../history/cluster-diff.js'), history('clusterDiffText')))
  describePages(cluster, PAGES)
}

const PAGES: Readonly<Record<string, Page>> = {
  view: [
    'Shows all that the contract of the cluster holds: settings, operators, keyspace, migration, maintenance slot. With --html also as a page in one file, which asks nobody for anything, with what happened to the cluster, and with --live how its nodes are; a page that was there is replaced.',
    'wcn cluster view',
    'wcn cluster view --shards --json',
    'wcn cluster view --html cluster.html --since 7d',
  ],
  history: [
    'Tells what happened to the cluster, oldest first: who joined and left, what operators changed about themselves, migrations, maintenance, settings. With --operator only what is about that operator. Events that an RPC provider keeps back are noticed.',
    'wcn cluster history --since 7d',
    'wcn cluster history --since 2026-11-01 --operator 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5 --json',
  ],
  watch: [
    'Tells what happens to the cluster as it happens, in the words of `wcn cluster history`, and goes on over whatever providers drop, delay or reorganise: each event is told once, and what a reorganisation takes back is said. With --json each event is a document on a line of its own. With --node it is heard from a node, which tells everybody at its primary port what its own RPC provider shows; where on the chain that is is not told.',
    'wcn cluster watch',
    'wcn cluster watch --since 1h --exec ./on-event -- --team noc',
    'wcn cluster watch --node 203.0.113.7:3010',
  ],
  diff: [
    'Compares the cluster at two blocks, whatever happened in between.',
    'wcn cluster diff --from 131000000',
    'wcn cluster diff --from 131000000 --to 131500000 --json',
  ],
}
