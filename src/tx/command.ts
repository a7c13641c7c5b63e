/** `tx …`: transactions this tool sent, or is to send. */
import { Command } from 'commander'
import {
  clusterOptions,
  clusterRead,
  consentOptions,
  outputOptions,
  sendingOptions,
  settingsOptions,
  stateOption,
} from '../cli/options.js'
import type { Action, View } from '../cli/run-command.js'
import { runLazily } from '../cli/run-lazily.js'
import { txDecode, txSend, txSign } from './command-offline.js'

const HASH = 'its hash, or the first 8 or more digits of it'

export function txCommand(tx: Command): void {
  stateOption(settingsOptions(outputOptions(tx.command('list'))))
    .summary('list what was sent from this machine')
    .option('--open', 'only what has not settled yet')
    .action(
      runLazily(
        () => import('./tx-list.js'),
        async () => (await import('./view.js')).txListText,
      ),
    )
  stateOption(clusterOptions(outputOptions(tx.command('show'))))
    .summary('show one and, with a provider, what the chain says of it')
    .argument('<hash>', HASH)
    .action(
      runLazily(
        () => import('./tx-show.js'),
        async () => (await import('./view.js')).txShowText,
      ),
    )
  sending(tx.command('resume'))
    .summary('finish what an earlier run left open')
    .description(
      'Waits for what is waiting. What no provider knows is sent again, the very same bytes, where the state it was made for still holds; entering maintenance is never sent again by itself.',
    )
    .argument('[hash]', `${HASH}; all that are open without it`)
    .option('--speed-up', 'bid more for it: the same call at the same nonce')
    .action(
      runAsEither(
        () => import('./tx-resume.js'),
        async () => (await import('./view.js')).txResumeText,
      ),
    )
  sending(tx.command('cancel'))
    .summary('take the place of one that is still open with an empty transfer to yourself')
    .description(
      'Takes the place of one that is still open with an empty transfer to yourself. Where a transaction before it is missing, so that nothing can include it, all of the account beyond that are given up, and then the gap is filled.',
    )
    .argument('<hash>', HASH)
    .action(
      runAsEither(
        () => import('./tx-cancel.js'),
        async () => (await import('./view.js')).txCancelText,
      ),
    )
  tx.addCommand(txSign(new Command('sign')))
    .addCommand(txSend(new Command('send')))
    .addCommand(txDecode(new Command('decode')))
}

function sending(command: Command): Command {
  return sendingOptions(consentOptions(clusterRead(command))).option(
    '--owner',
    "sign with the owner's key instead: the owner sent it [WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY]",
  )
}

/** The journal holds what operators and owners sent; whose key is to sign is said by a flag. */
function runAsEither<T>(loadAction: () => Promise<Action<T>>, loadView: () => Promise<View<T>>) {
  return (...parameters: unknown[]): Promise<void> => {
    const { owner } = (parameters.at(-1) as Command).opts()
    return runLazily(loadAction, loadView, owner === true ? 'owner' : 'operator')(...parameters)
  }
}
