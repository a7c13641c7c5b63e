/** The part of `wcn operator` that leads into a cluster: an account, a join request, and what became of it. */
import type { Command } from 'commander'
import {
  clusterOptions,
  clusterRead,
  forceKeyOption,
  keyPermissionsOption,
  outputOptions,
  privateAddressesOption,
  settingsOptions,
  signerOptions,
} from '../cli/options.js'
import { runLazily } from '../cli/run-lazily.js'

export function operatorKeygen(command: Command): Command {
  return keyPermissionsOption(outputOptions(command))
    .summary("make the operator's account")
    .description(
      'Makes a key for the Optimism account of an operator, writes it to a file that only you can read, and prints its address: the operator ID.',
    )
    .requiredOption('--out <path>', 'the file to make (mode 0600), or a directory')
    .option('--keystore', 'encrypt it with a password (Web3 Secret Storage v3, as geth, ethers and cast read it)')
    .option('--password-file <path>', 'file with that password; - is stdin; asked for without it')
    .action(
      runLazily(
        () => import('./operator-keygen.js'),
        async () => (await import('./view-keys.js')).keygenView,
      ),
    )
}

export function operatorAddress(command: Command): Command {
  return signerOptions(settingsOptions(outputOptions(command)))
    .summary('show the operator ID: the address of the configured key')
    .action(
      runLazily(
        () => import('./operator-address.js'),
        async () => (await import('./view-keys.js')).addressView,
      ),
    )
}

export function operatorRegister(command: Command): Command {
  return forceKeyOption(privateAddressesOption(clusterRead(command)))
    .summary("make the join request for the cluster's owner")
    .description(
      "Checks everything that can be checked, proves that you hold the operator's key and every node's, and writes one file for the cluster's owner. Run again, it says where the request stands.",
    )
    .option('-f, --file <path>', 'nodes file: name, nodes, clients')
    .option('--name <name>', "the operator's name, at most 32 bytes")
    .option('--node <node...>', 'a node as PEER_ID,IPV4,PRIMARY_PORT,SECONDARY_PORT[,private=IPV4]')
    .option('--secret-key-file <path...>', "file with a node's secret key; give one for each")
    .option('--proof <path...>', 'proof that `wcn key prove` made where a secret key stays')
    .option('--draft <path>', 'where proofs are missing: the draft for `wcn key prove`; continued when it exists')
    .option('--out <path>', 'the request (default: ./wcn-join-request-ADDRESS.json)')
    .option('--force', 'replace a request or draft that exists')
    .option('--expires-in-days <n>', 'how long it can be approved (default: 30)')
    .option('--offline', 'do not ask the chain')
    .option('--wait', 'wait until it is on chain, or until --timeout; exit 8 unless it is there as requested')
    .option('--status <path>', 'only say where the request in this file stands')
    .action(
      runLazily(
        () => import('../register/operator-register.js'),
        async () => (await import('../register/view.js')).registerView,
      ),
    )
}

export function operatorVerifyRequest(command: Command): Command {
  return privateAddressesOption(clusterOptions(outputOptions(command)))
    .summary('prove a join request and show what it asks for')
    .description(
      'Checks signatures and content of a join request, with the encryption key its addresses too, and with a contract and a provider also what the cluster says. Exit 8 when a check fails.',
    )
    .argument('<file>', 'the join request; - is stdin')
    .action(
      runLazily(
        () => import('../register/operator-verify-request.js'),
        async () => (await import('../register/view.js')).verifyRequestView,
      ),
    )
}
