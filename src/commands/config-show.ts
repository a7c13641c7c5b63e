/** `config show`: the settings that take effect. */
import type { Command } from 'commander'
import { clusterRead, privateAddressesOption, sendingOptions } from './options.js'
import { runLazily } from './run-lazily.js'

export function configShowCommand(config: Command): void {
  privateAddressesOption(
    sendingOptions(
      clusterRead(config.command('show').summary('the settings that take effect, and where each came from')),
    ),
  ).action(
    runLazily(
      () => import('../actions/config-show.js'),
      async () => (await import('../ui/views/config-show.js')).configShowText,
    ),
  )
}
