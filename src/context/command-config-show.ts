/** `config show`: the settings that take effect. */
import type { Command } from 'commander'
import { clusterRead, privateAddressesOption, sendingOptions } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const viewConfigShow = viewsOf(() => import('./view-config-show.js'))

export function configShowCommand(config: Command): void {
  privateAddressesOption(
    sendingOptions(
      clusterRead(config.command('show').summary('the settings that take effect, and where each came from')),
    ),
  ).action(runLazily(() => import('./config-show.js'), viewConfigShow('configShowText')))
}
