/** `context …`: named settings, one per cluster. */
import type { Command } from 'commander'
import { collect, outputOptions } from '../cli/options.js'
import { runLazily } from '../cli/run-lazily.js'

const NAME = 'such as eu'

export function contextCommand(context: Command): void {
  context.description(
    'Settings under a name, one per cluster: address, providers, and where the keys are; never a key. Flags, the environment and --env-file come before them.',
  )
  outputOptions(context.command('add'))
    .summary('keep settings under a name')
    .description(
      'Keeps settings under a name, in a file that only you can read (URLs of providers may hold tokens). The first one becomes the current one. Paths are kept absolute; a key is kept where it is.',
    )
    .argument('<name>', NAME)
    .option('--contract-address <address>', "the cluster's contract")
    .option('--chain-id <id>', 'expected chain ID (default: 10, OP Mainnet)')
    .option('--rpc-url <url>', 'Optimism RPC provider; repeat it for several', collect)
    .option('--rpc-url-file <path>', 'file with one or several of them, which are in no list of processes then')
    .option('--rpc-quorum <n>', 'how many of them must agree about what is read (default: all)')
    .option('--rpc-header-file <path>', 'file with HTTP headers for them, such as tokens')
    .option('--rpc-ca-file <path>', 'certificate authorities to trust besides the usual, in PEM')
    .option('--encryption-key-file <path>', "file with the cluster's address key")
    .option('--private-key-file <path>', "file with the operator's private key")
    .option('--keystore <path>', "the operator's key as an encrypted keystore, instead")
    .option('--password-file <path>', "file with the keystore's password; asked for without it")
    .option('--node-key-file <path>', 'file with the secret key of one of your nodes, as which nodes are looked at')
    .option('--operator <address>', 'the operator meant, where its key is elsewhere')
    .option('--use', 'make it the current one')
    .option('--force', 'replace one of that name')
    .action(
      runLazily(
        () => import('./context-add.js'),
        async () => (await import('./view.js')).contextAddText,
      ),
    )
  outputOptions(context.command('use'))
    .summary('make one the current one')
    .description('Makes a context the current one: used where neither --context nor WCN_CONTEXT names one.')
    .argument('<name>', NAME)
    .action(
      runLazily(
        () => import('./context-use.js'),
        async () => (await import('./view.js')).contextUseText,
      ),
    )
  outputOptions(context.command('list'))
    .summary('list them')
    .action(
      runLazily(
        () => import('./context-list.js'),
        async () => (await import('./view.js')).contextListText,
      ),
    )
  outputOptions(context.command('remove'))
    .summary('forget one; the files that it names stay')
    .argument('<name>', NAME)
    .action(
      runLazily(
        () => import('./context-remove.js'),
        async () => (await import('./view.js')).contextRemoveText,
      ),
    )
}
