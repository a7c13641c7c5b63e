/** `nodes …`: the nodes your operator has on chain. */
import { type Command, Option } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import {
  allChecksOption,
  childOptions,
  clusterEdit,
  clusterRead,
  collect,
  forceKeyOption,
  privateAddressesOption,
  probeOptions,
  stateOption,
  takingAwayOptions,
  trailingBytesOption,
  waitOptions,
  watchOptions,
} from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const viewWrite = viewsOf(() => import('../write/view.js'))
const view = viewsOf(() => import('./view.js'))
const viewExport = viewsOf(() => import('./view-export.js'))
const viewNodesCheck = viewsOf(() => import('../health/view-nodes-check.js'))
const viewRuns = viewsOf(() => import('./view-runs.js'))

export function nodesCommand(nodes: Command): void {
  watchOptions(clusterRead(nodes.command('list').alias('ls').summary('list them'))).action(
    runLazily(() => import('./nodes-list.js'), view('nodesListText')),
  )
  verifyOption(nodeFlags(nodeWrite(nodes.command('add').summary('add a node')))).action(
    runLazily(() => import('./nodes-add.js'), viewRuns('nodesWriteText')),
  )
  verifyOption(
    nodesFile(
      nodeFlags(nodeWrite(nodes.command('update').alias('apply').summary('change one node, or the whole list'))),
    ),
  )
    .argument('[node]', 'index from 0, peer ID or ip:port; the flags are its new values')
    .addOption(new Option('-i, --index <node>').hideHelp())
    .option('--plan <path>', 'carry out a plan of `nodes diff --out`, or stop if the data changed since')
    .action(runLazily(() => import('./nodes-update.js'), viewRuns('nodesWriteText')))
  nodeWrite(nodes.command('remove').alias('rm').summary('remove a node'))
    .argument('[node]', 'index from 0, peer ID or ip:port')
    .addOption(new Option('-i, --index <node>').hideHelp())
    .action(runLazily(() => import('./nodes-remove.js'), viewWrite('writeText')))
  allChecksOption(
    watchOptions(
      probeOptions(
        privateAddressesOption(
          clusterRead(nodes.command('check').summary('whether they answer as themselves, as a peer sees them')),
        ),
      ),
    ),
  )
    .argument('[nodes...]', 'index from 0, peer ID, ip:port, or all (default: all on chain)')
    .option('-f, --file <path>', 'look at the nodes of this file instead: deployment description or nodes file')
    .option(
      '--database <ip:port>',
      'your database, which must not answer; ports 3000 to 3002 unless given; no nodes unless named; may be given several times',
      collect,
    )
    .option('--inside', 'this is run in your private network: the database must answer')
    .option('--database-peer-id <id>', 'and as this peer')
    .action(runLazily(() => import('../health/nodes-check.js'), viewNodesCheck('nodesCheckText')))
  childOptions(
    waitOptions(stateOption(clusterRead(nodes.command('rollout').summary('run a command for one node after another')))),
  )
    .argument('<command...>', 'after --: what redeploys a node; WCN_NODE_* in its environment says which')
    .option('--node <node>', 'only this one: index from 0, peer ID or ip:port; may be given several times', collect)
    .option('--primary <node>', 'the one that holds the signing key: it goes last')
    .option('--batch <n>', 'so many at a time, never all (default: 1)')
    .option('--max-unavailable <n>', 'stop if more than so many would be down at a time, those at work included')
    .option('--during-migration', 'go on although a data migration runs')
    .option('--resume', 'leave out the nodes that the last rollout finished')
    .action(runLazily(() => import('./nodes-rollout.js'), viewRuns('nodesRolloutText')))
  waitOptions(nodeFlags(nodeWrite(nodes.command('rotate').summary('give a node a new key or address without a gap'))))
    .argument('<node>', 'index from 0, peer ID or ip:port; the flags are the new values')
    .option('--verify', 'send nothing unless the new node answers as itself already')
    .action(runLazily(() => import('./nodes-rotate.js'), viewRuns('nodesRotateText')))
  nodesFile(
    trailingBytesOption(
      forceKeyOption(
        privateAddressesOption(clusterRead(nodes.command('diff').summary('show what `nodes update -f` would change'))),
      ),
    ),
  )
    .option('--out <path>', 'write it as a plan for `nodes update --plan`')
    .option('--force', 'replace an existing plan')
    .option('--detailed-exitcode', 'exit 10 when there are changes')
    .action(runLazily(() => import('./nodes-diff.js'), view('nodesDiffText')))
  forceKeyOption(clusterRead(nodes.command('export').summary('print the list as a file for `nodes update -f`'))).action(
    runLazily(() => import('./nodes-export.js'), viewExport('nodesExportText')),
  )
  describePages(nodes, PAGES)
}

function nodeWrite(command: Command): Command {
  return privateAddressesOption(clusterEdit(command))
}

function verifyOption(command: Command): Command {
  return probeOptions(command.option('--verify', 'send nothing unless what is new answers as itself'))
}

function nodeFlags(command: Command): Command {
  const peerId = command.name() === 'add' ? '-i, --peer-id <id>' : '--peer-id <id>'
  return command
    .option(peerId, 'as printed by `wcn key generate`')
    .option('-a, --ip-address <ipv4>', 'public IPv4; stored encrypted')
    .option('--private-ip-address <ipv4>', 'for client applications in the same network; None clears it')
    .option('-p, --primary-port <port>', 'UDP port of the primary RPC server')
    .option('-s, --secondary-port <port>', 'UDP port of the secondary RPC server')
}

function nodesFile(command: Command): Command {
  const required = command.name() === 'diff'
  const path = new Option(
    '-f, --file <path>',
    'deployment description, or nodes file with the whole list; YAML or JSON; - is stdin',
  )
  return takingAwayOptions(command.addOption(path.makeOptionMandatory(required)))
}

const PAGES: Readonly<Record<string, Page>> = {
  list: [
    'Lists the nodes that your operator has on chain. Addresses are shown where the encryption key is at hand.',
    'wcn nodes list',
    'wcn nodes list --json --operator 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5',
  ],
  add: [
    'Adds a node: its peer ID, its public address and its two ports, all of which it answers at already or will.',
    'wcn nodes add --peer-id 12D3KooWCTcvZaYCuryLjJEPs59KUWeWnXVnrcB6TiPbUxGdLMNj --ip-address 198.51.100.7 --primary-port 3010 --secondary-port 3011',
    'wcn nodes add -i 12D3KooWCTcvZaYCuryLjJEPs59KUWeWnXVnrcB6TiPbUxGdLMNj -a 198.51.100.7 -p 3010 -s 3011 --verify --yes',
  ],
  update: [
    'Changes one node by flags, or makes the list on chain equal to that of a file. What is the same already costs nothing.',
    'wcn nodes update 0 --ip-address 198.51.100.8',
    'wcn nodes update -f deployment.yaml --yes',
  ],
  remove: [
    'Removes a node from the list on chain. Stop it afterwards, not before.',
    'wcn nodes remove 2',
    'wcn nodes remove 198.51.100.7:3010 --dry-run',
  ],
  check: [
    'Asks each port of each node whether it answers as the peer that is listed, and with the key of one of your nodes also how it and its database are. Exit 8 when a check fails.',
    'wcn nodes check',
    'wcn nodes check all --node-key-file keys/node-a.key --watch',
  ],
  rollout: [
    'Runs a command for one node after another. The next one follows only when the one before is up and has caught up.',
    'wcn nodes rollout --node-key-file keys/node-a.key -- ./redeploy.sh',
    'wcn nodes rollout --node 0 --settle 30s -- ssh node-a systemctl restart wcn_node',
  ],
  rotate: [
    'Gives a node a new key or address: the new one is listed beside the old one first, and takes its place once it answers.',
    'wcn nodes rotate 0 --ip-address 198.51.100.9',
    'wcn nodes rotate 1 --peer-id 12D3KooWCTcvZaYCuryLjJEPs59KUWeWnXVnrcB6TiPbUxGdLMNj --ip-address 198.51.100.9 --verify --yes',
  ],
  diff: [
    'Shows what `wcn nodes update -f` would change, and writes it down as a plan that is carried out to the letter or not at all.',
    'wcn nodes diff -f deployment.yaml --detailed-exitcode',
    'wcn nodes diff -f nodes.yaml --out plan.json',
  ],
  export: [
    'Prints the list on chain as a YAML file for `wcn nodes update -f`.',
    'wcn nodes export > nodes.yaml',
    'wcn nodes export --operator 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5',
  ],
}
