/** `config emit --format compose`: for each machine a compose.yaml for Docker Compose 2 and the env files it names. */
import { networksOf, type Site, siteOf } from './compose-network.js'
import { composeServices, VOLUME } from './compose-services.js'
import { databaseSources, nftTable, portSet } from './database-reach.js'
import { envFile } from './env-files.js'
import { machinesOf } from './machines.js'
import { commented, sharedFile, type TargetFile, type TargetPlan } from './target-file.js'

/** Throws SETTING_MISSING, SETTING_INVALID, PORTS_COLLIDE, OUTPUT_UNSAFE for a database at a public address. */
export function composeFiles(plan: TargetPlan): readonly TargetFile[] {
  return machinesOf(plan).flatMap((machine) => {
    const { folder, services } = machine
    const site = siteOf(plan, machine)
    return [
      composeFile(site),
      ...(site.layout.kind === 'published' ? [firewall(plan, folder)] : []),
      ...services.map((service) => envFile(service, 'shell', folder)),
    ]
  })
}

function composeFile(site: Site): TargetFile {
  const { deployment, origin } = site.plan
  const project = {
    name: commented(deployment.options.compose.project, origin(['compose', 'project'])),
    services: composeServices(site),
    networks: networksOf(site),
    ...(site.machine.database === null ? {} : { volumes: { [VOLUME]: {} } }),
  }
  return sharedFile(`${site.machine.folder}compose.yaml`, about(site), [project])
}

function about(site: Site): readonly string[] {
  const { database, nodes } = site.machine
  return [
    'For Docker Compose 2. In this folder, beside the env files: docker compose up -d',
    'After a change, restart node by node, each only when the one before it is operational:',
    '  docker compose up -d --no-deps wcn_node_NAME',
    ...(database === null
      ? []
      : [
          "and the database only between 'wcn maintenance enter' and 'wcn maintenance exit':",
          `  docker compose up -d --no-deps ${database.id}`,
        ]),
    ...(nodes.length === 0
      ? []
      : [
          "From the internet: the nodes' UDP ports, which Docker opens by itself. Metrics: on this machine's 127.0.0.1.",
          "Nodes look for each other at their public addresses: a firewall here must let Docker's networks reach those ports too.",
        ]),
    ...aboutNetwork(site),
  ]
}

function aboutNetwork({ plan, layout }: Site): readonly string[] {
  const { database } = plan.deployment
  const ports = `UDP ${database.primaryPort} and ${database.secondaryPort}`
  switch (layout.kind) {
    case 'inside':
      return [
        `${layout.subnet} becomes a network inside this machine: nothing else may use it, above all not your private network.`,
      ]
    case 'published':
      return [
        `Nodes elsewhere reach the database at ${database.address}, which must be an address of this machine in your private network.`,
        'The database lets in whoever reaches it, and what Docker publishes gets past ufw and firewalld: load wcn.nft',
        'first, and at every start of the machine. It lets only private addresses in, whatever Docker does.',
        `Nodes on this machine go the same way, through Docker's userland proxy (on by default): a firewall here must let`,
        `Docker's networks reach ${ports}.`,
      ]
    case 'elsewhere':
      return [
        `The database is elsewhere: this machine must reach ${database.address} on ${ports} in your private network.`,
      ]
  }
}

function firewall({ deployment }: TargetPlan, folder: string): TargetFile {
  const { database } = deployment
  const ports = portSet([database.primaryPort, database.secondaryPort])
  return sharedFile(
    `${folder}wcn.nft`,
    [
      'Keeps everybody but private addresses from the database, before Docker leads their packets to it.',
      'Try: sudo nft -c -f wcn.nft. Load, also at every start of the machine: sudo nft -f wcn.nft',
    ],
    nftTable('prerouting', databaseSources(deployment), [
      `ip daddr ${database.address} udp dport ${ports} ip saddr != @private drop`,
    ]),
  )
}
