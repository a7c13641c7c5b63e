/** `operator …`: your operator, from its key to its place on chain. Views and renames are also top-level commands. */
import { Argument, Command } from 'commander'
import { clusterEdit, clusterRead, stateOption } from '../cli/options.js'
import { runLazily } from '../cli/run-lazily.js'
import { writeView } from '../write/write-view.js'
import { operatorAddress, operatorKeygen, operatorRegister, operatorVerifyRequest } from './command-onboarding.js'

export function operatorCommand(operator: Command): void {
  operator
    .addCommand(operatorKeygen(new Command('keygen')))
    .addCommand(operatorAddress(new Command('address')))
    .addCommand(operatorRegister(new Command('register')))
    .addCommand(operatorVerifyRequest(new Command('verify-request')))
    .addCommand(operatorView(new Command('view')))
    .addCommand(operatorRename(new Command('rename')))
    .addCommand(operatorFunds(new Command('funds')))
}

export function operatorView(command: Command): Command {
  return clusterRead(command.summary('show your operator as the chain holds it')).action(
    runLazily(
      () => import('./operator-view.js'),
      async () => (await import('./view.js')).operatorViewText,
    ),
  )
}

export function operatorRename(command: Command): Command {
  return clusterEdit(command.summary("change your operator's name"))
    .addArgument(new Argument('[new-name]', 'at most 32 bytes of UTF-8'))
    .option('-n, --name <name>', 'the new name, as the Rust tool spells it')
    .action(runLazily(() => import('./operator-rename.js'), writeView))
}

function operatorFunds(command: Command): Command {
  return stateOption(clusterRead(command.summary('what your account holds, and how many more writes it pays for')))
    .option('--min <eth>', 'exit 8 when it holds less than this')
    .action(
      runLazily(
        () => import('./operator-funds.js'),
        async () => (await import('./view-funds.js')).operatorFundsText,
      ),
    )
}
