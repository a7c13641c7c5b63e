/** `config check` and `config diff`: what your database and nodes run with, checked and compared. */
import { type Command, Option } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { allChecksOption, clusterRead } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'
import { READ_BY } from './model/found.js'

const viewConfigCheck = viewsOf(() => import('./view-config-check.js'))
const viewConfigDiff = viewsOf(() => import('./view-config-diff.js'))

export function configCheckCommands(config: Command): void {
  allChecksOption(
    checked(config.command('check').summary('look for mistakes in env files, compose files, units and manifests')),
  )
    .option('--online', 'also compare with the chain')
    .addOption(
      new Option('--read-by <reader>', 'who reads the env files, where that cannot be told from them').choices(READ_BY),
    )
    .action(runLazily(() => import('./config-check.js'), viewConfigCheck('configCheckText')))
  checked(config.command('diff').summary('compare files with the chain and with what runs'))
    .option('--running', "ask the nodes' metrics servers too, on this machine or at --metrics-host")
    .option('--metrics-host <host>', 'where the metrics servers are (default: 127.0.0.1)')
    .option('--detailed-exitcode', 'exit 10 if there are differences')
    .action(runLazily(() => import('./config-diff.js'), viewConfigDiff('configDiffText')))
  describePages(config, PAGES)
}

function checked(command: Command): Command {
  return clusterRead(command.argument('<paths...>', 'files or directories; - is stdin')).option(
    '-f, --file <path>',
    'deployment description: which cluster and operator they are for, where no setting says so',
  )
}

const PAGES: Readonly<Record<string, Page>> = {
  check: [
    'Looks for mistakes in env files, compose files, units and manifests, each with file and line. Exit 8 when one is found.',
    'wcn config check deploy',
    'docker compose config | wcn config check -',
  ],
  diff: [
    'Compares files with what is on chain, and with what runs.',
    'wcn config diff deploy',
    'wcn config diff deploy --json',
  ],
}
