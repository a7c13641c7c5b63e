/** Units for systemd (systemd.service(5), systemd.exec(5), systemd.resource-control(5)). */
import { WcnError } from '../../errors/wcn-error.js'
import { portsOf } from '../model/deployment.js'
import { databaseSources } from './database-reach.js'
import { requirePlainPath } from './required-settings.js'
import { commentLine } from './seal.js'
import { originOf, type PlannedNode, type PlannedService, type TargetPlan } from './target-file.js'

/** Emptied at the latest when the machine restarts, or not the same inside and outside of a hardened service. */
const VOLATILE = ['/tmp', '/var/tmp', '/run', '/var/run', '/dev', '/proc', '/sys']
const HOMES = ['/home', '/root']
const UNPRIVILEGED_PORTS_FROM = 1024

/** Comments are refused if they are not one line. Throws SETTING_INVALID. */
export function systemdUnit(plan: TargetPlan, service: PlannedService): string {
  const { user, envDir, binary } = systemdPaths(plan)
  const program = binary(service.kind)
  const own = service.kind === 'database' ? ofDatabase(plan, service) : ofNode(plan, service)
  return `[Unit]
Description=${own.description} of a WalletConnect Network operator
${lines(own.relations)}# Restarts are never given up on.
StartLimitIntervalSec=0

[Service]
Type=exec
${commentLine(plan.origin(['systemd', 'user']))}
User=${user}
# Read by systemd itself: root's, mode 0600.
EnvironmentFile=${envDir}/${service.id}.env
${
  // The images preset a level, the bare programs don't.
  service.extra.has('LOG_LEVEL') ? '' : 'Environment=LOG_LEVEL=info\n'
}ExecStart=${program}
Restart=always
RestartSec=5
# Every version stops in order on SIGINT; to SIGTERM, nodes of some versions don't listen.
KillSignal=SIGINT
TimeoutStopSec=${own.stopTimeoutS}
# The onboarding document, "Allocate compute".
MemoryMax=${own.memory}
CPUQuota=${own.cpus * 100}%
LimitNOFILE=524288
# A core dump would hold the keys.
LimitCORE=0
${lines(own.service)}${lines(hardening(service, [program, ...own.directories]))}
[Install]
WantedBy=multi-user.target
`
}

function ofDatabase(plan: TargetPlan, service: PlannedService) {
  const directory = systemdPaths(plan).dataDir()
  return {
    description: 'database',
    relations: [
      'Wants=network-online.target',
      'After=network-online.target',
      commentLine(originOf(plan, service, 'rocksdb_dir')),
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
  }
}

function ofNode({ deployment }: TargetPlan, { title, primary, host }: PlannedNode) {
  // A node starts without its database (docs/dev/network/node-protocol.md), so it wants it and does not require it.
  const database = deployment.database.host === host ? ' wcn_db.service' : ''
  return {
    description: title,
    relations: [`Wants=network-online.target${database}`, `After=network-online.target${database}`],
    // The primary may be pulling data in a migration.
    stopTimeoutS: primary ? 600 : 60,
    memory: '8G',
    cpus: 4,
    directories: [],
    service: [],
  }
}

/** Without ProcSubset=pid, which hides memory from the metrics, and MemoryDenyWriteExecute=, which nobody has tried. */
function hardening(service: PlannedService, paths: readonly string[]): readonly string[] {
  const privileged = portsOf(service).some(({ port }) => port < UNPRIVILEGED_PORTS_FROM)
  const capabilities = privileged ? 'CAP_NET_BIND_SERVICE' : ''
  return [
    'UMask=0077',
    'NoNewPrivileges=yes',
    `CapabilityBoundingSet=${capabilities}`,
    `AmbientCapabilities=${capabilities}`,
    'ProtectSystem=strict',
    `ProtectHome=${paths.some((path) => isBelow(path, HOMES)) ? 'read-only' : 'yes'}`,
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

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}

/**
 * Users and paths of the machine: something without white space, `%` and line breaks. Throws SETTING_INVALID, each for
 * what is asked for.
 */
export function systemdPaths({ deployment, origin }: TargetPlan) {
  const { user, envDir, databaseBinary, nodeBinary } = deployment.options.systemd
  if (user === 'root') {
    throw new WcnError('SETTING_INVALID', `${origin(['systemd', 'user'])} is root, who could read every key`, {
      hint: 'name a user of its own, such as wcn; wcn.sysusers.conf makes it',
    })
  }
  const env = requirePlainPath(envDir, origin(['systemd', 'env_dir']))
  return {
    user,
    envDir: env,
    binary: (kind: 'database' | 'node') =>
      requireLastingPath(kind === 'database' ? databaseBinary : nodeBinary, origin(['systemd', `${kind}_binary`])),
    /** Of the database. */
    dataDir: () => {
      const source = origin(['database', 'rocksdb_dir'])
      const directory = requireLastingPath(deployment.database.rocksdbDir, source)
      if (!isBelow(directory, [env]) && !isBelow(env, [directory])) return directory
      throw new WcnError(
        'SETTING_INVALID',
        `${source} is ${directory}, and the env files are in ${env}: what only root may read and what the database writes can't be in one folder`,
        { hint: 'set rocksdb_dir or systemd.env_dir to another directory' },
      )
    },
  }
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
}

function requireLastingPath(path: string, source: string): string {
  const plain = requirePlainPath(path, source)
  if (!isBelow(plain, VOLATILE)) return plain
  throw new WcnError('SETTING_INVALID', `${source} is ${plain}, which does not last or is another one for a service`, {
    hint: `give a path that is not below any of ${VOLATILE.join(', ')}`,
  })
}
