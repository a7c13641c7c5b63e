/** Grammar of `wcn version`: what is installed, for a bug report. */
import type { Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { outputOptions } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const view = viewsOf(() => import('./view.js'))

export function versionCommand(command: Command): void {
  outputOptions(command).action(runLazily(() => import('./version.js'), view('versionText')))
  describePages(command, PAGES)
}

const PAGES: Readonly<Record<string, Page>> = {
  '': [
    'Shows the version, the Node.js it runs on, whether the QUIC addon and anvil are at hand and why not, which schemas it reads and writes, and where it keeps its state. Asks nobody and needs no settings.',
    'wcn version',
    'wcn version --json',
  ],
}
