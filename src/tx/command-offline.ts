/** The part of `wcn tx` for transactions that are signed elsewhere, and for understanding any. */
import type { Command } from 'commander'
import {
  clusterOptions,
  consentOptions,
  feeOptions,
  outputOptions,
  privateAddressesOption,
  sendingOptions,
  settingsOptions,
  signerOptions,
  takingAwayOptions,
  trailingBytesOption,
} from '../cli/options.js'
import { runLazily } from '../cli/run-lazily.js'

export function txSign(command: Command): Command {
  return feeOptions(privateAddressesOption(signerOptions(settingsOptions(outputOptions(command)), 'owner')))
    .summary('sign a transaction that --unsigned wrote; needs no network')
    .description(
      'Shows what a transaction does, told from its calldata alone, and signs it with the key of the account it is for. Uses no network.',
    )
    .argument('<file>', 'the unsigned transaction; - is stdin')
    .requiredOption('--out <path>', 'the file to make (mode 0600), for `wcn tx send`')
    .option('-y, --yes', 'do not ask before signing')
    .option('--chain-id <id>', 'expected chain ID (default: 10, OP Mainnet) [WCN_CHAIN_ID]')
    .option('--contract-address <address>', 'refuse a transaction for another contract [SMART_CONTRACT_ADDRESS]')
    .option(
      '--encryption-key-file <path>',
      "file with the cluster's address key, to show addresses [SMART_CONTRACT_ENCRYPTION_KEY]",
    )
    .action(
      runLazily(
        () => import('./tx-sign.js'),
        async () => (await import('./view-offline.js')).txSignText,
        'owner',
      ),
    )
}

export function txSend(command: Command): Command {
  const sending = sendingOptions(consentOptions(clusterOptions(outputOptions(command))))
  return takingAwayOptions(trailingBytesOption(privateAddressesOption(sending)))
    .summary('send a transaction that was signed elsewhere')
    .description(
      'Checks a signed transaction against its own bytes and against the chain as it is now, shows what it changes, and sends it. A transaction that is on chain already is nothing to do. The contract is the one in the file.',
    )
    .argument('<file>', 'the signed transaction; - is stdin')
    .option('--dry-run', 'check and show it; send nothing')
    .action(
      runLazily(
        () => import('./tx-send.js'),
        async () => (await import('./view-offline.js')).txSendText,
        'owner',
      ),
    )
}

export function txDecode(command: Command): Command {
  return privateAddressesOption(clusterOptions(outputOptions(command)))
    .summary('say what calldata, a transaction, a Safe batch or a plan would do')
    .description(
      'For those who must approve a call: says in words what it does and, with a provider, what it would change now, before → after. Exit 8 where a call is unknown or the file contradicts itself.',
    )
    .argument('<call>', 'calldata (0x…), a signed transaction (0x02…), or a file; - is stdin')
    .action(
      runLazily(
        () => import('./tx-decode.js'),
        async () => (await import('./view-decode.js')).txDecodeText,
        'owner',
      ),
    )
}
