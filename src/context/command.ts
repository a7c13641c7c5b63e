/** `context …`: named settings, one per cluster. */
import type { Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { outputOptions, settingOptions } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'
import { IN_CONTEXTS } from '../settings/settings-table.js'

const view = viewsOf(() => import('./view.js'))

const NAME = 'such as eu'
/** Neither variables nor standard input are read for it. */
const KEPT = IN_CONTEXTS.map(({ help, shown: _, ...setting }) => ({
  ...setting,
  flags: setting.flags.slice(0, 1),
  variables: [],
  help: help?.replace('; - is stdin', ''),
}))

export function contextCommand(context: Command): void {
  context.description(
    'Settings under a name, one per cluster: address, providers, and where the keys are; never a key. Flags, the environment and --env-file come before them.',
  )
  const add = outputOptions(context.command('add')).summary('keep settings under a name').argument('<name>', NAME)
  settingOptions(add, ...KEPT)
    .option('--rpc-url-file <path>', 'file with URLs of providers, which are in no list of processes then')
    .option('--use', 'make it the current one')
    .option('--force', 'replace one of that name')
    .action(runLazily(() => import('./context-add.js'), view('contextAddText')))
  outputOptions(context.command('use'))
    .summary('make one the current one')
    .argument('<name>', NAME)
    .action(runLazily(() => import('./context-use.js'), view('contextUseText')))
  outputOptions(context.command('list').alias('ls'))
    .summary('list them')
    .action(runLazily(() => import('./context-list.js'), view('contextListText')))
  outputOptions(context.command('remove').alias('rm'))
    .summary('forget one; the files that it names stay')
    .argument('<name>', NAME)
    .action(runLazily(() => import('./context-remove.js'), view('contextRemoveText')))
  describePages(context, PAGES)
}

const PAGES: Readonly<Record<string, Page>> = {
  add: [
    'Keeps settings under a name, in a file that only you can read (URLs of providers may hold tokens). The first one becomes the current one. Paths are kept absolute; a key is kept where it is.',
    'wcn context add eu --rpc-url https://optimism.example.com --contract-address 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5',
    'wcn context add eu --contract-address 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5 --rpc-url-file rpc.url --private-key-file keys/operator.key --use',
  ],
  use: [
    'Makes a context the current one: used where neither --context nor WCN_CONTEXT names one.',
    'wcn context use eu',
    'wcn context use na --json',
  ],
  list: ['Lists the contexts, the current one marked.', 'wcn context list', 'wcn context list --json'],
  remove: [
    'Forgets a context. The files that it names stay where they are.',
    'wcn context remove eu',
    'wcn context remove eu --json',
  ],
}
