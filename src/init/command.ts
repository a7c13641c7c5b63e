/** `init`: guided onboarding. */
import type { Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { outputOptions, privateAddressesOption, settingsOptions, stateOption } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const view = viewsOf(() => import('./view.js'))

export function initCommand(command: Command): void {
  stateOption(privateAddressesOption(settingsOptions(outputOptions(command))))
    .option('--dir <path>', 'folder for keys, files and answers (default: wcn-operator)')
    .option('--answers <path>', 'answers from a YAML or JSON file; without a terminal nothing else is asked')
    .option('--wait <duration>', "wait so long for the cluster's owner, such as 30m; exit 8 when time is up")
    .option('--add-context <name>', 'keep the settings as a context of this name, without asking')
    .option('--timeout <duration>', 'the whole run may take so long; answering questions does not count [WCN_TIMEOUT]')
    .option('--force', 'replace files that were edited by hand, and a request that was made from other answers')
    .action(runLazily(() => import('./init.js'), view('initText')))
  describePages(command, PAGES)
}

const PAGES: Readonly<Record<string, Page>> = {
  '': [
    'Takes you from keys to a member of the cluster, step by step: explained, checked before the next, and with the commands that do the same at the end. It may be left at any time; run again, it goes on.',
    'wcn init',
    'wcn init --dir eu --answers answers.yaml --wait 30m',
  ],
}
