/** `nodes …`: the nodes your operator has on chain. */
import { type Command, Option } from 'commander'
import { clusterEdit, clusterRead, forceKeyOption, privateAddressesOption } from './options.js'
import { runLazily } from './run-lazily.js'
import { writeView } from './write-view.js'

export function nodesCommand(nodes: Command): void {
  clusterRead(nodes.command('list').summary('list them')).action(
    runLazily(
      () => import('../actions/nodes-list.js'),
      async () => (await import('../ui/views/nodes.js')).nodesListText,
    ),
  )
  nodeFlags(nodeWrite(nodes.command('add').summary('add a node'))).action(
    runLazily(() => import('../actions/nodes-add.js'), writeView),
  )
  nodesFile(nodeFlags(nodeWrite(nodes.command('update').alias('apply').summary('change one node, or the whole list'))))
    .argument('[node]', 'index from 0, peer ID or ip:port; the flags are its new values')
    .addOption(new Option('-i, --index <node>').hideHelp())
    .option('--plan <path>', 'carry out a plan of `nodes diff --out`, or stop if the data changed since')
    .action(runLazily(() => import('../actions/nodes-update.js'), writeView))
  nodeWrite(nodes.command('remove').summary('remove a node'))
    .argument('[node]', 'index from 0, peer ID or ip:port')
    .addOption(new Option('-i, --index <node>').hideHelp())
    .action(runLazily(() => import('../actions/nodes-remove.js'), writeView))
  nodesFile(
    forceKeyOption(
      privateAddressesOption(clusterRead(nodes.command('diff').summary('show what `nodes update -f` would change'))),
    ),
  )
    .option('--out <path>', 'write it as a plan for `nodes update --plan`')
    .option('--force', 'replace an existing plan')
    .option('--detailed-exitcode', 'exit 10 when there are changes')
    .action(
      runLazily(
        () => import('../actions/nodes-diff.js'),
        async () => (await import('../ui/views/nodes.js')).nodesDiffText,
      ),
    )
  forceKeyOption(clusterRead(nodes.command('export').summary('print the list as a file for `nodes update -f`'))).action(
    runLazily(
      () => import('../actions/nodes-export.js'),
      async () => (await import('../ui/views/nodes.js')).nodesExportText,
    ),
  )
}

function nodeWrite(command: Command): Command {
  return privateAddressesOption(clusterEdit(command))
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
  const path = new Option('-f, --file <path>', 'YAML or JSON file with the whole list; - is stdin')
  return command
    .addOption(path.makeOptionMandatory(required))
    .option('--max-removals <count>', 'stop if more nodes than this would go (default without a terminal: 1)')
    .option('--revoke-all', 'let an empty list of clients revoke all of them')
    .option('--replace-undecodable', 'replace data on chain that does not decode')
}
