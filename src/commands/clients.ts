/** `clients …`: who may use your operator's nodes. */
import { type Command, Option } from 'commander'
import { clusterRead, clusterWrite } from './options.js'
import { runLazily } from './run-lazily.js'

const writeText = async () => (await import('../ui/views/write.js')).writeText

export function clientsCommand(clients: Command): void {
  clusterRead(clients.command('list').summary('list them')).action(
    runLazily(
      () => import('../actions/clients-list.js'),
      async () => (await import('../ui/views/clients.js')).clientsListText,
    ),
  )
  clientWrite(clients.command('set').summary('add a client, or replace its namespaces'))
    .option('-n, --namespace <id>', 'namespace it may use, 0 to 255; repeatable', collect)
    .option('--revoke-all', 'take all namespaces away')
    .action(runLazily(() => import('../actions/clients-set.js'), writeText))
  clientWrite(clients.command('remove').summary('remove a client')).action(
    runLazily(() => import('../actions/clients-remove.js'), writeText),
  )
}

function clientWrite(command: Command): Command {
  return clusterWrite(command)
    .argument('[client]', 'its peer ID')
    .addOption(new Option('-i, --peer-id <id>').hideHelp())
    .option('--drop-trailing-bytes', 'lose bytes on chain that this version does not know')
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, ...value.split(',')]
}
