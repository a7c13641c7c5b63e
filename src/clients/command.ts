/** `clients …`: who may use your operator's nodes. */
import { type Command, Option } from 'commander'
import { clusterEdit, clusterRead } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'
import { writeView } from '../write/write-view.js'

const view = viewsOf(() => import('./view.js'))

export function clientsCommand(clients: Command): void {
  clusterRead(clients.command('list').summary('list them')).action(
    runLazily(() => import('./clients-list.js'), view('clientsListText')),
  )
  clientWrite(clients.command('set').summary('add a client, or replace its namespaces'))
    .option('-n, --namespace <id>', 'namespace it may use, 0 to 255; repeatable', collect)
    .option('--revoke-all', 'take all namespaces away')
    .action(runLazily(() => import('./clients-set.js'), writeView))
  clientWrite(clients.command('remove').summary('remove a client')).action(
    runLazily(() => import('./clients-remove.js'), writeView),
  )
}

function clientWrite(command: Command): Command {
  return clusterEdit(command).argument('[client]', 'its peer ID').addOption(new Option('-i, --peer-id <id>').hideHelp())
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, ...value.split(',')]
}
