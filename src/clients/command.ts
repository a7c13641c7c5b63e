/** `clients …`: who may use your operator's nodes. */
import { type Command, Option } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { clusterEdit, clusterRead } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const viewWrite = viewsOf(() => import('../write/view.js'))
const view = viewsOf(() => import('./view.js'))

export function clientsCommand(clients: Command): void {
  clusterRead(clients.command('list').alias('ls').summary('list them')).action(
    runLazily(() => import('./clients-list.js'), view('clientsListText')),
  )
  clientWrite(clients.command('set').summary('add a client, or replace its namespaces'))
    .option('-n, --namespace <id>', 'namespace it may use, 0 to 255; repeatable', collect)
    .option('--revoke-all', 'take all namespaces away')
    .action(runLazily(() => import('./clients-set.js'), viewWrite('writeText')))
  clientWrite(clients.command('remove').alias('rm').summary('remove a client')).action(
    runLazily(() => import('./clients-remove.js'), viewWrite('writeText')),
  )
  describePages(clients, PAGES)
}

function clientWrite(command: Command): Command {
  return clusterEdit(command).argument('[client]', 'its peer ID').addOption(new Option('-i, --peer-id <id>').hideHelp())
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, ...value.split(',')]
}

const PAGES: Readonly<Record<string, Page>> = {
  list: [
    'Lists the clients that may use your nodes, and the namespaces of each.',
    'wcn clients list',
    'wcn clients list --json',
  ],
  set: [
    'Adds a client, or gives it other namespaces in place of those it has.',
    'wcn clients set 12D3KooWCTcvZaYCuryLjJEPs59KUWeWnXVnrcB6TiPbUxGdLMNj --namespace 1',
    'wcn clients set 12D3KooWCTcvZaYCuryLjJEPs59KUWeWnXVnrcB6TiPbUxGdLMNj -n 1,2 --dry-run',
  ],
  remove: [
    'Removes a client: none of its namespaces are left to it.',
    'wcn clients remove 12D3KooWCTcvZaYCuryLjJEPs59KUWeWnXVnrcB6TiPbUxGdLMNj',
    'wcn clients remove 12D3KooWCTcvZaYCuryLjJEPs59KUWeWnXVnrcB6TiPbUxGdLMNj --yes',
  ],
}
