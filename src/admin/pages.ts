/** What `wcn admin` commands do, in the words of their help. */
import type { Page } from '../cli/help.js'

type Pages = Readonly<Record<string, Page>>

export const PAGES: Pages = {
  deploy: [
    "Deploys a cluster in two transactions and makes the signing account its owner. Every operator begins with two placeholder nodes at 10.0.0.0.\n\nOn every chain this deploys the project's own contract, the one of the development chain; it is not the network's own contract, and no network will use it.",
    'wcn admin deploy --dry-run -o 0x70997970c51812dc3a010c7d01b50e0d17dc79c8 0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc 0x90f79bf6eb2c4f870365e785982e1f101e93b906 0x15d34aaf54267db7d7c367839aaf71a00a2c6a65 0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc',
    'wcn admin deploy --min-operators 5 --max-operator-data-bytes 8192 --dry-run -o 0x70997970c51812dc3a010c7d01b50e0d17dc79c8 0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc 0x90f79bf6eb2c4f870365e785982e1f101e93b906 0x15d34aaf54267db7d7c367839aaf71a00a2c6a65 0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc',
  ],
}

export const OPERATOR_PAGES: Pages = {
  approve: [
    'Verifies a join request as `wcn operator verify-request` does, shows it, and adds the operator to the cluster.',
    'wcn admin operator approve wcn-join-request.json',
    'wcn admin operator approve wcn-join-request.json --unsigned approve.json',
  ],
  add: [
    'Adds an operator of whom nothing is proven: with the nodes of a file, or with two placeholders that it replaces itself. `wcn admin operator approve` takes a join request, which proves who holds the keys.',
    'wcn admin operator add 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5 --name acme',
    'wcn admin operator add 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5 -f nodes.yaml --dry-run',
  ],
  set: [
    "Makes an operator's nodes equal those of a file, as `wcn nodes update -f` does for one's own. Clients and a name that the file does not say stay.",
    'wcn admin operator set 3 -f nodes.yaml --dry-run',
    'wcn admin operator set 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5 -f nodes.yaml --yes',
  ],
  rename: [
    "Changes an operator's name on chain.",
    'wcn admin operator rename 3 "Example Operator"',
    'wcn admin operator rename 3 example --dry-run',
  ],
  remove: [
    'Removes an operator from the cluster. It must store nothing any more: `wcn admin migration start --remove` moves its data away first.',
    'wcn admin operator remove 5',
    'wcn admin operator remove 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5 --dry-run',
  ],
}

export const MIGRATION_PAGES: Pages = {
  plan: [
    'Shows what moving the cluster to another keyspace would mean: shards and replicas that move, per operator, how long that takes, and what would keep it from ending. Exit 8 where something would.',
    'wcn admin migration plan --add 5 --database-size 40GB',
    'wcn admin migration plan --add 5 --remove 2 --probe --json',
  ],
  start: [
    'Starts a data migration. Every operator of the new keyspace must say that it has pulled its data, or it never ends: refused where one is known to be unable to.',
    'wcn admin migration start --add 5 --remove 2',
    'wcn admin migration start --add 5 --probe --dry-run',
  ],
  abort: [
    'Aborts the data migration in progress: the keyspace that serves goes on serving.',
    'wcn admin migration abort',
    'wcn admin migration abort --id 4 --yes',
  ],
}

export const MAINTENANCE_PAGES: Pages = {
  release: [
    'Frees the maintenance slot for an operator that holds it and does not give it back. Their database may still be down.',
    'wcn admin maintenance release',
    'wcn admin maintenance release --dry-run',
  ],
}

export const SETTINGS_PAGES: Pages = {
  view: [
    "Shows the cluster's settings as its nodes apply them.",
    'wcn admin settings view',
    'wcn admin settings view --json',
  ],
  update: [
    'Changes the settings that are named, and leaves all others as they are, those that this version does not know included.',
    'wcn admin settings update --migration-rx-bandwidth 20000000 --dry-run',
    'wcn admin settings update --max-operator-data-bytes 8192 --unsigned settings.json',
  ],
}

export const OWNERSHIP_PAGES: Pages = {
  status: [
    'Shows who owns the cluster, and to whom that was offered.',
    'wcn admin ownership status',
    'wcn admin ownership status --json',
  ],
  transfer: [
    'Offers the cluster to another account, which becomes its owner by `wcn admin ownership accept`. Until then nothing changes.',
    'wcn admin ownership transfer 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5',
    'wcn admin ownership transfer --cancel',
  ],
  accept: [
    "Makes the account of the configured key the cluster's owner, where that was offered to it.",
    'wcn admin ownership accept',
    'wcn admin ownership accept --unsigned accept.json',
  ],
}
