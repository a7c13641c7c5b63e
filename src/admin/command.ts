/** Grammar of `wcn admin`: the cluster owner's side. Every write here is signed with the owner's key. */
import { Command, Option } from 'commander'
import { describePages } from '../cli/help.js'
import {
  chainOptions,
  clusterRead,
  clusterWrite,
  collect,
  consentOptions,
  outputOptions,
  privateAddressesOption,
  probeOptions,
  sendingOptions,
  signerOptions,
  takingAwayOptions,
  trailingBytesOption,
} from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

import { MAINTENANCE_PAGES, MIGRATION_PAGES, OPERATOR_PAGES, OWNERSHIP_PAGES, PAGES, SETTINGS_PAGES } from './pages.js'

const view = viewsOf(() => import('./view.js'))
const viewWrite = viewsOf(() => import('../write/view.js'))
const registerView = viewsOf(() => import('../register/view.js'))
const ADDRESS_OR_SLOT = 'its address or operator slot'

export function adminCommand(admin: Command): void {
  admin.description(
    "The cluster owner's side: everything here is signed with the owner's key (--private-key-file or WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY).",
  )
  admin.addCommand(adminDeploy(new Command('deploy')))
  for (const [name, build, pages] of [
    ['operator', adminOperator, OPERATOR_PAGES],
    ['migration', adminMigration, MIGRATION_PAGES],
    ['maintenance', adminMaintenance, MAINTENANCE_PAGES],
    ['settings', adminSettings, SETTINGS_PAGES],
    ['ownership', adminOwnership, OWNERSHIP_PAGES],
  ] as const) {
    const command = new Command(name)
    build(command)
    admin.addCommand(command)
    describePages(command, pages)
  }
  describePages(admin, PAGES)
}

function adminDeploy(deploy: Command): Command {
  consentOptions(sendingOptions(signerOptions(chainOptions(outputOptions(deploy, '--output')), 'owner')))
    .summary('deploy a cluster contract')
    .requiredOption('-o, --operator <address...>', 'the operators, at least 5; they take slots 0, 1, 2 …')
    .option('--max-operator-data-bytes <number>', "limit of an operator's data (default: 4096)")
    .option('--min-operators <number>', 'fewest operators the contract keeps (default: 5)')
    .addOption(new Option('--settings <which>', "the network's tunables").choices(['defaults']).default('defaults'))
    .option('--artifact <path>', "a compiler's JSON file of the contract (default: this tool's own contract)")
    .option('--dry-run', 'show and price the first transaction; send nothing')
    .addOption(new Option('--unsigned <path>').hideHelp())
    .action(runLazily(() => import('./admin-deploy.js'), view('deployView'), 'owner'))
  return deploy
}

function ownerWriteCommand(parent: Command, name: string, summary: string): Command {
  return clusterWrite(parent.command(name), 'owner').summary(summary)
}

function adminOperator(operator: Command): void {
  operator.summary('the operators of the cluster')
  verifyOption(
    privateAddressesOption(ownerWriteCommand(operator, 'approve', 'verify a join request and add its operator')),
  )
    .argument('<file>', 'the join request; - is stdin')
    .action(runLazily(() => import('./admin-operator-approve.js'), registerView('approveView'), 'owner'))
  privateAddressesOption(ownerWriteCommand(operator, 'add', 'add an operator without a join request'))
    .argument('<address>', "the operator's account")
    .option('--name <name>', 'its name, at most 32 bytes')
    .option('-f, --file <path>', 'nodes file or deployment description (default: two placeholder nodes at 10.0.0.0)')
    .action(runLazily(() => import('./admin-operator-add.js'), viewWrite('writeText'), 'owner'))
  verifyOption(
    takingAwayOptions(
      trailingBytesOption(privateAddressesOption(ownerWriteCommand(operator, 'set', "replace an operator's nodes"))),
    ),
  )
    .argument('<operator>', ADDRESS_OR_SLOT)
    .requiredOption('-f, --file <path>', 'nodes file or deployment description; clients it does not name stay')
    .action(runLazily(() => import('./admin-operator-set.js'), viewWrite('writeText'), 'owner'))
  trailingBytesOption(ownerWriteCommand(operator, 'rename', "change an operator's name"))
    .argument('<operator>', ADDRESS_OR_SLOT)
    .argument('<new-name>', 'at most 32 bytes of UTF-8')
    .action(runLazily(() => import('./admin-operator-rename.js'), viewWrite('writeText'), 'owner'))
  ownerWriteCommand(operator, 'remove', 'remove an operator that stores nothing any more')
    .alias('rm')
    .argument('<operator>', ADDRESS_OR_SLOT)
    .action(runLazily(() => import('./admin-operator-remove.js'), viewWrite('writeText'), 'owner'))
}

function adminMigration(migration: Command): void {
  migration.summary('data migrations to another keyspace')
  keyspaceOptions(
    clusterRead(migration.command('plan'), 'owner').summary('what one would move, and what would stall it'),
  )
    .option('--database-size <size>', "what one operator's database holds, such as 40GB: tells how long it takes")
    .action(runLazily(() => import('./admin-migration-plan.js'), view('migrationPlanText'), 'owner'))
  keyspaceOptions(ownerWriteCommand(migration, 'start', 'start one'))
    .option('--force', 'start it although it may never end')
    .action(runLazily(() => import('./admin-migration-start.js'), viewWrite('writeText'), 'owner'))
  ownerWriteCommand(migration, 'abort', 'abort the one in progress')
    .option('--id <id>', 'only if it is this one')
    .action(runLazily(() => import('./admin-migration-abort.js'), viewWrite('writeText'), 'owner'))
}

function adminMaintenance(maintenance: Command): void {
  maintenance.summary("the cluster's maintenance slot")
  ownerWriteCommand(maintenance, 'release', 'free it for whoever holds it').action(
    runLazily(() => import('./admin-maintenance-release.js'), viewWrite('writeText'), 'owner'),
  )
}

function adminSettings(settings: Command): void {
  settings.summary("the cluster's settings")
  clusterRead(settings.command('view'), 'owner')
    .summary('show them')
    .action(runLazily(() => import('./admin-settings-view.js'), view('settingsText'), 'owner'))
  ownerWriteCommand(settings, 'update', 'change those that are named')
    .option('--max-operator-data-bytes <number>', "limit of an operator's data")
    .option('--min-operators <number>', 'fewest operators the contract keeps, at least 5')
    .option('--event-propagation-latency-ms <number>', 'how long an event may take to every node')
    .option('--clock-skew-ms <number>', "how far nodes' clocks may differ")
    .option('--migration-concurrency <number>', 'shards that are pulled at a time; 0 = unlimited')
    .option('--migration-tx-bandwidth <number>', 'bytes per second that an operator gives; 0 = unlimited')
    .option('--migration-rx-bandwidth <number>', 'bytes per second that an operator pulls; 0 = unlimited')
    .action(runLazily(() => import('./admin-settings-update.js'), viewWrite('writeText'), 'owner'))
}

function adminOwnership(ownership: Command): void {
  ownership.summary('who owns the cluster')
  clusterRead(ownership.command('status'), 'owner')
    .summary('who does, and to whom that was offered')
    .action(runLazily(() => import('./admin-ownership-status.js'), view('ownershipText'), 'owner'))
  ownerWriteCommand(ownership, 'transfer', 'offer it to another account')
    .argument('[new-owner]', 'the account that may accept it')
    .option('--cancel', 'take back the offer')
    .action(runLazily(() => import('./admin-ownership-transfer.js'), viewWrite('writeText'), 'owner'))
  ownerWriteCommand(ownership, 'accept', 'become the owner, where that was offered to you').action(
    runLazily(() => import('./admin-ownership-accept.js'), viewWrite('writeText'), 'owner'),
  )
}

function verifyOption(command: Command): Command {
  return probeOptions(command.option('--verify', 'send nothing unless what is new answers as itself'))
}

function keyspaceOptions(command: Command): Command {
  return probeOptions(
    command
      .option(
        '--add <operator>',
        'who joins the keyspace: address or operator slot; may be given several times',
        collect,
      )
      .option('--remove <operator>', 'who leaves it; likewise', collect)
      .option('--probe', 'also ask their nodes whether they are up'),
  )
}
