/**
 * `config emit --format systemd`: for each machine a unit and an env file per service, its user and directories, and
 * rules for its firewall.
 */
import { WcnError } from '../../errors/wcn-error.js'
import { envFile } from './env-files.js'
import { describeService, type Machine, machineName, machinesOf, requireFreePorts } from './machines.js'
import { nftTable, portSet } from './nft-rules.js'
import { databaseSources, isLoopback, PRIVATE_RANGES } from './private-ranges.js'
import { commentLine } from './seal.js'
import { databaseDirectory, databaseUnit, nodeUnit, pathsOf, requireUser } from './systemd-units.js'
import type { PlannedService, TargetFile, TargetPlan } from './target-file.js'

/** Throws SETTING_INVALID, PORTS_COLLIDE. */
export function systemdFiles(plan: TargetPlan): readonly TargetFile[] {
  requireDatabaseInReach(plan)
  return machinesOf(plan).flatMap((machine) => {
    const { folder, database, nodes } = machine
    requireOwnPorts(machine)
    return [
      ...(database === null ? [] : [unitFile(plan, folder, database, databaseUnit(plan, database))]),
      ...nodes.map((planned) => unitFile(plan, folder, planned, nodeUnit(plan, planned))),
      sysusers(plan, machine),
      tmpfiles(plan, machine),
      firewall(plan, machine),
      ...machine.services.map((planned) => envFile(planned, 'shell', `${folder}${planned.name}.env`)),
    ]
  })
}

function unitFile(plan: TargetPlan, folder: string, { name }: PlannedService, text: string): TargetFile {
  const { envDir } = pathsOf(plan, 'node')
  return {
    path: `${folder}${name}.service`,
    secret: false,
    about: [
      'For systemd. After wcn.sysusers.conf and wcn.tmpfiles.conf:',
      `  sudo install -o root -g root -m 0600 ${name}.env ${envDir}/`,
      `  sudo install -o root -g root -m 0644 ${name}.service /etc/systemd/system/`,
      `  sudo systemctl daemon-reload && sudo systemctl enable --now ${name}`,
      name === 'wcn_db'
        ? "A later restart belongs between 'wcn maintenance enter' and 'wcn maintenance exit'."
        : 'Restart one node at a time, each only when the one before it is operational.',
    ],
    body: { kind: 'text', text },
  }
}

function sysusers(plan: TargetPlan, { folder }: Machine): TargetFile {
  return {
    path: `${folder}wcn.sysusers.conf`,
    secret: false,
    about: [
      'The user of the services, with a number that is free.',
      '  sudo install -m 0644 wcn.sysusers.conf /etc/sysusers.d/wcn.conf && sudo systemd-sysusers',
    ],
    body: {
      kind: 'text',
      text: `${commentLine(plan.origin(['systemd', 'user']))}\nu ${requireUser(plan)} - "WalletConnect Network" - -\n`,
    },
  }
}

function tmpfiles(plan: TargetPlan, { folder, database }: Machine): TargetFile {
  const { envDir } = pathsOf(plan, 'node')
  return {
    path: `${folder}wcn.tmpfiles.conf`,
    secret: false,
    about: [
      'The directories of the services; nothing in them is ever cleaned away.',
      '  sudo install -m 0644 wcn.tmpfiles.conf /etc/tmpfiles.d/wcn.conf',
      '  sudo systemd-tmpfiles --create /etc/tmpfiles.d/wcn.conf',
    ],
    body: {
      kind: 'text',
      text: [
        '# Env files hold keys: for root, and systemd reads them as root.',
        `d ${envDir} 0700 root root -`,
        ...(database === null
          ? []
          : ['# The data of the database.', `d ${databaseDirectory(plan, database)} 0700 ${requireUser(plan)} - -`]),
        '',
      ].join('\n'),
    },
  }
}

/** Metrics servers have no access control either; Prometheus is somewhere in the private network. */
function firewall({ deployment }: TargetPlan, { folder, services, database, nodes }: Machine): TargetFile {
  const rpc = nodes.flatMap(({ node }) => [node.primaryPort, node.secondaryPort])
  const metrics = services.map(({ service }) => service.metricsPort)
  const own = [deployment.database.primaryPort, deployment.database.secondaryPort]
  return {
    path: `${folder}wcn.nft`,
    secret: false,
    about: [
      'Rules for nftables, in a table of their own beside those you have. Only UDP ports of nodes are for the internet.',
      'What this lets in, another firewall on the way can still drop: your provider, ufw, firewalld.',
      'Try: sudo nft -c -f wcn.nft. Load, also at every start of the machine: sudo nft -f wcn.nft',
    ],
    body: {
      kind: 'text',
      text: nftTable({
        hook: 'input',
        sources: database === null ? PRIVATE_RANGES : databaseSources(deployment),
        rules: [
          ...(rpc.length === 0 ? [] : ['# Nodes.', `udp dport ${portSet(rpc)} accept`]),
          ...(database === null ? [] : ['# The database.', ...privateOnly('udp', own)]),
          '# Metrics.',
          ...privateOnly('tcp', metrics),
        ],
      }),
    },
  }
}

/** The second line also for IPv6, to which the first does not apply. */
function privateOnly(protocol: 'udp' | 'tcp', ports: readonly number[]): readonly string[] {
  const match = `${protocol} dport ${portSet(ports)}`
  return [`ip saddr @private ${match} accept`, `${match} drop`]
}

/** Services bind their ports on every address of the machine. */
function requireOwnPorts(machine: Machine): void {
  const place = machineName(machine)
  requireFreePorts(
    machine.services.flatMap((planned) => {
      const { primaryPort, secondaryPort, metricsPort } = planned.service
      const what = (port: string) => `the ${port} port of ${describeService(planned)}`
      return [
        { place, protocol: 'UDP' as const, port: primaryPort, what: what('primary') },
        { place, protocol: 'UDP' as const, port: secondaryPort, what: what('secondary') },
        { place, protocol: 'TCP' as const, port: metricsPort, what: what('metrics') },
      ]
    }),
  )
}

function requireDatabaseInReach({ deployment: { database, nodes }, origin }: TargetPlan): void {
  const elsewhere = nodes.find(({ host }) => host !== database.host)
  if (!isLoopback(database.address) || elsewhere === undefined) return
  throw new WcnError(
    'SETTING_INVALID',
    `${origin(['database', 'address'])} is ${database.address}, at which node ${elsewhere.name} on another machine reaches only itself`,
    { hint: "give the database's address in your private network" },
  )
}
