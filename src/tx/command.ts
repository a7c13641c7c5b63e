/** `tx …`: transactions this tool sent, or is to send. */
import { Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import {
  clusterOptions,
  clusterRead,
  consentOptions,
  feeOptions,
  outputOptions,
  privateAddressesOption,
  sendingOptions,
  settingsOptions,
  signerOptions,
  stateOption,
  takingAwayOptions,
  trailingBytesOption,
} from '../cli/options.js'
import type { Action, View } from '../cli/run-command.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const view = viewsOf(() => import('./view.js'))
const HASH = 'its hash, or the first 8 or more digits of it'

export function txCommand(tx: Command): void {
  stateOption(settingsOptions(outputOptions(tx.command('list').alias('ls'))))
    .summary('list what was sent from this machine')
    .option('--open', 'only what has not settled yet')
    .action(runLazily(() => import('./tx-list.js'), view('txListText')))
  stateOption(clusterOptions(outputOptions(tx.command('show'))))
    .summary('show one and, with a provider, what the chain says of it')
    .argument('<hash>', HASH)
    .action(runLazily(() => import('./tx-show.js'), view('txShowText')))
  sending(tx.command('resume'))
    .summary('finish what an earlier run left open')
    .argument('[hash]', `${HASH}; all that are open without it`)
    .option('--speed-up', 'bid more for it: the same call at the same nonce')
    .action(runAsEither(() => import('./tx-resume.js'), view('txResumeText')))
  sending(tx.command('cancel'))
    .summary('take the place of one that is still open with an empty transfer to yourself')
    .argument('<hash>', HASH)
    .action(runAsEither(() => import('./tx-cancel.js'), view('txCancelText')))
  tx.addCommand(txSign(new Command('sign')))
    .addCommand(txSend(new Command('send')))
    .addCommand(txDecode(new Command('decode')))
  describePages(tx, PAGES)
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

function txSign(command: Command): Command {
  return feeOptions(privateAddressesOption(signerOptions(settingsOptions(outputOptions(command)), 'owner')))
    .summary('sign a transaction that --unsigned wrote; needs no network')
    .argument('<file>', 'the unsigned transaction; - is stdin')
    .requiredOption('--out <path>', 'the file to make (mode 0600), for `wcn tx send`')
    .option('-y, --yes', 'do not ask before signing')
    .option('--chain-id <id>', 'expected chain ID (default: 10, OP Mainnet) [WCN_CHAIN_ID]')
    .option('--contract-address <address>', 'refuse a transaction for another contract [SMART_CONTRACT_ADDRESS]')
    .option(
      '--encryption-key-file <path>',
      "file with the cluster's address key, to show addresses [SMART_CONTRACT_ENCRYPTION_KEY]",
    )
    .action(runLazily(() => import('./tx-sign.js'), view('txSignText'), 'owner'))
}

function txSend(command: Command): Command {
  const sending = sendingOptions(consentOptions(clusterOptions(outputOptions(command))))
  return takingAwayOptions(trailingBytesOption(privateAddressesOption(sending)))
    .summary('send a transaction that was signed elsewhere')
    .argument('<file>', 'the signed transaction; - is stdin')
    .option('--dry-run', 'check and show it; send nothing')
    .action(runLazily(() => import('./tx-send.js'), view('txSendText'), 'owner'))
}

function txDecode(command: Command): Command {
  return privateAddressesOption(clusterOptions(outputOptions(command)))
    .summary('say what calldata, a transaction, a Safe batch or a plan would do')
    .argument('<call>', 'calldata (0x…), a signed transaction (0x02…), or a file; - is stdin')
    .action(
      runLazily(
        () => import('./tx-decode.js'),
        async () => (await import('./view-decode.js')).txDecodeText,
        'owner',
      ),
    )
}

const PAGES: Readonly<Record<string, Page>> = {
  list: [
    'Lists the transactions that were sent from this machine, the newest first. It asks no chain.',
    'wcn tx list',
    'wcn tx list --open --json',
  ],
  show: [
    'Shows a transaction as it was written down, and with a provider what the chain says of it.',
    'wcn tx show 0x2f1c5c29',
    'wcn tx show 0x2f1c5c29 --json',
  ],
  resume: [
    'Waits for what is waiting. What no provider knows is sent again, the very same bytes, where the state it was made for still holds; entering maintenance is never sent again by itself.',
    'wcn tx resume',
    'wcn tx resume 0x2f1c5c29 --speed-up',
  ],
  cancel: [
    'Takes the place of one that is still open with an empty transfer to yourself. Where a transaction before it is missing, so that nothing can include it, all of the account beyond that are given up, and then the gap is filled.',
    'wcn tx cancel 0x2f1c5c29',
    'wcn tx cancel 0x2f1c5c29 --yes --max-fee 5',
  ],
  sign: [
    'Shows what a transaction does, told from its calldata alone, and signs it with the key of the account it is for. Uses no network.',
    'wcn tx sign unsigned.json --out signed.json',
    'wcn tx sign unsigned.json --keystore keys/owner.json --out signed.json',
  ],
  send: [
    'Checks a signed transaction against its own bytes and against the chain as it is now, shows what it changes, and sends it. A transaction that is on chain already is nothing to do. The contract is the one in the file.',
    'wcn tx send signed.json',
    'wcn tx send signed.json --dry-run',
  ],
  decode: [
    'For those who must approve a call: says in words what it does and, with a provider, what it would change now, before → after. Exit 8 where a call is unknown or the file contradicts itself.',
    'wcn tx decode unsigned.safe.json',
    'wcn tx decode plan.json --json',
  ],
}
