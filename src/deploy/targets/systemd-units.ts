/**
 * Units for systemd (systemd.service(5), systemd.exec(5), systemd.resource-control(5)). Every value in them was parsed
 * to something without white space, `%` and line breaks; comments are refused if they are not one line.
 */
import { WcnError } from '../../errors/wcn-error.js'
import type { Service } from '../model/deployment.js'
import { originOf, type PlannedNode } from './machines.js'
import { isBelow, requirePlainPath } from './plain-path.js'
import { databaseSources } from './private-ranges.js'
import { commentLine } from './seal.js'
import type { PlannedService, TargetPlan } from './target-file.js'

/** Emptied at the latest when the machine restarts, or not the same inside and outside of a hardened service. */
const VOLATILE = ['/tmp', '/var/tmp', '/run', '/var/run', '/dev', '/proc', '/sys']
const HOMES = ['/home', '/root']
const UNPRIVILEGED_PORTS_FROM = 1024

/** Of the machine, not of the output. */
export interface SystemdPaths {
  readonly envDir: string
  readonly binary: string
}

interface Unit {
  readonly description: string
  readonly planned: PlannedService
  readonly paths: SystemdPaths
  /** Of the [Unit] section. */
  readonly relations: readonly string[]
  readonly stopTimeoutS: number
  readonly memory: string
  readonly cpus: number
  /** Directories of the service's own, beside the binary. */
  readonly directories: readonly string[]
  /** Further lines of the [Service] section. */
  readonly service: readonly string[]
}

/** Throws SETTING_INVALID. */
export function databaseUnit(plan: TargetPlan, planned: PlannedService): string {
  const directory = databaseDirectory(plan, planned)
  return unitText(plan, {
    description: 'database of a WalletConnect Network operator',
    planned,
    paths: pathsOf(plan, 'database'),
    relations: [
      'Wants=network-online.target',
      'After=network-online.target',
      commentLine(originOf(plan, planned, 'rocksdb_dir')),
      `RequiresMountsFor=${directory}`,
    ],
    // What is in memory has to reach the disk.
    stopTimeoutS: 300,
    memory: '16G',
    cpus: 8,
    directories: [directory],
    service: [
      `ReadWritePaths=${directory}`,
      '# The database lets in whoever reaches it. Nodes dial it from these ranges and nowhere else.',
      'IPAddressDeny=any',
      `IPAddressAllow=localhost ${databaseSources(plan.deployment).join(' ')}`,
    ],
  })
}

/** Throws SETTING_INVALID. */
export function nodeUnit(plan: TargetPlan, planned: PlannedNode): string {
  const { node } = planned
  // A node starts without its database (docs/dev/network/node-protocol.md), so it wants it and does not require it.
  const database = plan.deployment.database.host === node.host ? ' wcn_db.service' : ''
  return unitText(plan, {
    description: `node ${node.name} of a WalletConnect Network operator`,
    planned,
    paths: pathsOf(plan, 'node'),
    relations: [`Wants=network-online.target${database}`, `After=network-online.target${database}`],
    // The primary may be pulling data in a migration.
    stopTimeoutS: node.primary ? 600 : 60,
    memory: '8G',
    cpus: 4,
    directories: [],
    service: [],
  })
}

/** Throws SETTING_INVALID for one that does not last or that the service could not enter. */
export function databaseDirectory(plan: TargetPlan, planned: PlannedService): string {
  const source = originOf(plan, planned, 'rocksdb_dir')
  const directory = requireLastingPath(plan.deployment.database.rocksdbDir, source)
  const { envDir } = pathsOf(plan, 'database')
  if (!isBelow(directory, [envDir]) && !isBelow(envDir, [directory])) return directory
  throw new WcnError(
    'SETTING_INVALID',
    `${source} is ${directory}, and the env files are in ${envDir}: what only root may read and what the database writes can't be in one folder`,
    { hint: 'set rocksdb_dir or systemd.env_dir to another directory' },
  )
}

/** Throws SETTING_INVALID. */
export function pathsOf({ deployment, origin }: TargetPlan, kind: 'database' | 'node'): SystemdPaths {
  const { envDir, databaseBinary, nodeBinary } = deployment.options.systemd
  return {
    envDir: requirePlainPath(envDir, origin(['systemd', 'env_dir'])),
    binary: requireLastingPath(
      kind === 'database' ? databaseBinary : nodeBinary,
      origin(['systemd', `${kind}_binary`]),
    ),
  }
}

function unitText(plan: TargetPlan, unit: Unit): string {
  const { planned, paths } = unit
  return `[Unit]
Description=${unit.description}
${lines(unit.relations)}# Restarts are never given up on.
StartLimitIntervalSec=0

[Service]
Type=exec
${commentLine(plan.origin(['systemd', 'user']))}
User=${requireUser(plan)}
# Read by systemd itself: root's, mode 0600.
EnvironmentFile=${paths.envDir}/${planned.name}.env
${lines(logLevel(planned.service))}ExecStart=${paths.binary}
Restart=always
RestartSec=5
# Every version stops in order on SIGINT; to SIGTERM, nodes of some versions don't listen.
KillSignal=SIGINT
TimeoutStopSec=${unit.stopTimeoutS}
# The onboarding document, "Allocate compute".
MemoryMax=${unit.memory}
CPUQuota=${unit.cpus * 100}%
LimitNOFILE=524288
# A core dump would hold the keys.
LimitCORE=0
${lines(unit.service)}${lines(hardening(unit))}
[Install]
WantedBy=multi-user.target
`
}

/** Without ProcSubset=pid, which hides memory from the metrics, and MemoryDenyWriteExecute=, which nobody has tried. */
function hardening({ planned: { service }, paths, directories }: Unit): readonly string[] {
  const ports = [service.primaryPort, service.secondaryPort, service.metricsPort]
  const capabilities = ports.some((port) => port < UNPRIVILEGED_PORTS_FROM) ? 'CAP_NET_BIND_SERVICE' : ''
  const atHome = [paths.binary, ...directories].some((path) => isBelow(path, HOMES))
  return [
    'UMask=0077',
    'NoNewPrivileges=yes',
    `CapabilityBoundingSet=${capabilities}`,
    `AmbientCapabilities=${capabilities}`,
    'ProtectSystem=strict',
    `ProtectHome=${atHome ? 'read-only' : 'yes'}`,
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'ProtectProc=invisible',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'ProtectControlGroups=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'RemoveIPC=yes',
    'KeyringMode=private',
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    'SystemCallErrorNumber=EPERM',
  ]
}

/** The images preset a level, the bare programs don't. */
function logLevel({ extra }: Service): readonly string[] {
  return extra.has('LOG_LEVEL') ? [] : ['Environment=LOG_LEVEL=info']
}

/** Throws SETTING_INVALID. */
export function requireUser({ deployment, origin }: TargetPlan): string {
  const { user } = deployment.options.systemd
  if (user !== 'root') return user
  throw new WcnError('SETTING_INVALID', `${origin(['systemd', 'user'])} is root, who could read every key`, {
    hint: 'name a user of its own, such as wcn; wcn.sysusers.conf makes it',
  })
}

function requireLastingPath(path: string, source: string): string {
  const plain = requirePlainPath(path, source)
  if (!isBelow(plain, VOLATILE)) return plain
  throw new WcnError('SETTING_INVALID', `${source} is ${plain}, which does not last or is another one for a service`, {
    hint: `give a path that is not below any of ${VOLATILE.join(', ')}`,
  })
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}
