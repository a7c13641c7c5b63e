/**
 * `config emit --format systemd`: for each machine a unit and an env file per service, its user and directories, and
 * rules for its firewall.
 */
import { listenersAt } from '../model/deployment.js'
import { requireDistinctPorts } from '../model/ports-in-use.js'
import { databaseSources, nftTable, PRIVATE_RANGES, portSet, refuseLoopback } from './database-reach.js'
import { envFile } from './env-files.js'
import { type Machine, machinesOf } from './machines.js'
import { commentLine } from './seal.js'
import { systemdPaths, systemdUnit } from './systemd-units.js'
import { type PlannedService, sharedFile, type TargetFile, type TargetPlan } from './target-file.js'

/** Throws SETTING_INVALID, PORTS_COLLIDE. */
export function systemdFiles(plan: TargetPlan): readonly TargetFile[] {
  const { database, nodes } = plan.deployment
  const elsewhere = nodes.find(({ host }) => host !== database.host)
  if (elsewhere !== undefined)
    refuseLoopback(
      plan,
      `at which ${elsewhere.title} on another machine reaches only itself`,
      "give the database's address in your private network",
    )
  return machinesOf(plan).flatMap((machine) => {
    // Services bind their ports on every address of the machine.
    requireDistinctPorts(machine.services.flatMap((service) => listenersAt(machine.title, service)))
    return [
      ...machine.services.map((service) => unitFile(plan, machine, service)),
      sysusers(plan, machine),
      tmpfiles(plan, machine),
      firewall(plan, machine),
      ...machine.services.map((service) => envFile(service, 'shell', machine.folder)),
    ]
  })
}

function unitFile(plan: TargetPlan, { folder }: Machine, owner: PlannedService): TargetFile {
  const { id } = owner
  const about = [
    'For systemd. After wcn.sysusers.conf and wcn.tmpfiles.conf:',
    `  sudo install -o root -g root -m 0600 ${id}.env ${systemdPaths(plan).envDir}/`,
    `  sudo install -o root -g root -m 0644 ${id}.service /etc/systemd/system/`,
    `  sudo systemctl daemon-reload && sudo systemctl enable --now ${id}`,
    owner.kind === 'database'
      ? "A later restart belongs between 'wcn maintenance enter' and 'wcn maintenance exit'."
      : 'Restart one node at a time, each only when the one before it is operational.',
  ]
  return { ...sharedFile(`${folder}${id}.service`, about, systemdUnit(plan, owner)), owner }
}

function sysusers(plan: TargetPlan, { folder }: Machine): TargetFile {
  return sharedFile(
    `${folder}wcn.sysusers.conf`,
    [
      'The user of the services, with a number that is free.',
      '  sudo install -m 0644 wcn.sysusers.conf /etc/sysusers.d/wcn.conf && sudo systemd-sysusers',
    ],
    `${commentLine(plan.origin(['systemd', 'user']))}\nu ${systemdPaths(plan).user} - "WalletConnect Network" - -\n`,
  )
}

function tmpfiles(plan: TargetPlan, { folder, database }: Machine): TargetFile {
  const { envDir, user, dataDir } = systemdPaths(plan)
  const data = database === null ? '' : `# The data of the database.\nd ${dataDir()} 0700 ${user} - -\n`
  return sharedFile(
    `${folder}wcn.tmpfiles.conf`,
    [
      'The directories of the services; nothing in them is ever cleaned away.',
      '  sudo install -m 0644 wcn.tmpfiles.conf /etc/tmpfiles.d/wcn.conf',
      '  sudo systemd-tmpfiles --create /etc/tmpfiles.d/wcn.conf',
    ],
    `# Env files hold keys: for root, and systemd reads them as root.\nd ${envDir} 0700 root root -\n${data}`,
  )
}

/** Metrics servers have no access control either; Prometheus is somewhere in the private network. */
function firewall({ deployment }: TargetPlan, { folder, services, database, nodes }: Machine): TargetFile {
  const rpc = nodes.flatMap(({ primaryPort, secondaryPort }) => [primaryPort, secondaryPort])
  const own = [deployment.database.primaryPort, deployment.database.secondaryPort]
  const metrics = services.map(({ metricsPort }) => metricsPort)
  return sharedFile(
    `${folder}wcn.nft`,
    [
      'Rules for nftables, in a table of their own beside those you have. Only UDP ports of nodes are for the internet.',
      'What this lets in, another firewall on the way can still drop: your provider, ufw, firewalld.',
      'Try: sudo nft -c -f wcn.nft. Load, also at every start of the machine: sudo nft -f wcn.nft',
    ],
    nftTable('input', database === null ? PRIVATE_RANGES : databaseSources(deployment), [
      ...(rpc.length === 0 ? [] : ['# Nodes.', `udp dport ${portSet(rpc)} accept`]),
      ...(database === null ? [] : ['# The database.', ...privateOnly('udp', own)]),
      '# Metrics.',
      ...privateOnly('tcp', metrics),
    ]),
  )
}

/** The second line also for IPv6, to which the first does not apply. */
function privateOnly(protocol: 'udp' | 'tcp', ports: readonly number[]): readonly string[] {
  const match = `${protocol} dport ${portSet(ports)}`
  return [`ip saddr @private ${match} accept`, `${match} drop`]
}
