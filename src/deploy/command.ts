/** `config init` and `config emit`: what your database and nodes run with, made. */
import { type Command, Option } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { clusterRead, collect, privateAddressesOption } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'
import { EXPOSURES } from './model/exposures.js'
import { TARGETS } from './targets/target-file.js'

const view = viewsOf(() => import('./view.js'))

export function configEmitCommands(config: Command): void {
  clusterRead(config.command('init').summary('write a commented deployment description to fill in'))
    .option('--out <path>', 'where to write it (default: deployment.yaml)')
    .option('--stdout', 'print it instead')
    .option('--force', 'replace an existing file')
    .option('--keys <dir>', 'where to look for key files (default: keys)')
    .option('--nodes <count>', 'how many nodes to describe, where the chain has none (default: 2)')
    .action(runLazily(() => import('./config-init.js'), view('configInitText')))
  deploymentFlags(
    privateAddressesOption(
      clusterRead(config.command('emit').summary('make what your services run with from a deployment description')),
    ),
  )
    .option('--out <dir>', 'where the files go; what holds secrets gets mode 0600')
    .option('--stdout', 'print a single env file instead, secrets included')
    .addOption(
      new Option(
        '--format <format>',
        'env: docker, kubectl; shell: sh, systemd, dotenv; or what you deploy with (default: env)',
      ).choices([...TARGETS, 'all']),
    )
    .option('--node <name>', "one host's share only; may be given several times", collect)
    .option('--database', "the database's share only, or with --node that of its host too")
    .option('--image-tag <tag>', 'version of the images, for compose and k8s')
    .addOption(
      new Option('--exposure <how>', 'how UDP from the internet reaches nodes on Kubernetes').choices(EXPOSURES),
    )
    .option('--namespace <name>', 'the namespace on Kubernetes (default: wcn)')
    .option('--force', 'replace files that were edited by hand, or were not made by this command')
    .option('--dry-run', 'show what would change; write nothing')
    .action(runLazily(() => import('./config-emit.js'), view('configEmitText')))
  describePages(config, PAGES)
}

/** A deployment from a file, or from flags with the file's field names. */
function deploymentFlags(command: Command): Command {
  return command
    .option('-f, --file <path>', 'deployment description, YAML or JSON; `wcn config init` writes one; - is stdin')
    .option(
      '--database-spec <fields>',
      'instead of a file: address=10.0.10.5, then secret_key_file=db.key and the rest, without spaces',
    )
    .option(
      '--node-spec <fields>',
      'and per node: name=n0,primary,ipv4_addr=…, then secret_key_file=n0.key and the rest, without spaces',
      collect,
    )
    .option('--allow-public-database', 'accept a database at a public address (a firewall closes it off)')
}

const PAGES: Readonly<Record<string, Page>> = {
  init: [
    'Writes a commented deployment description to fill in, with what settings, key files and the chain already tell.',
    'wcn config init',
    'wcn config init --nodes 3 --out deployment.yaml',
  ],
  emit: [
    'Makes the files that your database and nodes run with from a deployment description. Exactly one node gets the signing key.',
    'wcn config emit -f deployment.yaml --format compose --out deploy',
    'wcn config emit -f deployment.yaml --node node-a --format systemd --out /etc/wcn --dry-run',
  ],
}
