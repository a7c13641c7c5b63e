/** Grammar of `wcn version`: what is installed, for a bug report. */
import type { Command } from 'commander'
import { outputOptions } from '../cli/options.js'
import { runLazily } from '../cli/run-lazily.js'

export function versionCommand(command: Command): void {
  outputOptions(command)
    .description(
      'Shows the version, the Node.js it runs on, whether the QUIC addon and anvil are at hand and why not, which schemas it reads and writes, and where it keeps its state. Asks nobody and needs no settings.',
    )
    .action(
      runLazily(
        () => import('./version.js'),
        async () => (await import('./view.js')).versionText,
      ),
    )
}
