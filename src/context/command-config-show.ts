/** `config show`: the settings that take effect. */
import type { Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { clusterRead, privateAddressesOption, sendingOptions } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const viewConfigShow = viewsOf(() => import('./view.js'))

export function configShowCommand(config: Command): void {
  privateAddressesOption(
    sendingOptions(
      clusterRead(config.command('show').summary('the settings that take effect, and where each came from')),
    ),
  )
    .option('-f, --file <path>', 'deployment description, which says where nothing else does what is meant')
    .action(runLazily(() => import('./config-show.js'), viewConfigShow('configShowText')))
  describePages(config, PAGES)
}

const PAGES: Readonly<Record<string, Page>> = {
  show: [
    'Shows each setting as it takes effect, and where it came from. Keys are not shown, and of URLs only the host.',
    'wcn config show',
    'wcn config show -f deployment.yaml --json',
  ],
}
