/** `operator …`: your operator, from its key to its place on chain. Views and renames are also top-level commands. */
import { Argument, Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import {
  allChecksOption,
  clusterEdit,
  clusterOptions,
  clusterRead,
  forceKeyOption,
  keyPermissionsOption,
  outputOptions,
  privateAddressesOption,
  settingsOptions,
  signerOptions,
  stateOption,
  watchOptions,
} from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const viewWrite = viewsOf(() => import('../write/view.js'))
const view = viewsOf(() => import('./view.js'))
const registerView = viewsOf(() => import('../register/view.js'))

export function operatorCommand(operator: Command): void {
  operator
    .addCommand(operatorKeygen(new Command('keygen')))
    .addCommand(operatorAddress(new Command('address')))
    .addCommand(operatorRegister(new Command('register')))
    .addCommand(operatorVerifyRequest(new Command('verify-request')))
    .addCommand(operatorView(new Command('view')))
    .addCommand(operatorRename(new Command('rename')))
    .addCommand(operatorFunds(new Command('funds')))
  describePages(operator, PAGES)
}

export function operatorView(command: Command): Command {
  return watchOptions(clusterRead(command.summary('show your operator as the chain holds it'))).action(
    runLazily(() => import('./operator-view.js'), view('operatorViewText')),
  )
}

export function operatorRename(command: Command): Command {
  return clusterEdit(command.summary("change your operator's name"))
    .addArgument(new Argument('[new-name]', 'at most 32 bytes of UTF-8'))
    .option('-n, --name <name>', 'the new name, as the Rust tool spells it')
    .action(runLazily(() => import('./operator-rename.js'), viewWrite('writeText')))
}

function operatorFunds(command: Command): Command {
  return stateOption(clusterRead(command.summary('what your account holds, and how many more writes it pays for')))
    .option('--min <eth>', 'exit 8 when it holds less than this')
    .action(runLazily(() => import('./operator-funds.js'), view('operatorFundsText')))
}

function operatorKeygen(command: Command): Command {
  return keyPermissionsOption(outputOptions(command))
    .summary("make the operator's account")
    .requiredOption('--out <path>', 'the file to make (mode 0600), or a directory')
    .option('--keystore', 'encrypt it with a password (Web3 Secret Storage v3, as geth, ethers and cast read it)')
    .option('--password-file <path>', 'file with that password; - is stdin; asked for without it')
    .action(runLazily(() => import('./operator-keygen.js'), view('keygenView')))
}

function operatorAddress(command: Command): Command {
  return signerOptions(settingsOptions(outputOptions(command)))
    .summary('show the operator ID: the address of the configured key')
    .action(runLazily(() => import('./operator-address.js'), view('addressView')))
}

function operatorRegister(command: Command): Command {
  return forceKeyOption(privateAddressesOption(clusterRead(command)))
    .summary("make the join request for the cluster's owner")
    .option('-f, --file <path>', 'deployment description, or nodes file: name, nodes, clients')
    .option('--name <name>', "the operator's name, at most 32 bytes")
    .option(
      '--node <node...>',
      'a node as ID,IPV4,PORT,PORT[,private=IPV4]: its peer ID, its address, primary and secondary port',
    )
    .option('--secret-key-file <path...>', "file with a node's secret key; give one for each")
    .option('--proof <path...>', 'proof that `wcn key prove` made where a secret key stays')
    .option('--draft <path>', 'where proofs are missing: the draft for `wcn key prove`; continued when it exists')
    .option('--out <path>', 'the request (default: ./wcn-join-request-ADDRESS.json)')
    .option('--force', 'replace a request or draft that exists')
    .option('--expires-in-days <n>', 'how long it can be approved (default: 30)')
    .option('--offline', 'do not ask the chain')
    .option('--wait', 'wait until it is on chain, or until --timeout; exit 8 unless it is there as requested')
    .option('--add-context <name>', 'keep the settings as a context of this name, without asking')
    .option('--status <path>', 'only say where the request in this file stands')
    .action(runLazily(() => import('../register/operator-register.js'), registerView('registerView')))
}

function operatorVerifyRequest(command: Command): Command {
  return allChecksOption(privateAddressesOption(clusterOptions(outputOptions(command))))
    .summary('prove a join request and show what it asks for')
    .argument('<file>', 'the join request; - is stdin')
    .action(runLazily(() => import('../register/operator-verify-request.js'), registerView('verifyRequestView')))
}

const PAGES: Readonly<Record<string, Page>> = {
  keygen: [
    'Makes a key for the Optimism account of an operator, writes it to a file that only you can read, and prints its address: the operator ID.',
    'wcn operator keygen --out keys/operator.key',
    'wcn operator keygen --keystore --out keys',
  ],
  address: [
    'Shows the operator ID: the address of the configured key.',
    'wcn operator address',
    'wcn operator address --private-key-file keys/operator.key',
  ],
  register: [
    "Checks everything that can be checked, proves that you hold the operator's key and every node's, and writes one file for the cluster's owner. Run again, it says where the request stands.",
    'wcn operator register -f deployment.yaml --name acme',
    'wcn operator register --status wcn-join-request.json --wait --timeout 12h',
  ],
  'verify-request': [
    'Checks signatures and content of a join request, with the encryption key its addresses too, and with a contract and a provider also what the cluster says. Exit 8 when a check fails.',
    'wcn operator verify-request wcn-join-request.json',
    'wcn operator verify-request wcn-join-request.json --json',
  ],
  view: [
    'Shows your operator as the chain holds it: operator slot, name, nodes, clients, and how much room its data has left.',
    'wcn operator view',
    'wcn operator view --operator 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5 --json',
  ],
  rename: [
    "Changes your operator's name on chain.",
    'wcn operator rename "Example Operator"',
    'wcn operator rename example --dry-run',
  ],
  funds: [
    'Shows what your account holds, and how many more writes it pays for at the prices of now.',
    'wcn operator funds',
    'wcn operator funds --min 0.01',
  ],
}
