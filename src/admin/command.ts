/** Grammar of `wcn admin`: the cluster owner's side. Every command here signs with the owner's key. */
import { Command, Option } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import {
  chainOptions,
  clusterWrite,
  consentOptions,
  outputOptions,
  privateAddressesOption,
  sendingOptions,
  signerOptions,
} from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const view = viewsOf(() => import('./view.js'))
const registerView = viewsOf(() => import('../register/view.js'))

export function adminCommand(admin: Command): void {
  admin.description(
    "The cluster owner's side: everything here is signed with the owner's key (--private-key-file or WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY).",
  )
  admin.addCommand(adminDeploy(new Command('deploy')))
  const operator = adminOperator(new Command('operator'))
  admin.addCommand(operator)
  describePages(admin, PAGES)
  describePages(operator, OPERATOR_PAGES)
}

function adminDeploy(deploy: Command): Command {
  consentOptions(sendingOptions(signerOptions(chainOptions(outputOptions(deploy, '--output')), 'owner')))
    .summary('deploy a cluster contract')
    .requiredOption('-o, --operator <address...>', 'the operators, at least 5; they take slots 0, 1, 2 …')
    .option('--max-operator-data-bytes <number>', "limit of an operator's data (default: 4096)")
    .option('--min-operators <number>', 'fewest operators the contract keeps (default: 5)')
    .addOption(new Option('--settings <which>', "the network's tunables").choices(['defaults']).default('defaults'))
    .option('--dry-run', 'show and price the first transaction; send nothing')
    .action(runLazily(() => import('./admin-deploy.js'), view('deployView'), 'owner'))
  return deploy
}

function adminOperator(operator: Command): Command {
  operator.summary('the operators of the cluster')
  privateAddressesOption(clusterWrite(operator.command('approve'), 'owner'))
    .summary('verify a join request and add its operator')
    .argument('<file>', 'the join request; - is stdin')
    .action(runLazily(() => import('./admin-operator-approve.js'), registerView('approveView'), 'owner'))
  return operator
}

const PAGES: Readonly<Record<string, Page>> = {
  deploy: [
    "Deploys a cluster in two transactions and makes the signing account its owner. Every operator begins with two placeholder nodes at 10.0.0.0.\n\nOn every chain this deploys the project's own contract, the one of the development chain; it is not the network's own contract, and no network will use it.",
    'wcn admin deploy --dry-run -o 0x70997970c51812dc3a010c7d01b50e0d17dc79c8 0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc 0x90f79bf6eb2c4f870365e785982e1f101e93b906 0x15d34aaf54267db7d7c367839aaf71a00a2c6a65 0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc',
    'wcn admin deploy --min-operators 5 --max-operator-data-bytes 8192 --dry-run -o 0x70997970c51812dc3a010c7d01b50e0d17dc79c8 0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc 0x90f79bf6eb2c4f870365e785982e1f101e93b906 0x15d34aaf54267db7d7c367839aaf71a00a2c6a65 0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc',
  ],
}

const OPERATOR_PAGES: Readonly<Record<string, Page>> = {
  approve: [
    'Verifies a join request as `wcn operator verify-request` does, shows it, and adds the operator to the cluster.',
    'wcn admin operator approve wcn-join-request.json',
    'wcn admin operator approve wcn-join-request.json --unsigned approve.json',
  ],
}
